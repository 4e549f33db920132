// SPDX-License-Identifier: Apache-2.0
#include "traceql/value.h"

#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "traceql/operators.h"
#include "traceql/regex.h"
#include "traceql/source_error.h"

namespace orrery::traceql {
namespace {

TEST(Duration, ReadsPrometheusAndGoForms) {
  EXPECT_EQ(ParseDuration("1d12h"), 129'600'000'000'000);
  EXPECT_EQ(ParseDuration("1y2w3d"), (365ll + 14 + 3) * 86'400'000'000'000);
  EXPECT_EQ(ParseDuration("1.5s"), 1'500'000'000);
  EXPECT_EQ(ParseDuration("1m1m"), 120'000'000'000);
  EXPECT_EQ(ParseDuration("100µs"), 100'000);
  EXPECT_EQ(ParseDuration("0.1ns"), 0);
}

TEST(Duration, RefusesWhatIsNone) {
  for (const auto* text : {"", "1", "s", "1.5d", "1d1d", "1h1d", "1x", "300y", "1..5s", ".s"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

TEST(Duration, PrintsWhatReadsBackTheSame) {
  EXPECT_EQ(FormatDuration(0), "0s");
  EXPECT_EQ(FormatDuration(-1'500'000'000), "-1.5s");
  EXPECT_EQ(FormatDuration(5'400'000'000'001), "1h30m0.000000001s");
  std::mt19937_64 random(7);
  for (int i = 0; i < 10'000; ++i) {
    const auto nanos = static_cast<int64_t>(random() >> (1 + random() % 62));
    ASSERT_EQ(ParseDuration(FormatDuration(nanos)), nanos) << FormatDuration(nanos);
  }
}

TEST(Operators, WholeNumbersWrapInsteadOfTrapping) {
  const auto min = std::numeric_limits<int64_t>::min();
  const auto whole = [](Op op, int64_t a, int64_t b) {
    return Apply(op, Value::Number(Type::kInt, a), Value::Number(Type::kInt, b)).value.number;
  };
  EXPECT_EQ(whole(Op::kDivide, min, -1), min);
  EXPECT_EQ(whole(Op::kModulo, min, -1), 0);
  EXPECT_EQ(whole(Op::kSubtract, min, 1), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(whole(Op::kPower, 2, 3), 8);
  EXPECT_EQ(whole(Op::kPower, 2, -1), 0);
  EXPECT_EQ(whole(Op::kPower, -1, -3), -1);
}

TEST(Operators, NanIsDifferentFromEverything) {
  const Value nan = Value::Float(std::numeric_limits<double>::quiet_NaN());
  EXPECT_FALSE(Apply(Op::kEqual, nan, nan).value.IsTrue());
  EXPECT_TRUE(Apply(Op::kNotEqual, nan, nan).value.IsTrue());
  EXPECT_FALSE(Apply(Op::kLessEqual, nan, nan).value.IsTrue());
}

TEST(Regex, ATextBetweenAnythingIsLookedFor) {
  const auto matches = [](std::string_view pattern, std::string_view text) {
    const auto regex = Regex::Compile(pattern);
    return regex.ok() && (*regex)->Matches(text);
  };
  EXPECT_TRUE(matches(".*retry.*", "a\nretry\nb"));
  EXPECT_TRUE(matches(".*retry.*", "retry"));
  EXPECT_FALSE(matches(".*retry.*", "a retr y"));
  EXPECT_FALSE(matches(".*retry.*", ""));
  EXPECT_TRUE(matches("retry.*", "retry it"));
  EXPECT_FALSE(matches("retry.*", "a retry"));
  EXPECT_FALSE(matches(".*retry", "retry it"));
  EXPECT_FALSE(matches("retry", "a retry"));
  EXPECT_TRUE(matches(".*", ""));
  EXPECT_TRUE(matches(".*.*", "x"));
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("", "x"));
  // What stands between is not plain text.
  EXPECT_TRUE(matches(".*?it", "it"));
  EXPECT_TRUE(matches(".*a|b.*", "bc"));
  EXPECT_TRUE(matches("\\.*", "..."));
  EXPECT_TRUE(matches("(?i).*RETRY.*", "retry"));
}

TEST(Regex, MatchesTheWholeTextAcrossLines) {
  const auto regex = Regex::Compile("a.*b|c");
  ASSERT_TRUE(regex.ok());
  EXPECT_TRUE((*regex)->Matches("a\nb"));
  EXPECT_FALSE((*regex)->Matches("xab"));
  EXPECT_FALSE((*regex)->Matches("cc"));
  EXPECT_FALSE(Regex::Compile("(").ok());
}

TEST(SourceError, PointsIntoLongAndBrokenLines) {
  EXPECT_EQ(DescribeError("{ ü \xff! }", 6, "odd"), "1:6: odd\n    { ü ?! }\n         ^");
  EXPECT_EQ(DescribeError("", 0, "empty"), "1:1: empty\n    \n    ^");
  const std::string shown = DescribeError(std::string(500, 'x'), 250, "here");
  EXPECT_TRUE(shown.starts_with("1:251: here\n    ...x")) << shown;
  EXPECT_NE(shown.find("x...\n"), std::string::npos) << shown;
}

}  // namespace
}  // namespace orrery::traceql
