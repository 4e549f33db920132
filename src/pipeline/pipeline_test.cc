// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <future>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "model/span_batch_testing.h"
#include "pipeline/attribute_editor.h"
#include "pipeline/ingest_counters.h"
#include "pipeline/ingest_queue.h"
#include "pipeline/memory_budget.h"
#include "pipeline/memory_limiter.h"

namespace orrery::pipeline {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

// Keeps what it gets in memory, one list for each Append; can be held up and can refuse.
class MemorySink final : public contracts::TraceSink {
 public:
  Status Append(std::span<const contracts::SpanIngest> requests) override {
    MutexLock lock(mutex_);
    ++entered_;
    changed_.NotifyAll();
    while (held_) changed_.Wait(mutex_);
    if (throws_) throw std::runtime_error("oops");
    if (!answer_.ok()) return answer_;
    groups_.emplace_back();
    for (const auto& request : requests) groups_.back().push_back(*request.otlp);
    return OkStatus();
  }
  void Hold(bool held) {
    MutexLock lock(mutex_);
    held_ = held;
    changed_.NotifyAll();
  }
  void AwaitEntered(int n) {
    MutexLock lock(mutex_);
    while (entered_ < n) changed_.Wait(mutex_);
  }
  void Answer(Status status) {
    MutexLock lock(mutex_);
    answer_ = std::move(status);
  }
  void Throw() {
    MutexLock lock(mutex_);
    throws_ = true;
  }
  std::vector<std::vector<std::string>> groups() {
    MutexLock lock(mutex_);
    return groups_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int entered_ ORRERY_GUARDED_BY(mutex_) = 0;
  bool held_ ORRERY_GUARDED_BY(mutex_) = false;
  bool throws_ ORRERY_GUARDED_BY(mutex_) = false;
  Status answer_ ORRERY_GUARDED_BY(mutex_);
  std::vector<std::vector<std::string>> groups_ ORRERY_GUARDED_BY(mutex_);
};

contracts::SpanIngest RequestOf(std::string bytes) {
  contracts::SpanIngest request;
  request.otlp = std::make_shared<const std::string>(std::move(bytes));
  return request;
}

class IngestQueueTest : public testing::Test {
 protected:
  // Submits and gives what the sender will be told.
  std::future<Status> Send(IngestQueue& queue, std::string bytes) {
    auto told = std::make_shared<std::promise<Status>>();
    auto future = told->get_future();
    const Status taken = queue.Submit(RequestOf(std::move(bytes)),
                                      [told](const Status& status) { told->set_value(status); });
    if (!taken.ok()) told->set_value(taken);
    return future;
  }

  Telemetry telemetry_;
  MemorySink sink_;
};

TEST_F(IngestQueueTest, WhatWaitsGoesToTheStoreAtOnce) {
  IngestQueueOptions options;
  options.group_bytes = 4;
  IngestQueue queue(options, sink_, telemetry_);
  sink_.Hold(true);
  auto first = Send(queue, "1");
  sink_.AwaitEntered(1);
  auto second = Send(queue, "22");
  auto third = Send(queue, "33");
  auto fourth = Send(queue, "44444444");
  sink_.Hold(false);
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
  EXPECT_TRUE(third.get().ok());
  EXPECT_TRUE(fourth.get().ok());
  using Groups = std::vector<std::vector<std::string>>;
  EXPECT_EQ(sink_.groups(), (Groups{{"1"}, {"22", "33"}, {"44444444"}}));
}

TEST_F(IngestQueueTest, AFullQueueSaysSoAtOnceAndRecovers) {
  IngestQueueOptions options;
  options.max_bytes = 10;
  options.max_requests = 3;
  IngestQueue queue(options, sink_, telemetry_);
  sink_.Hold(true);
  auto first = Send(queue, "123456");
  sink_.AwaitEntered(1);
  EXPECT_EQ(Send(queue, "12345").get().ToString(),
            "resource exhausted: the ingest queue is full (1 requests, 6 bytes); send again later");
  auto second = Send(queue, "1");
  auto third = Send(queue, "1");
  EXPECT_EQ(Send(queue, "1").get().code(), StatusCode::kResourceExhausted);
  sink_.Hold(false);
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(second.get().ok());
  EXPECT_TRUE(third.get().ok());
  EXPECT_TRUE(Send(queue, "a request larger than the queue").get().ok());
}

TEST_F(IngestQueueTest, EachSenderHearsWhatTheStoreSaid) {
  IngestQueue queue({}, sink_, telemetry_);
  sink_.Answer(Unavailable("disk is full"));
  EXPECT_EQ(Send(queue, "1").get().ToString(), "unavailable: disk is full");
  sink_.Answer(OkStatus());
  EXPECT_TRUE(Send(queue, "1").get().ok());
  sink_.Throw();
  EXPECT_EQ(Send(queue, "1").get().ToString(), "internal: trace store: oops");
}

TEST_F(IngestQueueTest, DrainAnswersAllAndThenRefuses) {
  IngestQueue queue({}, sink_, telemetry_);
  std::vector<std::future<Status>> sent;
  sent.reserve(100);
  for (int i = 0; i < 100; ++i) sent.push_back(Send(queue, "x"));
  queue.Drain();
  size_t stored = 0;
  for (const auto& group : sink_.groups()) stored += group.size();
  EXPECT_EQ(stored, 100u);
  for (auto& told : sent) EXPECT_TRUE(told.get().ok());
  EXPECT_EQ(Send(queue, "1").get().code(), StatusCode::kUnavailable);
}

TEST_F(IngestQueueTest, ManySendersLoseNothing) {
  IngestQueue queue({}, sink_, telemetry_);
  std::vector<std::thread> senders;
  std::atomic<int> acknowledged{0};
  senders.reserve(4);
  for (int t = 0; t < 4; ++t) {
    senders.emplace_back([&] {
      for (int i = 0; i < 500; ++i) acknowledged += Send(queue, "x").get().ok() ? 1 : 0;
    });
  }
  for (auto& sender : senders) sender.join();
  size_t stored = 0;
  for (const auto& group : sink_.groups()) stored += group.size();
  EXPECT_EQ(acknowledged, 2000);
  EXPECT_EQ(stored, 2000u);
}

class MemoryLimiterTest : public testing::Test {
 protected:
  MemoryLimiter::Hooks Hooks() {
    return {.resident_bytes =
                [this] {
                  ++readings_;
                  return resident_;
                },
            .relieve =
                [this] {
                  ++relieved_;
                  resident_ -= relief_;
                }};
  }

