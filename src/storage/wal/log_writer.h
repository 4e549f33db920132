// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/result.h"
#include "fs/file_system.h"
#include "storage/wal/log_reader.h"
#include "storage/wal/options.h"

namespace orrery::wal {

// LogWriter makes records durable before a store acknowledges them.
//
// A log is a directory of numbered segments; docs/formats/wal.md has the bytes. A record never
// crosses a segment border, so an old segment can be dropped whole, and a torn write can hurt only
// the newest one. Old segments are never written again: each Open starts a new one.
//
// Life:    Replay what is there (log_reader.h), Open, then Append and Sync; Roll and DropThrough
//          when a block holds what the log held. The destructor closes without syncing.
// Threads: all methods may be called concurrently; callers waiting in Sync share one fsync.
// Failure: Append is all or nothing. A full disk is Unavailable, and later appends work when there
//          is space again. A failed sync sticks: every later Append and Sync returns it, because
//          nobody knows then which pages reached the disk. Reopen to find out.
// Cost:    one copy of the records and one write per Append, 16 bytes a record.
class LogWriter {
 public:
  // Opens `dir`, creating it if absent, and cuts a torn tail off the newest segment. New segments
  // get numbers greater than `after_segment` and than any there is: pass what the blocks already
  // contain, so that a number never comes back after its segment was dropped.
  // `fs` must outlive the writer. The caller holds the lock of the data directory.
  static Result<std::unique_ptr<LogWriter>> Open(fs::FileSystem& fs, std::string dir,
                                                 const Options& options,
                                                 uint64_t after_segment = 0);

  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;
  ~LogWriter() = default;

  // What Open cut off, if anything.
  const std::optional<Damage>& torn_tail() const { return torn_tail_; }

  // Adds the records with one write. They survive the process when this returns, and a power loss
  // once Sync has returned.
  // Requires: each record has 1 to kMaxRecordBytes bytes.
  Status Append(std::span<const std::string_view> records);

  // Waits until everything appended before the call is on stable storage. With
  // Durability::kProcess it returns at once.
  Status Sync();

  // Closes the current segment and starts the next. Returns the number of the newest closed
  // segment: everything appended before the call is in segments up to it. A segment without
  // records is not closed, the number is then the one before it.
  Result<uint64_t> Roll();

  // Deletes the segments numbered up to `segment`, except the newest.
  Status DropThrough(uint64_t segment);

  // Bytes of all segments on disk.
  uint64_t disk_bytes() const;

 private:
  LogWriter(fs::FileSystem& fs, std::string dir, const Options& options)
      : fs_(fs), dir_(std::move(dir)), options_(options) {}

  Status Recover(uint64_t after_segment);
  Status CutTail(uint64_t segment, const Damage& tail) ORRERY_REQUIRES(mutex_);
  Status StartSegment() ORRERY_REQUIRES(mutex_);
  Status CloseSegment() ORRERY_REQUIRES(mutex_);
  Status CutBack() ORRERY_REQUIRES(mutex_);
  Status SyncLocked() ORRERY_REQUIRES(mutex_);
  std::string PathOf(uint64_t segment) const;

  // Constant after Open.
  fs::FileSystem& fs_;
  const std::string dir_;
  const Options options_;
  std::optional<Damage> torn_tail_;

  mutable Mutex mutex_;
  // Null after a segment could not be started; the next Append tries again.
  std::unique_ptr<fs::AppendFile> segment_ ORRERY_GUARDED_BY(mutex_);
  uint64_t number_ ORRERY_GUARDED_BY(mutex_) = 0;       // Of segment_, or of the last one closed.
  uint64_t whole_bytes_ ORRERY_GUARDED_BY(mutex_) = 0;  // Of segment_, up to the last whole record.
  uint64_t synced_bytes_ ORRERY_GUARDED_BY(mutex_) = 0;     // Of segment_.
  uint64_t closed_bytes_ ORRERY_GUARDED_BY(mutex_) = 0;     // Of all other segments.
  bool has_torn_append_ ORRERY_GUARDED_BY(mutex_) = false;  // Bytes behind whole_bytes_.
  std::string buffer_ ORRERY_GUARDED_BY(mutex_);
  Status sync_error_ ORRERY_GUARDED_BY(mutex_);  // Ok until the first failed sync.
};

}  // namespace orrery::wal
