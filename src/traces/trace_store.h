// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/telemetry.h"
#include "contracts/trace_pins.h"
#include "contracts/trace_queryable.h"
#include "contracts/trace_sink.h"
#include "fs/file_system.h"
#include "storage/wal/log_writer.h"
#include "traces/block_store.h"
#include "traces/head.h"
#include "traces/options.h"
#include "traces/pins.h"
#include "traces/trace_query.h"

namespace orrery::traces {

// What a store borrows; all of it must outlive the store.
struct StoreDeps {
  fs::FileSystem& fs;
  const Clock& clock;
  const Logger& logger;
  Telemetry& telemetry;
  const contracts::SpanDecoder& decoder;
  // Told during Open how much of the log has been replayed, 0 to 1. May be empty.
  std::function<void(double)> on_replay;
};

// TraceStore keeps spans: requests go to a log, live in a head of tables in memory, and are written
// to immutable blocks. Queries see the head, what is being written, and the blocks; a change among
// them is one exchange of a snapshot, so a span is seen once at any time.
//
//   dir/wal/        the log
//   dir/blocks/     a directory for each block
//   dir/pins        the traces that retention keeps
//
// A block says up to which segment of the log its spans reach; those segments are dropped when it
// is there. After a crash in between, Open drops them instead of reading them again.
//
// Life:    Open, which replays the log; StartMaintenance, or Maintain from time to time; Close or
//          destruction stops the threads. Nothing of that flushes: the log has it all.
// Threads: all methods may be called concurrently. With StartMaintenance one thread writes heads
//          out and another merges and expires, so that neither waits for the other.
// Failure: Append is Unavailable with a full disk and ResourceExhausted while blocks cannot be
//          written as fast as spans arrive; queries go on, and it works again by itself.
// Cost:    memory up to about three times head_bytes plus cache_bytes.
class TraceStore final : public contracts::TraceSink,
                         public contracts::TraceQueryable,
                         public contracts::TracePins,
                         public contracts::Flushable {
 public:
  // The caller holds the lock of the data directory.
  static Result<std::unique_ptr<TraceStore>> Open(const StoreDeps& deps, std::string dir,
                                                  const Options& options);
  ~TraceStore() override;
  // Starts the threads that do what Maintain does, when it is due. Call once.
  void StartMaintenance();
  // Writes the head out if it is due, lets go what retention says, merges what is to be merged.
  Status Maintain();
  void Close();

  Status Append(std::span<const contracts::SpanIngest> requests) override;
  Status Flush() override;

  Status Pin(const model::TraceId& id) override;
  Status Unpin(const model::TraceId& id) override { return pins_->Remove(id); }
  std::vector<model::TraceId> Pinned() const override { return pins_->List(); }

  Result<std::vector<contracts::TraceCandidate>> FindTraces(
      const contracts::SpanFilter& filter, const model::TimeRange& range,
      contracts::QueryContext& context) const override;
  Result<contracts::NewestTraces> FindNewestTraces(const contracts::SpanFilter& filter,
                                                   const model::TimeRange& range, size_t most,
                                                   contracts::QueryContext& context) const override;
  Status ReadTraces(std::span<const model::TraceId> ids, const contracts::WantedFields& wanted,
                    contracts::QueryContext& context,
                    const std::function<bool(const model::SpanBatch&)>& visit) const override;
  Status ScanSpans(const contracts::SpanFilter& filter, const model::TimeRange& starts,
                   std::span<const contracts::FieldRef> fields, contracts::QueryContext& context,
                   const std::function<bool(const contracts::SpanColumns&)>& visit) const override;
  Status ScanParts(const contracts::SpanFilter& filter, const model::TimeRange& starts,
                   std::span<const contracts::FieldRef> fields, contracts::ScanKeeper& keeper,
                   contracts::QueryContext& context,
                   const std::function<bool(const contracts::SpanColumns&)>& visit) const override;
  Status ScanContents(const contracts::SpanFilter& filter, const model::TimeRange& starts,
                      std::span<const contracts::FieldRef> fields, contracts::QueryContext& context,
                      const std::function<Status(const contracts::SpanColumns&,
                                                 const contracts::ContentsReader&)>& visit,
                      std::vector<model::TraceId>& apart) const override;
  Result<contracts::TagNames> FindTagNames(const model::TimeRange& range,
                                           contracts::QueryContext& context) const override;
  Result<std::vector<contracts::TagValue>> FindTagValues(
      const contracts::FieldRef& field, const model::TimeRange& range, size_t limit,
      contracts::QueryContext& context) const override;
  contracts::TraceStoreStats Stats() const override;

 private:
  struct Counters {
    explicit Counters(Telemetry& telemetry);

    Counter& searched_row_groups;
    Counter& skipped_row_groups;
    Counter& kept_hits;
    Counter& kept_misses;
    Gauge& kept_bytes;
    Counter& damaged_reads;
    Counter& appended_spans;
    Counter& replayed_spans;
    Counter& undecodable_records;
    Counter& damaged_log_bytes;
    Counter& damaged_pins;
    Gauge& log_bytes;
  };

  TraceStore(const StoreDeps& deps, std::string dir, const Options& options);

  // Open, step by step.
  Status OpenPins(const std::string& path);
  Status Replay(uint64_t wal_through);
  void ReportDamage(const wal::Damage& damage);

  Snapshot TakeSnapshot() const;
  // Counts a query that a damaged part of a block was left out of, and logs each damage once.
  void ReportDamage(const contracts::QueryContext& context) const;
  bool HeadIsDue() const ORRERY_REQUIRES(state_mutex_);
  void CutLoop();
  void TidyLoop();
  // Moves the head into a block. Ok when there was nothing to do.
  Status Cut() ORRERY_REQUIRES(cut_mutex_);
  Status Freeze() ORRERY_REQUIRES(cut_mutex_);

  // Constant after Open.
  const StoreDeps deps_;
  const std::string wal_dir_;
  const std::string dir_;
  const Options options_;
  Counters counters_;
  std::unique_ptr<Pins> pins_;
  std::unique_ptr<BlockStore> blocks_;
  std::unique_ptr<wal::LogWriter> wal_;

  // Taken in this order. The first is held while a head is written, the second while the log is.
  Mutex cut_mutex_;
  Mutex append_mutex_;
  mutable Mutex state_mutex_;

  uint64_t frozen_through_ ORRERY_GUARDED_BY(cut_mutex_) = 0;
  UnixNanos frozen_at_ ORRERY_GUARDED_BY(cut_mutex_) = 0;

  mutable Head head_ ORRERY_GUARDED_BY(state_mutex_);
  // Monotonic: when the first and when the last span of the head came.
  uint64_t head_since_ ORRERY_GUARDED_BY(state_mutex_) = 0;
  uint64_t head_touched_ ORRERY_GUARDED_BY(state_mutex_) = 0;
  uint64_t head_log_bytes_ ORRERY_GUARDED_BY(state_mutex_) = 0;
  HeadTables frozen_ ORRERY_GUARDED_BY(state_mutex_);  // In no block yet, no longer growing.
  uint64_t frozen_bytes_ ORRERY_GUARDED_BY(state_mutex_) = 0;
  uint64_t frozen_log_bytes_ ORRERY_GUARDED_BY(state_mutex_) = 0;
  bool is_closing_ ORRERY_GUARDED_BY(state_mutex_) = false;
  mutable std::set<std::string> logged_damages_ ORRERY_GUARDED_BY(state_mutex_);
  CondVar wake_cutter_;
  CondVar wake_tidier_;

  std::thread cutter_;
  std::thread tidier_;
};

}  // namespace orrery::traces
