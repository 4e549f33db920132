// SPDX-License-Identifier: Apache-2.0
// What a TraceStore does by itself: heads become blocks, blocks are merged and expire.
#include <algorithm>
#include <chrono>
#include <utility>

#include "traces/trace_store.h"

namespace orrery::traces {
namespace {

// How often the threads look at what may be due.
constexpr std::chrono::milliseconds kCutPause{500};
constexpr std::chrono::seconds kTidyPause{5};
// How long they wait after something could not be written.
constexpr std::chrono::seconds kRetryPause{5};
// So many small blocks are merged without being asked.
constexpr size_t kSmallBlocks = 8;
// The head's part of the disk that the store may take; the rest of the log is being written.
constexpr uint64_t kHeadShare = 16;

}  // namespace

bool TraceStore::HeadIsDue() const {
  if (head_.spans() == 0) return false;
  if (options_.retention_bytes != 0 && head_log_bytes_ >= options_.retention_bytes / kHeadShare) {
    return true;
  }
  const uint64_t now = deps_.clock.MonotonicNanos();
  return head_.spans() >= options_.head_spans || head_.bytes() >= options_.head_bytes ||
         now - head_since_ >= options_.head_age_nanos ||
         now - head_touched_ >= options_.head_idle_nanos;
}

void TraceStore::StartMaintenance() {
  cutter_ = std::thread([this] { CutLoop(); });
  tidier_ = std::thread([this] { TidyLoop(); });
}

void TraceStore::Close() {
  {
    MutexLock lock(state_mutex_);
    is_closing_ = true;
    wake_cutter_.NotifyAll();
    wake_tidier_.NotifyAll();
  }
  if (blocks_ != nullptr) blocks_->Stop();
  if (cutter_.joinable()) cutter_.join();
  if (tidier_.joinable()) tidier_.join();
}

// A manual clock stands still, so the pauses of both loops are the machine's.
void TraceStore::CutLoop() {
  for (;;) {
    {
      MutexLock lock(state_mutex_);
      while (!is_closing_ && !HeadIsDue()) wake_cutter_.WaitFor(state_mutex_, kCutPause);
      if (is_closing_) return;
    }
    Status status;
    {
      MutexLock cutting(cut_mutex_);
      status = Cut();
    }
    MutexLock lock(state_mutex_);
    if (is_closing_) return;
    if (status.ok()) {
      wake_tidier_.NotifyAll();
      continue;
    }
    deps_.logger.Error("block not written, trying again later", {{"error", status.ToString()}});
    wake_cutter_.WaitFor(state_mutex_, kRetryPause);
  }
}

void TraceStore::TidyLoop() {
  for (;;) {
    const Status status = blocks_->Tidy(kSmallBlocks, [this] { return wal_->disk_bytes(); });
    MutexLock lock(state_mutex_);
    if (is_closing_) return;
    if (!status.ok()) {
      deps_.logger.Error("blocks not merged, trying again later", {{"error", status.ToString()}});
    }
    wake_tidier_.WaitFor(state_mutex_, status.ok() ? kTidyPause : kRetryPause);
    if (is_closing_) return;
  }
}

Status TraceStore::Maintain() {
  {
    MutexLock cutting(cut_mutex_);
    bool is_due;
    {
      MutexLock lock(state_mutex_);
      is_due = HeadIsDue();
    }
    if (is_due) ORRERY_RETURN_IF_ERROR(Cut());
  }
  return blocks_->Tidy(kSmallBlocks, [this] { return wal_->disk_bytes(); });
}

Status TraceStore::Flush() {
  {
    MutexLock cutting(cut_mutex_);
    // The first may only finish what was frozen before; the second takes what has come since.
    ORRERY_RETURN_IF_ERROR(Cut());
    ORRERY_RETURN_IF_ERROR(Cut());
  }
  return blocks_->Tidy(2, [this] { return wal_->disk_bytes(); });
}

Status TraceStore::Freeze() {
  MutexLock appending(append_mutex_);
  {
    MutexLock lock(state_mutex_);
    if (!frozen_.empty() || head_.spans() == 0) return OkStatus();
  }
  ORRERY_ASSIGN_OR_RETURN(frozen_through_, wal_->Roll());
  frozen_at_ = deps_.clock.WallNow();
  MutexLock lock(state_mutex_);
  frozen_ = head_.Take();
  frozen_bytes_ = 0;
  for (const auto& head : frozen_) frozen_bytes_ += head->bytes;
  frozen_log_bytes_ = std::exchange(head_log_bytes_, 0);
  return OkStatus();
}

Status TraceStore::Cut() {
  ORRERY_RETURN_IF_ERROR(Freeze());
  HeadTables tables;
  uint64_t expected_bytes;
  {
    MutexLock lock(state_mutex_);
    tables = frozen_;
    expected_bytes = frozen_log_bytes_;
  }
  if (tables.empty()) return OkStatus();
  TraceMerge merge(std::move(tables), {});
  ORRERY_ASSIGN_OR_RETURN(auto block, blocks_->Write(merge, frozen_through_, frozen_at_,
                                                     expected_bytes, wal_->disk_bytes()));
  {
    MutexLock lock(state_mutex_);
    blocks_->Publish(std::move(block));
    frozen_.clear();
    frozen_bytes_ = 0;
    frozen_log_bytes_ = 0;
    counters_.log_bytes.Set(static_cast<int64_t>(head_log_bytes_));
  }
  return wal_->DropThrough(frozen_through_);
}

}  // namespace orrery::traces
