// SPDX-License-Identifier: Apache-2.0
// Random operations on a store, and the same on a map: ingest, flush, maintain, expire, kill,
// restart, lose power, fill the disk, query. ORRERY_MODEL_STEPS and ORRERY_MODEL_SEED choose.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "fs/fault_file_system.h"
#include "fs/memory_file_system.h"
#include "gtest/gtest.h"
#include "traces/store_testing.h"

namespace orrery::traces {
namespace {

constexpr uint64_t kSecond = kNanosPerSecond;
constexpr uint64_t kRetention = 4000 * kSecond;
constexpr uint64_t kWindow = 10 * kSecond;
// A block holds what arrived within the longest window, and goes as a whole.
constexpr uint64_t kLongestWindow = 36 * kWindow;

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// A span as the model knows it. Name and start follow from the id, so that a mix-up shows.
struct Known {
  uint64_t arrived = 0;
  // When it was first in a block for certain; 0 before that, since the spans of a log that is read
  // again after a restart count as just received.
  uint64_t in_block = 0;
};
using TraceNumber = uint32_t;
using SpanNumber = uint32_t;

class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed) {
    Options& options = rig_.options();
    options.row_group_spans = 16;
    options.head_spans = 60;
    options.head_age_nanos = 300 * kSecond;
    options.retention_nanos = kRetention;
    options.merge_window_nanos = kWindow;
    options.block_spans = 300;
    options.wal.durability = wal::Durability::kFsync;
    options.wal.segment_bytes = 4096;
    EXPECT_TRUE(disk_.CreateDirectories("data").ok() && disk_.SyncDirectory("").ok());
    Reopen();
  }

  void Step() {
    const uint64_t dice = random_() % 10'000;
    if (dice < 4500) return Ingest();
    if (dice < 7500) return QueryOne();
    if (dice < 7900) return Search();
    if (dice < 9500) return rig_.clock().Advance(random_() % (4 * kSecond));
    if (dice < 9850) return Maintain();
    if (dice < 9930) return Flush();
    if (dice < 9950) return FillDisk();
    if (dice < 9965) return Restart(Death::kNone);
    if (dice < 9980) return Restart(Death::kKill);
    if (dice < 9990) return Restart(Death::kPower);
    QueryAll();
  }

 private:
  enum class Death { kNone, kKill, kPower };

  uint64_t Now() { return rig_.clock().MonotonicNanos(); }
  uint64_t Pick(uint64_t below) { return random_() % below; }

  static model::TraceId IdOf(TraceNumber number) {
    model::TraceId id;
    for (int i = 0; i < 4; ++i) id.bytes[15 - i] = static_cast<uint8_t>(number >> 8 * i);
    id.bytes[0] = 1;
    return id;
  }
  static uint64_t StartOf(SpanNumber span) {
    return 1'763'900'000'000'000'000 + span * 1'000'003ull % (3600 * kSecond);
  }
  static std::string NameOf(SpanNumber span) { return "operation " + std::to_string(span % 7); }

  void Reopen() {
    const Status status = rig_.Reopen();
    ASSERT_TRUE(status.ok()) << status.ToString();
  }

