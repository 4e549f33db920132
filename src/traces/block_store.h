// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/telemetry.h"
#include "fs/file_system.h"
#include "traces/merge_plan.h"
#include "traces/options.h"
#include "traces/pins.h"
#include "traces/retention.h"
#include "traces/row_group_cache.h"
#include "traces/trace_block.h"
#include "traces/trace_merge.h"

namespace orrery::traces {

// What the blocks of a store borrow; all of it must outlive them.
struct BlockStoreDeps {
  fs::FileSystem& fs;
  const Clock& clock;
  const Logger& logger;
  Telemetry& telemetry;
  const Pins& pins;
};

using Blocks = std::vector<std::shared_ptr<const TraceBlock>>;

// BlockStore is the part of a trace store that is on disk for good: it writes blocks, merges small
// ones, and lets old ones go, by age and by the disk they take.
//
//   written -> published -> merged into another -> ... -> expired
//
// A merged block names the blocks it replaces, so that a crash between its publication and their
// removal leaves no span twice: Open removes them then. A block that expires while it holds pinned
// traces is replaced in the same way by a block of these alone.
//
// Life:    Open, then anything; Stop before destruction when Tidy may be running.
// Threads: all methods may be called concurrently; one Tidy runs at a time, writes go on beside it.
// Failure: what can't be written leaves everything as it was. A block that fails its checks at Open
//          is set aside, logged and counted, not removed.
// Cost:    a merge reads and writes each span once and keeps two row groups and 40 bytes a trace in
//          memory.
class BlockStore {
 public:
  static Result<std::unique_ptr<BlockStore>> Open(const BlockStoreDeps& deps, std::string dir,
                                                  const Options& options);
  BlockStore(const BlockStore&) = delete;
  BlockStore& operator=(const BlockStore&) = delete;
  ~BlockStore() = default;

  // Segments of the log up to this one were in blocks when they were opened.
  uint64_t wal_through() const { return wal_through_; }
  Blocks List() const;
  uint64_t disk_bytes() const;
  // What scans made of the blocks.
  OutcomeCache& outcomes() const { return cache_.outcomes(); }

  // Writes a block of what `merge` hands out; queries don't see it before Publish. Room for
  // `expected_bytes` is made first, see MakeRoom.
  Result<std::shared_ptr<const TraceBlock>> Write(TraceMerge& merge, uint64_t wal_through,
                                                  UnixNanos arrived, uint64_t expected_bytes,
                                                  uint64_t log_bytes);
  void Publish(std::shared_ptr<const TraceBlock> block);

  // Lets go what is too old or too much, then merges until nothing is left to merge: of the window
  // that lasts, when there are `small_blocks` small ones. `log_bytes` is the disk the log takes.
  // Cancelled: Stop was called meanwhile.
  Status Tidy(size_t small_blocks, const std::function<uint64_t()>& log_bytes);
  // A merge that is running is given up, and none begins any more.
  void Stop() { is_stopping_.store(true, std::memory_order_relaxed); }

 private:
  static constexpr uint64_t kMergeCacheBytes = uint64_t{24} << 20;

  struct Counters {
    explicit Counters(Telemetry& telemetry);

    Counter& damaged_blocks;
    Counter& written_blocks;
    Counter& merged_blocks;
    Counter& failed_writes;
    Counter& failed_removals;
    Counter& old_blocks;
    Counter& old_spans;
    Counter& surplus_blocks;
    Counter& surplus_spans;
    Gauge& blocks;
    Gauge& disk_bytes;
  };
  // Why blocks go, as counted and logged.
  enum class Reason { kAge, kSize };
  // What becomes part of a new block's manifest.
  struct Origin {
    uint64_t wal_through = 0;
    UnixNanos arrived = 0;
    std::vector<uint64_t> replaces;
  };

  BlockStore(const BlockStoreDeps& deps, std::string dir, const Options& options);
  Status Load();
  Status DropReplaced(Blocks& blocks);
  void SetGauges() ORRERY_REQUIRES(mutex_);

  MergeLimits Limits(size_t small_blocks) const;
  // Of the blocks that nobody is about to replace or remove.
  std::vector<BlockFacts> FreeFacts() const;
  // The blocks, from now on not for others; empty when one of them is gone or taken.
  Blocks Claim(const std::vector<uint64_t>& ids);
  void Unclaim(const Blocks& blocks);

  Result<std::shared_ptr<const TraceBlock>> WriteBlock(TraceMerge& merge, Origin origin);
  Status FillBlock(TraceMerge& merge, uint64_t id, Origin origin, block::Manifest& manifest);
  // Takes `old` off the list and off the disk, with `instead` (may be null) in their place.
  void Replace(const Blocks& old, std::shared_ptr<const TraceBlock> instead);

  // Merges until nothing is left to merge.
  Status MergeAll(size_t small_blocks, const std::function<uint64_t()>& log_bytes)
      ORRERY_REQUIRES(tidy_mutex_);
  Status Merge(const Blocks& blocks) ORRERY_REQUIRES(tidy_mutex_);
  // Finds out which of `blocks` can't be read, so that the others can be merged without them.
  void SetAsideDamaged(const Blocks& blocks) ORRERY_REQUIRES(tidy_mutex_);
  Status ExpireOld() ORRERY_REQUIRES(tidy_mutex_);
  // Lets the oldest blocks go until `bytes` more fit beside the log. What is pinned stays, also
  // when it is more than fits.
  Status MakeRoom(uint64_t bytes, uint64_t log_bytes);
  // False: all of the block is pinned, so it stays.
  Result<bool> Expire(const std::shared_ptr<const TraceBlock>& block, Reason reason);
  // A block of what is pinned in `block`: null when nothing is, `block` itself when all of it is.
  Result<std::shared_ptr<const TraceBlock>> WritePinned(
      const std::shared_ptr<const TraceBlock>& block);

  // Constant after Open.
  const BlockStoreDeps deps_;
  const std::string dir_;
  const Options options_;
  Counters counters_;
  uint64_t wal_through_ = 0;
  mutable RowGroupCache cache_;

  std::atomic<bool> is_stopping_{false};

  Mutex tidy_mutex_;  // Held for all of a Tidy; taken first.
  std::unique_ptr<RetentionClock> retention_clock_ ORRERY_GUARDED_BY(tidy_mutex_);
  std::set<uint64_t> damaged_ ORRERY_GUARDED_BY(tidy_mutex_);  // Not to be merged.

  mutable Mutex mutex_;
  Blocks blocks_ ORRERY_GUARDED_BY(mutex_);
  std::set<uint64_t> claimed_ ORRERY_GUARDED_BY(mutex_);
  uint64_t next_id_ ORRERY_GUARDED_BY(mutex_) = 1;
  // For blocks that are being written; on disk they may be less by now.
  uint64_t reserved_bytes_ ORRERY_GUARDED_BY(mutex_) = 0;
};

}  // namespace orrery::traces
