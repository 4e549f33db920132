// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "contracts/trace_sink.h"
#include "fs/memory_file_system.h"
#include "gtest/gtest.h"
#include "model/span_batch.h"
#include "model/span_batch_testing.h"
#include "traces/trace_store.h"
#include "wire/otlp_traces_decode.h"
#include "wire/otlp_traces_encode.h"

namespace orrery::traces {

class WireDecoder final : public contracts::SpanDecoder {
 public:
  Result<model::SpanBatch> Decode(std::shared_ptr<const std::string> otlp) const override {
    ORRERY_ASSIGN_OR_RETURN(wire::DecodedTraces decoded, wire::DecodeOtlpTraces(std::move(otlp)));
    return std::move(decoded.batch);
  }
};

// A clock that stands still until a test moves it, and whose wall can leap.
class LeapingClock final : public Clock {
 public:
  UnixNanos WallNow() const override { return wall_.load(); }
  uint64_t MonotonicNanos() const override { return monotonic_.load(); }
  void Advance(uint64_t nanos) {
    wall_.fetch_add(nanos);
    monotonic_.fetch_add(nanos);
  }
  // Back when negative.
  void Leap(int64_t nanos) { wall_.fetch_add(static_cast<uint64_t>(nanos)); }

 private:
  std::atomic<UnixNanos> wall_{1'763'900'000'000'000'000};
  std::atomic<uint64_t> monotonic_{5'000'000'000};
};

// A store on a file system, and all that was acknowledged, to compare with.
class StoreRig {
 public:
  explicit StoreRig(fs::FileSystem& fs) : fs_(fs) {}

  Options& options() { return options_; }
  // From the next Open on the store's own threads write and merge blocks.
  void MaintainByItself() { maintains_ = true; }
  TraceStore& store() { return *store_; }
  LeapingClock& clock() { return clock_; }
  Telemetry& telemetry() { return *telemetry_; }
  const std::vector<model::SpanBatch>& acknowledged() const { return acknowledged_; }

  Status Open() {
    telemetry_ = std::make_unique<Telemetry>();
    const StoreDeps deps{fs_, clock_, logger_, *telemetry_, decoder_, {}};
    auto store = TraceStore::Open(deps, "data/traces", options_);
    if (!store.ok()) return store.status();
    store_ = *std::move(store);
    if (maintains_) store_->StartMaintenance();
    return OkStatus();
  }
  void Close() { store_.reset(); }
  Status Reopen() {
    Close();
    return Open();
  }

  // Appends one request made from `seed`; remembers it when it was acknowledged.
  Status Append(uint64_t seed, const model::RandomBatchOptions& options = {}) {
    model::SpanBatch made = model::RandomBatch(seed, options);
    // Ids repeat from seed to seed: four requests share their traces, none shares a span.
    for (model::Span& span : made.spans) {
      span.trace_id.bytes[15] ^= static_cast<uint8_t>(seed / 4);
      span.trace_id.bytes[14] ^= static_cast<uint8_t>(seed / 4 >> 8);
      span.span_id.bytes[0] = static_cast<uint8_t>(seed);
      span.span_id.bytes[1] = static_cast<uint8_t>(seed >> 8);
      if (span.parent_span_id.IsZero()) continue;
      span.parent_span_id.bytes[0] = static_cast<uint8_t>(seed);
      span.parent_span_id.bytes[1] = static_cast<uint8_t>(seed >> 8);
    }
    const auto otlp = std::make_shared<const std::string>(wire::EncodeOtlpTraces(made));
    auto decoded = wire::DecodeOtlpTraces(otlp);
    if (!decoded.ok()) return decoded.status();
    contracts::SpanIngest ingest{decoded->batch, otlp};
    const Status status = store_->Append(std::span(&ingest, 1));
    if (status.ok()) acknowledged_.push_back(std::move(ingest.spans));
    return status;
  }

  // How many spans of an acknowledged request are still there.
  size_t Found(const model::SpanBatch& batch) const {
    std::set<std::pair<model::TraceId, model::SpanId>> wanted;
    std::set<model::TraceId> ids;
    for (const model::Span& span : batch.spans) {
      wanted.emplace(span.trace_id, span.span_id);
      ids.insert(span.trace_id);
    }
    size_t found = 0;
    contracts::QueryContext context(clock_, {});
    const std::vector<model::TraceId> list(ids.begin(), ids.end());
    EXPECT_TRUE(store_
                    ->ReadTraces(list, {}, context,
                                 [&](const model::SpanBatch& trace) {
                                   for (const model::Span& span : trace.spans) {
                                     found += wanted.count({span.trace_id, span.span_id});
                                   }
                                   return true;
                                 })
                    .ok());
    return found;
  }

  // Expects that the store holds each acknowledged span, equal in everything, once; and nothing
  // else of those traces unless `may_hold_more` (a request may have been written and not
  // acknowledged).
  void ExpectAll(bool may_hold_more = false) const {
    std::vector<model::TraceId> ids;
    size_t expected = 0;
    for (const model::SpanBatch& batch : acknowledged_) {
      for (const model::Span& span : batch.spans) ids.push_back(span.trace_id);
      expected += batch.spans.size();
    }
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    contracts::QueryContext context(clock_, {});
    std::vector<model::SpanBatch> traces;
    size_t found = 0;
    ASSERT_TRUE(store_
                    ->ReadTraces(ids, {}, context,
                                 [&](const model::SpanBatch& trace) {
                                   traces.push_back(trace);
                                   found += trace.spans.size();
                                   return true;
                                 })
                    .ok());
    ASSERT_EQ(traces.size(), ids.size());
    if (!may_hold_more) {
      EXPECT_EQ(found, expected);
    }
    for (const model::SpanBatch& batch : acknowledged_) {
      for (size_t i = 0; i < batch.spans.size(); ++i) {
        const auto place = std::ranges::lower_bound(ids, batch.spans[i].trace_id) - ids.begin();
        ExpectOnce(batch, i, traces[static_cast<size_t>(place)]);
      }
    }
  }

 private:
  static void ExpectOnce(const model::SpanBatch& batch, size_t i, const model::SpanBatch& trace) {
    size_t times = 0;
    for (size_t j = 0; j < trace.spans.size(); ++j) {
      times += model::SameSpan(batch, i, trace, j) ? 1 : 0;
    }
    EXPECT_EQ(times, 1u) << "span " << model::ToHex(batch.spans[i].span_id);
  }

  fs::FileSystem& fs_;
  LeapingClock clock_;
  Logger logger_{clock_, 2, LogFormat::kLogfmt, LogLevel::kError};
  WireDecoder decoder_;
  Options options_;
  bool maintains_ = false;
  std::unique_ptr<Telemetry> telemetry_;
  std::unique_ptr<TraceStore> store_;
  std::vector<model::SpanBatch> acknowledged_;
};

}  // namespace orrery::traces
