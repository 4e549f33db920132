// SPDX-License-Identifier: Apache-2.0
#include "bench/load/run.h"

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "bench/load/process_watch.h"

namespace orrery::load {
namespace {

// Answers from a list, then accepts everything.
class ScriptedSender : public Sender {
 public:
  explicit ScriptedSender(std::vector<Answer>* script) : script_(script) {}

  Answer Send(const std::string&) override {
    if (script_->empty()) return {.kind = Answer::Kind::kAccepted};
    const Answer answer = script_->front();
    script_->erase(script_->begin());
    return answer;
  }

 private:
  std::vector<Answer>* const script_;
};

class RunTest : public testing::Test {
 protected:
  RunTest() {
    char path[] = "/tmp/orrery_load_XXXXXX";
    const int file = mkstemp(path);
    if (file >= 0) close(file);
    log_ = path;
  }
  ~RunTest() override { unlink(log_.c_str()); }

  // Four requests of one trace each, on one connection.
  Totals RunScript(std::vector<Answer> script, bool stop_early = false) {
    const TraceGenerator generator({.spans = 52, .spans_per_request = 13});
    std::string error;
    const Totals totals = load::Run(
        generator, {.connections = 1, .retries = 2, .log = log_, .stop_early = stop_early},
        [&script] { return std::make_unique<ScriptedSender>(&script); }, &error);
    EXPECT_EQ(error, "");
    return totals;
  }

  int AcknowledgedRequests() const {
    std::ifstream log(log_);
    int lines = 0;
    for (std::string line; std::getline(log, line); ++lines) EXPECT_EQ(line.substr(0, 3), "13 ");
    return lines;
  }

  std::string log_;
};

TEST_F(RunTest, EveryAcknowledgedRequestIsLogged) {
  const Totals totals = RunScript({});
  EXPECT_EQ(totals.accepted, 52u);
  EXPECT_EQ(AcknowledgedRequests(), 4);
}

TEST_F(RunTest, RetriesUntilTheServerTakesIt) {
  const Answer busy = {.kind = Answer::Kind::kRetry, .retry_after_ms = 1, .reason = "429 busy"};
  const Totals totals = RunScript({busy, busy});
  EXPECT_EQ(totals.accepted, 52u);
  EXPECT_EQ(totals.retries, 2u);
  EXPECT_EQ(totals.first_reason, "429 busy");
}

TEST_F(RunTest, GivesUpAfterTheLastRetry) {
  const Answer busy = {.kind = Answer::Kind::kRetry, .retry_after_ms = 1, .reason = "429 busy"};
  const Totals totals = RunScript({busy, busy, busy});
  EXPECT_EQ(totals.refused, 13u);
  EXPECT_EQ(totals.accepted, 39u);
  EXPECT_EQ(AcknowledgedRequests(), 3);
}

TEST_F(RunTest, PartialSuccessIsNoAcknowledgementOfTheWhole) {
  const Totals totals = RunScript({{.kind = Answer::Kind::kAccepted, .refused = 5}});
  EXPECT_EQ(totals.refused, 5u);
  EXPECT_EQ(totals.accepted, 47u);
  EXPECT_EQ(AcknowledgedRequests(), 3);
}

TEST_F(RunTest, StopsAtTheFirstSilenceWhenAsked) {
  const Totals totals = RunScript({{.kind = Answer::Kind::kUnreachable, .reason = "gone"}}, true);
  EXPECT_EQ(totals.unanswered, 13u);
  EXPECT_EQ(totals.accepted, 0u);
  EXPECT_EQ(AcknowledgedRequests(), 0);
}

TEST_F(RunTest, EndsWhenItsTimeIsUp) {
  const TraceGenerator generator({.spans = 52, .spans_per_request = 13});
  std::vector<Answer> script;
  std::string error;
  const Totals totals = load::Run(
      generator, {.connections = 1, .seconds = 1e-9},
      [&script] { return std::make_unique<ScriptedSender>(&script); }, &error);
  EXPECT_EQ(totals.accepted + totals.refused + totals.unanswered, 0u);
}

TEST(ExportResponse, EmptyMeansAllAndPartialSuccessIsRead) {
  EXPECT_EQ(ReadExportResponse("").refused, 0u);
  const std::string partial("\x0a\x07\x08\x03\x12\x03why", 9);
  EXPECT_EQ(ReadExportResponse(partial).refused, 3u);
  EXPECT_EQ(ReadExportResponse(partial).reason, "why");
  EXPECT_EQ(ReadExportResponse("\x0a\x7f").kind, Answer::Kind::kRefused);
}

TEST(ProcessWatch, ReadsThisProcessAndNoOther) {
  const auto cost = ReadProcessCost(getpid());
  ASSERT_TRUE(cost.has_value());
  EXPECT_GT(cost->peak_memory_bytes, 1'000'000u);
  EXPECT_FALSE(ReadProcessCost(-5).has_value());
}

}  // namespace
}  // namespace orrery::load
