// SPDX-License-Identifier: Apache-2.0
#include "sdk/genai/capture.h"

#include <gtest/gtest.h>

namespace orrery::genai {
namespace {

TEST(Capture, ReadsTheValuesOfTheConventionsInEitherCase) {
  EXPECT_EQ(ParseCapture("SPAN_ONLY"), Capture::kSpan);
  EXPECT_EQ(ParseCapture("span_only"), Capture::kSpan);
  EXPECT_EQ(ParseCapture("EVENT_ONLY"), Capture::kEvent);
  EXPECT_EQ(ParseCapture("Span_And_Event"), Capture::kSpanAndEvent);
  EXPECT_EQ(ParseCapture("NO_CONTENT"), Capture::kNone);
}

TEST(Capture, ReadsTheOlderYesAndNo) {
  EXPECT_EQ(ParseCapture("true"), Capture::kSpan);
  EXPECT_EQ(ParseCapture("False"), Capture::kNone);
  EXPECT_EQ(ParseCapture(""), Capture::kNone);
}

TEST(Capture, UnknownWordsMeanNothing) {
  EXPECT_EQ(ParseCapture("span"), std::nullopt);
  EXPECT_EQ(ParseCapture("true "), std::nullopt);
  EXPECT_EQ(ParseCapture("1"), std::nullopt);
}

}  // namespace
}  // namespace orrery::genai