  ManualClock clock_{kNanosPerSecond};
  Telemetry telemetry_;
  uint64_t resident_ = 0;
  uint64_t relief_ = 0;
  int readings_ = 0;
  int relieved_ = 0;
  MemoryLimiter limiter_{
      {.limit_bytes = 100 * kMiB, .soft_fraction = 0.8}, Hooks(), clock_, telemetry_};
};

TEST_F(MemoryLimiterTest, RefusesAboveTheSoftLimitAndRecoversByItself) {
  resident_ = 50 * kMiB;
  EXPECT_EQ(limiter_.RetryNanos(kMiB), std::nullopt);
  EXPECT_EQ(limiter_.RetryNanos(31 * kMiB), kNanosPerSecond);
  EXPECT_EQ(limiter_.RetryNanos(60 * kMiB), 5 * kNanosPerSecond);
  clock_.Advance(60 * kNanosPerMilli);
  resident_ = 86 * kMiB;
  EXPECT_EQ(limiter_.RetryNanos(1), kNanosPerSecond);
  clock_.Advance(60 * kNanosPerMilli);
  resident_ = 20 * kMiB;
  EXPECT_EQ(limiter_.RetryNanos(1), std::nullopt);
}

TEST_F(MemoryLimiterTest, AFewSpansMayComeInALittleLonger) {
  resident_ = 83 * kMiB;
  EXPECT_EQ(limiter_.RetryNanos(10'000), std::nullopt);
  EXPECT_EQ(limiter_.RetryNanos(100'000), kNanosPerSecond);
}

TEST_F(MemoryLimiterTest, ReadsTheResidentMemoryAtMostEvery50Milliseconds) {
  resident_ = 10 * kMiB;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(limiter_.RetryNanos(1), std::nullopt);
    clock_.Advance(kNanosPerMilli);
  }
  EXPECT_EQ(readings_, 2);
}

TEST_F(MemoryLimiterTest, AsksForReliefOnceASecondAndGoesOnWhenItHelped) {
  resident_ = 86 * kMiB;
  for (int i = 0; i < 15; ++i) {
    EXPECT_EQ(limiter_.RetryNanos(1), kNanosPerSecond);
    clock_.Advance(100 * kNanosPerMilli);
  }
  EXPECT_EQ(relieved_, 2);
  clock_.Advance(kNanosPerSecond);
  relief_ = 40 * kMiB;
  EXPECT_EQ(limiter_.RetryNanos(1), std::nullopt);
}

TEST_F(MemoryLimiterTest, WhatIsHeldCountsUntilItIsGivenBack) {
  resident_ = 40 * kMiB;
  auto first = limiter_.Hold(50 * kMiB);
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(limiter_.Hold(1 * kMiB).has_value());
  first.reset();
  EXPECT_TRUE(limiter_.Hold(50 * kMiB).has_value());
  EXPECT_FALSE(limiter_.Hold(51 * kMiB).has_value());
}

TEST_F(MemoryLimiterTest, TheEndOfALargeHoldLooksAtTheResidentMemoryAgain) {
  resident_ = 10 * kMiB;
  {
    const auto hold = limiter_.Hold(50 * kMiB);
  }
  resident_ = 60 * kMiB;
  EXPECT_FALSE(limiter_.Hold(50 * kMiB).has_value());
}

// Files by path.
ReadText Files(std::map<std::string, std::string> files) {
  return [files = std::move(files)](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    if (found == files.end()) return std::nullopt;
    return found->second;
  };
}

TEST(MemoryBudget, IsTheSmallestLimitOfTheGroupsAround) {
  const std::map<std::string, std::string> machine = {
      {"/proc/meminfo", "MemTotal:       1000 kB\n"}};
  auto files = machine;
  EXPECT_EQ(DetectMemoryBudget(Files(files)), 1'024'000u);
  files["/proc/self/cgroup"] = "0::/a/b\n";
  files["/sys/fs/cgroup/a/b/memory.max"] = "max\n";
  EXPECT_EQ(DetectMemoryBudget(Files(files)), 1'024'000u);
  files["/sys/fs/cgroup/a/memory.max"] = "50000\n";
  EXPECT_EQ(DetectMemoryBudget(Files(files)), 50'000u);
  files["/sys/fs/cgroup/a/b/memory.max"] = "40000\n";
  EXPECT_EQ(DetectMemoryBudget(Files(files)), 40'000u);
  files = machine;
  files["/proc/self/cgroup"] = "12:cpu,cpuacct:/\n9:memory:/docker/1f\n";
  files["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "30000\n";
  EXPECT_EQ(DetectMemoryBudget(Files(files)), 30'000u);
  files["/sys/fs/cgroup/memory/memory.limit_in_bytes"] = "9223372036854771712\n";
  EXPECT_EQ(DetectMemoryBudget(Files(files)), 1'024'000u);
  EXPECT_EQ(DetectMemoryBudget(Files({})), 0u);
}

TEST(MemoryBudget, ThisMachineTellsBoth) {
  EXPECT_GT(DetectMemoryBudget(ReadSystemFile), kMiB);
  EXPECT_GT(ReadResidentBytes(ReadSystemFile, 4096), kMiB);
}

TEST(AttributeEditor, AddsWhatResourcesLackAndLeavesTheRestAlone) {
  const model::SpanBatch before = model::RandomBatch(7);
  contracts::SpanIngest request;
  request.spans = before;
  request.otlp = std::make_shared<const std::string>("as it came");
  const AttributeEditor editor({{"deployment.environment", "lab"}, {"service.name", "fallback"}},
                               1024,
                               [](const model::SpanBatch&) { return std::string("encoded"); });
  editor.Edit(request);
  EXPECT_EQ(*request.otlp, "encoded");
  for (size_t i = 0; i < before.resources.size(); ++i) {
    const auto& old = before.resources[i].attributes;
    const auto& now = request.spans.resources[i].attributes;
    EXPECT_EQ(request.spans.Find(now, "deployment.environment")->text(), "lab");
    if (before.Find(old, "service.name") == nullptr) {
      EXPECT_EQ(request.spans.Find(now, "service.name")->text(), "fallback");
    }
    ASSERT_GE(now.count, old.count + 1);
    for (uint32_t k = 0; k < old.count; ++k) {
      EXPECT_EQ(request.spans.attributes[now.begin + k].key, before.attributes[old.begin + k].key);
    }
  }
}

TEST(AttributeEditor, WithoutSettingsTheRequestStaysAsItCame) {
  contracts::SpanIngest request;
  request.spans = model::RandomBatch(7);
  request.otlp = std::make_shared<const std::string>("as it came");
  const auto same = request.otlp;
  AttributeEditor({}, 1024, nullptr).Edit(request);
  EXPECT_EQ(request.otlp, same);
}

TEST(IngestCounters, ReasonsHaveTheirOwnNames) {
  Telemetry telemetry;
  IngestCounters counters(telemetry, "grpc");
  counters.CountRefused(RequestRefusal::kProfiles);
  counters.CountRefusedSpans(SpanRefusal::kZeroStart, 3);
  const std::string text = telemetry.Render();
  EXPECT_NE(text.find("refused_requests_total{transport=\"grpc\",reason=\"profiles\"} 1\n"),
            std::string::npos);
  EXPECT_NE(text.find("refused_spans_total{transport=\"grpc\",reason=\"zero_start\"} 3\n"),
            std::string::npos);
}

}  // namespace
}  // namespace orrery::pipeline
