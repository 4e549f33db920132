// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/inspect_log.h"
#include "cli/series_table.h"
#include "cli/settings.h"
#include "cli/table.h"
#include "fs/memory_file_system.h"
#include "model/span_batch_testing.h"
#include "storage/wal/log_writer.h"
#include "wire/otlp_traces_encode.h"

namespace orrery::cli {
namespace {

using ::testing::HasSubstr;

TEST(TableTest, ColumnsAreAsWideAsTheirWidestCell) {
  EXPECT_EQ(RenderTable({"A", "LONG"}, {{"wider", "x"}, {"\xC3\xA9", "y"}}),
            "A      LONG\n"
            "wider  x\n"
            "\xC3\xA9      y\n");
}

TEST(TableTest, StoredTextCannotMoveTheCursor) {
  EXPECT_EQ(RenderTable({"A"}, {{"x\x1b[2J\n"}}), "A\nx?[2J?\n");
}

TEST(TableTest, DurationsHaveTheUnitThatFits) {
  EXPECT_EQ(ReadableDuration(0), "0 ms");
  EXPECT_EQ(ReadableDuration(999), "999 ms");
  EXPECT_EQ(ReadableDuration(1896), "1.89 s");
  EXPECT_EQ(ReadableDuration(59'060), "59.06 s");
  EXPECT_EQ(ReadableDuration(125'000), "2 min 5 s");
  EXPECT_EQ(ReadableDuration(12'000'000), "3 h 20 min");
}

TEST(SeriesTableTest, ARangeShowsLastAndMostAndATrend) {
  EXPECT_EQ(SeriesTable(R"({"series":[{"labels":[{"key":"name","value":{"stringValue":"a"}},
      {"key":"span.code","value":{"intValue":"200"}}],"samples":[{"timestampMs":"1","value":8},
      {"timestampMs":"2"},{"timestampMs":"3","value":2.5}]}],"metrics":{}})"),
            "SERIES                     LAST  MOST  TREND\n"
            "{name=\"a\", span.code=200}  2.5   8     █▁▃\n");
}

TEST(SeriesTableTest, AnInstantShowsOneValueAndWhatIsMissing) {
  EXPECT_EQ(SeriesTable(R"({"series":[{"labels":[{"key":"p","value":{"doubleValue":0.5}}]},
      {"labels":[{"key":"p","value":{"doubleValue":0.9}}],"value":"Infinity"}],
      "status":"PARTIAL","message":"more"})"),
            "SERIES   VALUE\n"
            "{p=0.5}  0\n"
            "{p=0.9}  inf\n"
            "more\n");
}

TEST(SeriesTableTest, NothingIsSaidInWords) {
  EXPECT_EQ(SeriesTable(R"({"series":[],"metrics":{}})"), "no spans match\n");
  EXPECT_EQ(SeriesTable("<html>"), "");
  EXPECT_EQ(SeriesTable("{}"), "");
}

TEST(SettingsTest, AMissingFileIsNamed) {
  const auto loaded = LoadSettings("/no/such/file.yaml", {});
  EXPECT_THAT(loaded.status().ToString(), HasSubstr("config: /no/such/file.yaml"));
}

TEST(SettingsTest, FlagsAreTaken) {
  const auto loaded = LoadSettings("", {"--log.level=debug"});
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->config.log_level, LogLevel::kDebug);
}

class InspectLogTest : public testing::Test {
 protected:
  void Write(const std::vector<std::string_view>& records) {
    auto writer = wal::LogWriter::Open(fs_, "/wal", {});
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->Append(records).ok());
  }
  fs::MemoryFileSystem fs_;
};

TEST_F(InspectLogTest, CountsRequestsAndSpans) {
  const model::SpanBatch batch = model::RandomBatch(1, {.spans = 7});
  Write({wire::EncodeOtlpTraces(batch)});
  const auto summary = SummarizeLog(fs_, "/wal");
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary->damages, 0u);
  EXPECT_THAT(summary->text, testing::ContainsRegex("1 +[0-9]+B +1 +7 +whole\n"));
}

TEST_F(InspectLogTest, TellsDamage) {
  Write({"first", "second"});
  Write({"third"});
  fs_.FlipBits("/wal/000001.wal", 16 + 17, 1);
  const auto summary = SummarizeLog(fs_, "/wal");
  ASSERT_TRUE(summary.ok());
  EXPECT_THAT(summary->text, HasSubstr("segment 000001 at byte 16: checksum mismatch"));
  // The flipped record, and two that are no requests.
  EXPECT_EQ(summary->damages, 3u);
}

TEST_F(InspectLogTest, NothingThereIsNothingToTell) {
  const auto summary = SummarizeLog(fs_, "/none");
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary->text, "");
}

}  // namespace
}  // namespace orrery::cli
