// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/telemetry.h"
#include "contracts/trace_queryable.h"
#include "contracts/trace_sink.h"
#include "fs/file_system.h"
#include "storage/wal/log_writer.h"
#include "traces/head.h"
#include "traces/options.h"
#include "traces/row_group_cache.h"
#include "traces/trace_block.h"
#include "traces/trace_block_writer.h"
#include "traces/trace_merge.h"
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
// to immutable blocks by a thread of its own. Queries see the head, what is being written, and the
// blocks; a change among them is one exchange of a snapshot, so a span is seen once at any time.
//
//   dir/wal/        the log
//   dir/blocks/     a directory for each block
//
// A block says up to which segment of the log its spans reach; those segments are dropped when it
// is there. After a crash in between, Open drops them instead of reading them again.
//
// Life:    Open, which replays the log; Close or destruction stops the thread. Neither flushes: the
//          log has it all.
// Threads: all methods may be called concurrently.
// Failure: Append is Unavailable with a full disk and ResourceExhausted while blocks cannot be
//          written as fast as spans arrive; queries go on, and it works again by itself. A block
//          that fails its checks at Open is set aside, logged and counted, not removed.
// Cost:    memory up to about three times head_bytes plus cache_bytes.
class TraceStore final : public contracts::TraceSink,
                         public contracts::TraceQueryable,
                         public contracts::Flushable {
 public:
  // The caller holds the lock of the data directory.
  static Result<std::unique_ptr<TraceStore>> Open(const StoreDeps& deps, std::string dir,
                                                  const Options& options);
  ~TraceStore() override;
  void Close();

  Status Append(std::span<const contracts::SpanIngest> requests) override;
  Status Flush() override;

  Result<std::vector<contracts::TraceCandidate>> FindTraces(
      const contracts::SpanFilter& filter, const model::TimeRange& range,
      contracts::QueryContext& context) const override;
  Status ReadTraces(std::span<const model::TraceId> ids, const contracts::WantedFields& wanted,
                    contracts::QueryContext& context,
                    const std::function<bool(const model::SpanBatch&)>& visit) const override;
  Result<contracts::TagNames> FindTagNames(const model::TimeRange& range,
                                           contracts::QueryContext& context) const override;
  Result<std::vector<contracts::TagValue>> FindTagValues(
      const contracts::FieldRef& field, const model::TimeRange& range, size_t limit,
      contracts::QueryContext& context) const override;
  contracts::TraceStoreStats Stats() const override;

 private:
  // So many small blocks are merged without being asked.
  static constexpr size_t kSmallBlocks = 8;
  static constexpr uint64_t kMergeCacheBytes = uint64_t{24} << 20;

  using Blocks = std::vector<std::shared_ptr<const TraceBlock>>;

  struct Counters {
    explicit Counters(Telemetry& telemetry);

    Counter& appended_spans;
    Counter& replayed_spans;
    Counter& undecodable_records;
    Counter& damaged_log_bytes;
    Counter& damaged_blocks;
    Counter& written_blocks;
    Counter& merged_blocks;
    Counter& failed_writes;
  };

  TraceStore(const StoreDeps& deps, std::string dir, const Options& options);

  // Open, step by step.
  Status OpenBlocks(uint64_t& wal_through);
  Status DropReplaced(Blocks& blocks);
  Status Replay(uint64_t wal_through);
  void ReportDamage(const wal::Damage& damage);

  Snapshot TakeSnapshot() const;
  bool HeadIsDue() const ORRERY_REQUIRES(state_mutex_);
  void Maintain();
  // Moves the head into a block. Ok when there was nothing to do.
  Status Cut() ORRERY_REQUIRES(maintenance_mutex_);
  Status Freeze() ORRERY_REQUIRES(maintenance_mutex_);
  // Merges blocks of less than half a head when there are `at_least` of them.
  Status Compact(size_t at_least) ORRERY_REQUIRES(maintenance_mutex_);
  Status Merge(const Blocks& blocks) ORRERY_REQUIRES(maintenance_mutex_);
  Result<std::shared_ptr<const TraceBlock>> WriteBlock(TraceMerge& merge, uint64_t wal_through,
                                                       std::vector<uint64_t> replaces)
      ORRERY_REQUIRES(maintenance_mutex_);
  Status FillBlock(TraceMerge& merge, uint64_t id, uint64_t wal_through,
                   std::vector<uint64_t> replaces, block::Manifest& manifest);

  // Constant after Open.
  const StoreDeps deps_;
  const std::string wal_dir_;
  const std::string blocks_dir_;
  const Options options_;
  Counters counters_;
  mutable RowGroupCache cache_;
  std::unique_ptr<wal::LogWriter> wal_;

  // Taken in this order. The first is held while a block is written, the second while the log is.
  Mutex maintenance_mutex_;
  Mutex append_mutex_;
  mutable Mutex state_mutex_;

  uint64_t next_block_ ORRERY_GUARDED_BY(maintenance_mutex_) = 1;
  uint64_t frozen_through_ ORRERY_GUARDED_BY(maintenance_mutex_) = 0;

  mutable Head head_ ORRERY_GUARDED_BY(state_mutex_);
  uint64_t head_since_ ORRERY_GUARDED_BY(state_mutex_) = 0;  // Monotonic.
  HeadTables frozen_ ORRERY_GUARDED_BY(state_mutex_);        // In no block yet, no longer growing.
  uint64_t frozen_bytes_ ORRERY_GUARDED_BY(state_mutex_) = 0;
  Blocks blocks_ ORRERY_GUARDED_BY(state_mutex_);
  bool is_closing_ ORRERY_GUARDED_BY(state_mutex_) = false;
  CondVar wake_;

  std::thread maintainer_;
};

}  // namespace orrery::traces