  void Ingest() {
    model::SpanBatch batch;
    std::vector<std::pair<TraceNumber, SpanNumber>> sent;
    batch.resources.emplace_back();
    batch.scopes.emplace_back();
    const uint64_t count = 1 + Pick(4);
    std::vector<std::string> names;
    names.reserve(count);
    for (uint64_t i = 0; i < count; ++i) {
      // Mostly new spans of recent traces, sometimes of old ones, sometimes a span again.
      const TraceNumber newest = static_cast<TraceNumber>(steps_ / 8);
      TraceNumber trace =
          newest - static_cast<TraceNumber>(Pick(std::min<uint64_t>(newest + 1, 6)));
      if (Pick(20) == 0) trace = static_cast<TraceNumber>(Pick(newest + 1));
      auto span = static_cast<SpanNumber>(++spans_);
      const auto known = model_.find(trace);
      if (Pick(15) == 0 && known != model_.end() && !known->second.empty()) {
        span = known->second.begin()->first;
      }
      if (std::ranges::find(sent, std::pair(trace, span)) != sent.end()) continue;
      sent.emplace_back(trace, span);
      names.push_back(NameOf(span));
      model::Span made;
      made.trace_id = IdOf(trace);
      made.span_id.bytes[0] = 1;
      for (int b = 0; b < 4; ++b) made.span_id.bytes[7 - b] = static_cast<uint8_t>(span >> 8 * b);
      made.start = StartOf(span);
      made.end = made.start + 1000 + span;
      made.name = names.back();
      batch.spans.push_back(made);
    }
    ++steps_;
    const auto otlp = std::make_shared<const std::string>(wire::EncodeOtlpTraces(batch));
    auto decoded = wire::DecodeOtlpTraces(otlp);
    ASSERT_TRUE(decoded.ok());
    const contracts::SpanIngest ingest{decoded->batch, otlp};
    const Status status = rig_.store().Append(std::span(&ingest, 1));
    ASSERT_TRUE(status.ok() || is_full_) << status.ToString();
    if (!status.ok()) return;
    for (const auto& [trace, span] : sent) model_[trace][span] = {.arrived = Now()};
  }

  // What was acknowledged and is young must be there, what is old may be gone, and once it is gone
  // it stays so; what is far too old must be gone, if it was in a block. Nothing else is there.
  void Check(TraceNumber number, const model::SpanBatch* found) {
    std::map<SpanNumber, Known> none;
    const auto place = model_.find(number);
    std::map<SpanNumber, Known>& known = place == model_.end() ? none : place->second;
    std::map<SpanNumber, bool> there;
    for (size_t i = 0; found != nullptr && i < found->spans.size(); ++i) {
      const model::Span& span = found->spans[i];
      SpanNumber id = 0;
      for (int b = 0; b < 4; ++b) id |= SpanNumber{span.span_id.bytes[7 - b]} << 8 * b;
      ASSERT_TRUE(known.contains(id)) << "trace " << number << " has unknown span " << id;
      ASSERT_TRUE(there.emplace(id, true).second) << "span " << id << " is there twice";
      ASSERT_EQ(span.start, StartOf(id));
      ASSERT_EQ(span.end, StartOf(id) + 1000 + id);
      ASSERT_EQ(span.name, NameOf(id));
    }
    for (auto span = known.begin(); span != known.end();) {
      if (there.contains(span->first)) {
        ++span;
        continue;
      }
      ASSERT_GT(Now() - span->second.arrived, kRetention)
          << "span " << span->first << " of trace " << number << " is lost";
      span = known.erase(span);  // Should it come back, it is unknown.
    }
    if (known.empty() && place != model_.end()) model_.erase(place);
  }

  void Read(const std::vector<TraceNumber>& numbers) {
    std::vector<model::TraceId> ids;
    ids.reserve(numbers.size());
    for (const TraceNumber number : numbers) ids.push_back(IdOf(number));
    contracts::QueryContext context(rig_.clock(), {});
    size_t next = 0;
    const Status status =
        rig_.store().ReadTraces(ids, {}, context, [&](const model::SpanBatch& trace) {
          while (ids[next] != trace.spans[0].trace_id) Check(numbers[next++], nullptr);
          Check(numbers[next++], &trace);
          return true;
        });
    ASSERT_TRUE(status.ok()) << status.ToString();
    while (next < numbers.size()) Check(numbers[next++], nullptr);
  }

  void QueryOne() {
    const uint64_t newest = steps_ / 8 + 1;
    Read({static_cast<TraceNumber>(Pick(2) == 0 ? newest - Pick(std::min<uint64_t>(newest, 20))
                                                : Pick(newest + 1))});
  }

