// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "base/status.h"
#include "base/telemetry.h"
#include "base/utf8.h"

namespace orrery {
namespace {

// What a logger writes, read back from a pipe.
class LogPipe {
 public:
  LogPipe() { EXPECT_EQ(pipe(ends_), 0); }
  ~LogPipe() { close(ends_[0]); }
  int fd() const { return ends_[1]; }
  std::string Drain() {
    close(ends_[1]);
    std::string all(4096, '\0');
    all.resize(static_cast<size_t>(read(ends_[0], all.data(), all.size())));
    return all;
  }

 private:
  int ends_[2] = {};
};

Result<int> Half(int n) {
  if (n % 2 != 0) return InvalidArgument("odd");
  return n / 2;
}

Result<int> Quarter(int n) {
  ORRERY_ASSIGN_OR_RETURN(const int half, Half(n));
  return Half(half);
}

TEST(Status, ContextIsPrefixedOnTheWayUp) {
  const Status inner = Corruption("checksum mismatch");
  EXPECT_EQ(inner.WithContext("segment 000017").WithContext("wal").ToString(),
            "corruption: wal: segment 000017: checksum mismatch");
  EXPECT_TRUE(OkStatus().WithContext("anything").ok());
}

TEST(Result, FailureTravelsThroughAssignOrReturn) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Quarter(6).status().code(), StatusCode::kInvalidArgument);
}

TEST(Result, HoldsMoveOnlyValues) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 7);
}

TEST(Logger, LogfmtQuotesOnlyWhatNeedsIt) {
  LogPipe out;
  const ManualClock clock(1'764'000'000'123'000'000);
  Logger(clock, out.fd(), LogFormat::kLogfmt, LogLevel::kInfo)
      .Info("block written", {{"block", "000017"}, {"spans", 520}, {"note", "a \"b\"\n"}});
  EXPECT_EQ(out.Drain(),
            "ts=2025-11-24T16:00:00.123Z level=info msg=\"block written\" block=000017 spans=520 "
            "note=\"a \\\"b\\\"\\n\"\n");
}

TEST(Logger, JsonKeepsNumbersAndRepairsInvalidUtf8) {
  LogPipe out;
  const ManualClock clock(0);
  Logger(clock, out.fd(), LogFormat::kJson, LogLevel::kInfo).Error("x\xff", {{"n", -3}});
  EXPECT_EQ(out.Drain(),
            "{\"ts\":\"1970-01-01T00:00:00.000Z\",\"level\":\"error\",\"msg\":\"x\xEF\xBF\xBD\","
            "\"n\":-3}\n");
}

TEST(Logger, LinesBelowTheLeastLevelAreNotWritten) {
  LogPipe out;
  const ManualClock clock(0);
  Logger(clock, out.fd(), LogFormat::kLogfmt, LogLevel::kWarn).Info("quiet");
  EXPECT_EQ(out.Drain(), "");
}

TEST(Telemetry, PrintsFamiliesOnceWithTheirLabels) {
  Telemetry telemetry;
  Counter& refused =
      telemetry.AddCounter("orrery_refused_total", "Refused records.", {{"reason", "too\"old"}});
  telemetry.AddCounter("orrery_refused_total", "Refused records.", {{"reason", "too_new"}}).Add(2);
  telemetry.AddGauge("orrery_queue_bytes", "Bytes waiting.").Set(-1);
  telemetry.AddGaugeCallback("orrery_up", "One.", [] { return 1.5; });
  telemetry.AddCounterCallback("a_cpu_seconds_total", "Two.", [] { return 2.5; });
  refused.Add(3);
  EXPECT_EQ(telemetry.Render(),
            "# HELP a_cpu_seconds_total Two.\n# TYPE a_cpu_seconds_total counter\n"
            "a_cpu_seconds_total 2.5\n"
            "# HELP orrery_queue_bytes Bytes waiting.\n# TYPE orrery_queue_bytes gauge\n"
            "orrery_queue_bytes -1\n"
            "# HELP orrery_refused_total Refused records.\n# TYPE orrery_refused_total counter\n"
            "orrery_refused_total{reason=\"too\\\"old\"} 3\n"
            "orrery_refused_total{reason=\"too_new\"} 2\n"
            "# HELP orrery_up One.\n# TYPE orrery_up gauge\norrery_up 1.5\n");
}

TEST(Telemetry, ReadsValuesWithTheirLabels) {
  Telemetry telemetry;
  telemetry.AddGauge("orrery_queue_bytes", "Bytes waiting.").Set(-1);
  telemetry.AddGaugeCallback("orrery_up", "One.", [] { return 1.5; });
  telemetry.AddCounter("a_total", "Counted.", {{"reason", "too \"old\""}}).Add(3);
  const std::vector<Telemetry::Reading> readings = telemetry.Read();
  ASSERT_EQ(readings.size(), 3u);
  EXPECT_EQ(readings[0].name, "a_total");
  EXPECT_EQ(readings[0].labels, (Telemetry::Labels{{"reason", "too \"old\""}}));
  EXPECT_TRUE(readings[0].is_counter);
  EXPECT_EQ(readings[0].value, 3);
  EXPECT_EQ(readings[1].value, -1);
  EXPECT_FALSE(readings[2].is_counter);
  EXPECT_EQ(readings[2].value, 1.5);
}

TEST(Utf8, RefusesOverlongSurrogatesAndTooLarge) {
  EXPECT_TRUE(IsValidUtf8("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80"));
  EXPECT_FALSE(IsValidUtf8("\xC0\x80"));
  EXPECT_FALSE(IsValidUtf8("\xE0\x80\x80"));
  EXPECT_FALSE(IsValidUtf8("\xED\xA0\x80"));
  EXPECT_FALSE(IsValidUtf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(IsValidUtf8("\xE2\x82"));
}

}  // namespace
}  // namespace orrery
