// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/params.h"

#include <gtest/gtest.h>

#include "api/tempo/logfmt.h"
#include "api/tempo/trace_id.h"

namespace orrery::api {
namespace {

constexpr UnixNanos kNow = 1'763'900'000 * kNanosPerSecond;

Result<model::TimeRange> Range(std::vector<std::pair<std::string, std::string>> query) {
  net::HttpRequest request;
  request.query = std::move(query);
  return ParseTimeRange(request, kNow);
}

std::string RangeError(std::vector<std::pair<std::string, std::string>> query) {
  const auto range = Range(std::move(query));
  EXPECT_EQ(range.status().code(), StatusCode::kInvalidArgument);
  return std::string(range.status().message());
}

TEST(ParseTimeRange, NoneIsAllOfTime) {
  EXPECT_EQ(Range({})->start, 0u);
  EXPECT_EQ(Range({{"start", ""}, {"end", ""}})->end, model::TimeRange{}.end);
}

TEST(ParseTimeRange, ReadsSecondsNanosecondsFractionsAndRfc3339) {
  const std::pair<const char*, UnixNanos> cases[] = {
      {"1763900000", kNow},
      {"1763900000000000001", kNow + 1},
      {"1763900000.5", kNow + kNanosPerSecond / 2},
      {"2025-11-23T12:13:20Z", kNow},
      {"2025-11-23T13:13:20.25+01:00", kNow + kNanosPerSecond / 4},
  };
  for (const auto& [text, time] : cases) {
    const auto range = Range({{"start", text}, {"end", "1763900009"}});
    ASSERT_TRUE(range.ok()) << text << ": " << range.status().ToString();
    EXPECT_EQ(range->start, time) << text;
  }
}

TEST(ParseTimeRange, TheLastSecondIsInside) {
  EXPECT_EQ(Range({{"start", "1"}, {"end", "2"}})->end, 3 * kNanosPerSecond - 1);
}

TEST(ParseTimeRange, SinceReachesBackFromNow) {
  EXPECT_EQ(Range({{"since", "1h"}})->start, kNow - 3600 * kNanosPerSecond);
  EXPECT_NE(RangeError({{"since", "soon"}}).find("no duration"), std::string::npos);
}

TEST(ParseTimeRange, OneAloneAndWrongOrderAreErrors) {
  EXPECT_NE(RangeError({{"start", "1"}}).find("together"), std::string::npos);
  EXPECT_EQ(RangeError({{"start", "20"}, {"end", "20"}}),
            "http parameter start must be before end. received start=20 end=20");
  EXPECT_EQ(RangeError({{"start", "x"}, {"end", "20"}}),
            "invalid start: \"x\" is no time; write Unix seconds, nanoseconds or RFC 3339");
}

TEST(ParseTraceId, FillsUpAndShortens) {
  EXPECT_EQ(ToHex(*ParseTraceId("aBc")), "00000000000000000000000000000abc");
  EXPECT_EQ(ShortTraceId(*ParseTraceId("0abc")), "abc");
  EXPECT_EQ(ParseTraceId(std::string(33, '1')).status().message(),
            "trace IDs can't be larger than 128 bits");
  EXPECT_EQ(ParseTraceId("12g").status().message(),
            "trace IDs can only contain hex characters: invalid character 'g' at position 3");
}

std::string TagsQuery(std::string_view tags) {
  const auto pairs = ParseLogfmt(tags);
  EXPECT_TRUE(pairs.ok()) << pairs.status().ToString();
  return TagsToQuery(*pairs);
}

TEST(Logfmt, BecomesAQuery) {
  EXPECT_EQ(TagsQuery(""), "{ }");
  EXPECT_EQ(TagsQuery("service.name=cart"), R"({ .service.name =~ "(?i).*cart.*" })");
  EXPECT_EQ(TagsQuery(R"(a="x y" name=GET)"),
            R"({ .a =~ "(?i).*x y.*" && name =~ "(?i).*GET.*" })");
  EXPECT_EQ(TagsQuery("code=200 error=true"),
            R"({ (.code =~ "(?i).*200.*" || .code = 200) && status = error })");
  EXPECT_EQ(TagsQuery("a=1.5.2"), R"({ .a =~ "(?i).*1\\.5\\.2.*" })");
}

TEST(Logfmt, RefusesWhatIsNoList) {
  EXPECT_EQ(ParseLogfmt("a=1 a=2").status().message(), "invalid tags: tag a has been set twice");
  EXPECT_FALSE(ParseLogfmt("=x").ok());
  EXPECT_FALSE(ParseLogfmt(R"(a="x)").ok());
}

}  // namespace
}  // namespace orrery::api