  void QueryAll() {
    std::vector<TraceNumber> numbers;
    for (const auto& [number, spans] : model_) numbers.push_back(number);
    Read(numbers);
  }

  // Every trace with a young span of that name is a candidate.
  void Search() {
    const std::string name = NameOf(static_cast<SpanNumber>(Pick(7)));
    contracts::SpanFilter filter;
    filter.kind = contracts::SpanFilter::Kind::kCondition;
    filter.condition.field = contracts::Intrinsic::kName;
    filter.condition.op = contracts::Condition::Op::kEqual;
    filter.condition.operand = name;
    contracts::QueryContext context(rig_.clock(), {});
    const auto found = rig_.store().FindTraces(filter, {}, context);
    ASSERT_TRUE(found.ok()) << found.status().ToString();
    std::set<model::TraceId> ids;
    for (const auto& candidate : *found) ids.insert(candidate.id);
    for (const auto& [number, spans] : model_) {
      const bool must = std::ranges::any_of(spans, [&](const auto& span) {
        return NameOf(span.first) == name && Now() - span.second.arrived <= kRetention;
      });
      if (must) {
        ASSERT_TRUE(ids.contains(IdOf(number))) << "trace " << number << " is not found";
      }
    }
  }

  void Maintain() {
    const Status status = rig_.store().Maintain();
    ASSERT_TRUE(status.ok() || is_full_) << status.ToString();
    if (status.ok()) NoteBlocks();
  }

  void Flush() {
    const Status status = rig_.store().Flush();
    ASSERT_TRUE(status.ok() || is_full_) << status.ToString();
    if (status.ok()) NoteBlocks();
  }

  // What is in blocks for certain, and what is far too old and must be gone from them.
  void NoteBlocks() {
    if (rig_.store().Stats().head_spans != 0) return;
    std::vector<TraceNumber> overdue;
    for (auto& [number, spans] : model_) {
      for (auto& [id, span] : spans) {
        if (span.in_block == 0) span.in_block = Now();
        if (Now() - span.in_block > kRetention + 2 * kLongestWindow) overdue.push_back(number);
      }
    }
    if (overdue.empty()) return;
    Read(overdue);
    for (const TraceNumber number : overdue) {
      const auto place = model_.find(number);
      if (place == model_.end()) continue;
      for (const auto& [id, span] : place->second) {
        ASSERT_LE(Now() - span.in_block, kRetention + 2 * kLongestWindow)
            << "span " << id << " of trace " << number << " has not expired";
      }
    }
  }

  void FillDisk() {
    is_full_ = true;
    full_.SetFreeBytes(Pick(3000));
    for (uint64_t i = Pick(12); i > 0; --i) Step();
    full_.SetFreeBytes(UINT64_MAX);
    is_full_ = false;
  }

  void Restart(Death death) {
    if (is_full_) return;
    rig_.Close();
    if (death == Death::kKill) disk_.KillProcess();
    if (death == Death::kPower) disk_.LosePower(1 + Pick(1000));
    Reopen();
  }

  std::mt19937_64 random_;
  fs::MemoryFileSystem disk_;
  fs::FaultFileSystem full_{disk_};
  StoreRig rig_{full_};
  std::map<TraceNumber, std::map<SpanNumber, Known>> model_;
  uint64_t steps_ = 0;
  uint64_t spans_ = 0;
  bool is_full_ = false;
};

TEST(TraceStoreModel, RandomOperationsAgreeWithAMap) {
  const uint64_t steps = FromEnvironment("ORRERY_MODEL_STEPS", 60'000);
  const uint64_t seed = FromEnvironment("ORRERY_MODEL_SEED", 1);
  Model model(seed);
  for (uint64_t step = 0; step < steps; ++step) {
    model.Step();
    if (HasFatalFailure()) FAIL() << "at step " << step << " of seed " << seed;
  }
}

}  // namespace
}  // namespace orrery::traces
