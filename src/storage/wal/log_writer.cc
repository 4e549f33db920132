// SPDX-License-Identifier: Apache-2.0
#include "storage/wal/log_writer.h"

#include <algorithm>
#include <vector>

#include "storage/wal/segment.h"

namespace orrery::wal {
namespace {

// A buffer that has grown beyond this after a big append is given back.
constexpr size_t kKeptBufferBytes = 4 << 20;

}  // namespace

Result<std::unique_ptr<LogWriter>> LogWriter::Open(fs::FileSystem& fs, std::string dir,
                                                   const Options& options, uint64_t after_segment) {
  ORRERY_RETURN_IF_ERROR(fs.CreateDirectories(dir).WithContext("wal"));
  std::unique_ptr<LogWriter> writer(new LogWriter(fs, std::move(dir), options));
  ORRERY_RETURN_IF_ERROR(writer->Recover(after_segment).WithContext("wal"));
  return writer;
}

Status LogWriter::Recover(uint64_t after_segment) {
  const MutexLock lock(mutex_);
  ORRERY_ASSIGN_OR_RETURN(const std::vector<uint64_t> segments, ListSegments(fs_, dir_));
  number_ = after_segment;
  for (const uint64_t segment : segments) {
    ORRERY_ASSIGN_OR_RETURN(const uint64_t size, fs_.Size(PathOf(segment)));
    closed_bytes_ += size;
    number_ = std::max(number_, segment);
  }
  if (!segments.empty()) {
    const uint64_t newest = segments.back();
    ORRERY_ASSIGN_OR_RETURN(const std::unique_ptr<LogReader> reader,
                            LogReader::Open(fs_, dir_, newest, true));
    std::string record;
    while (true) {
      ORRERY_ASSIGN_OR_RETURN(const bool has_record, reader->Next(record));
      if (!has_record) break;
    }
    if (!reader->damages().empty() && reader->damages().back().kind == Damage::Kind::kTornTail) {
      torn_tail_ = reader->damages().back();
      ORRERY_RETURN_IF_ERROR(CutTail(newest, *torn_tail_));
    }
  }
  // With a full disk the server still has to start and answer queries; Append tries again.
  const Status started = StartSegment();
  return started.code() == StatusCode::kUnavailable ? OkStatus() : started;
}

Status LogWriter::CutTail(uint64_t segment, const Damage& tail) {
  closed_bytes_ -= tail.bytes;
  if (tail.offset == 0) {
    // Not even a header.
    ORRERY_RETURN_IF_ERROR(fs_.Remove(PathOf(segment)));
    return fs_.SyncDirectory(dir_);
  }
  ORRERY_RETURN_IF_ERROR(fs_.Truncate(PathOf(segment), tail.offset));
  ORRERY_ASSIGN_OR_RETURN(const std::unique_ptr<fs::AppendFile> file,
                          fs_.OpenAppend(PathOf(segment)));
  return file->Sync();
}

Status LogWriter::StartSegment() {
  const uint64_t number = number_ + 1;
  const std::string path = PathOf(number);
  const auto start = [&]() -> Result<std::unique_ptr<fs::AppendFile>> {
    ORRERY_ASSIGN_OR_RETURN(std::unique_ptr<fs::AppendFile> file, fs_.Create(path));
    ORRERY_RETURN_IF_ERROR(file->Append(EncodeSegmentHeader(number)));
    if (options_.durability == Durability::kFsync) {
      ORRERY_RETURN_IF_ERROR(file->Sync());
      ORRERY_RETURN_IF_ERROR(fs_.SyncDirectory(dir_));
    }
    return file;
  };
  Result<std::unique_ptr<fs::AppendFile>> file = start();
  if (!file.ok()) return file.status();  // The next attempt creates the same file again.
  segment_ = *std::move(file);
  number_ = number;
  whole_bytes_ = kSegmentHeaderBytes;
  synced_bytes_ = kSegmentHeaderBytes;
  return OkStatus();
}

Status LogWriter::Append(std::span<const std::string_view> records) {
  const MutexLock lock(mutex_);
  ORRERY_RETURN_IF_ERROR(sync_error_);
  ORRERY_RETURN_IF_ERROR(CutBack().WithContext("wal"));
  if (segment_ != nullptr && whole_bytes_ >= options_.segment_bytes) {
    ORRERY_RETURN_IF_ERROR(CloseSegment().WithContext("wal"));
  }
  if (segment_ == nullptr) ORRERY_RETURN_IF_ERROR(StartSegment().WithContext("wal"));

  buffer_.clear();
  for (const std::string_view record : records) AppendRecord(record, number_, buffer_);
  if (Status status = segment_->Append(buffer_); !status.ok()) {
    has_torn_append_ = true;
    // Best at once, while nothing else is on its way; if not, before the next append.
    (void)CutBack().ok();
    return status.WithContext("wal");
  }
  whole_bytes_ += buffer_.size();
  if (buffer_.capacity() > kKeptBufferBytes) std::string().swap(buffer_);
  return OkStatus();
}

Status LogWriter::CutBack() {
  if (!has_torn_append_) return OkStatus();
  ORRERY_RETURN_IF_ERROR(fs_.Truncate(PathOf(number_), whole_bytes_));
  has_torn_append_ = false;
  return OkStatus();
}

Status LogWriter::Sync() {
  const MutexLock lock(mutex_);
  if (options_.durability == Durability::kProcess) return OkStatus();
  return SyncLocked().WithContext("wal");
}

// One lock for appends and syncs: who waits for it while a sync runs finds its bytes appended, and
// the first of them to go on syncs for all.
Status LogWriter::SyncLocked() {
  ORRERY_RETURN_IF_ERROR(sync_error_);
  if (segment_ == nullptr || synced_bytes_ == whole_bytes_) return OkStatus();
  sync_error_ = segment_->Sync();
  ORRERY_RETURN_IF_ERROR(sync_error_);
  synced_bytes_ = whole_bytes_;
  return OkStatus();
}

Result<uint64_t> LogWriter::Roll() {
  const MutexLock lock(mutex_);
  if (segment_ == nullptr) return number_;
  if (whole_bytes_ == kSegmentHeaderBytes) return number_ - 1;
  ORRERY_RETURN_IF_ERROR(CloseSegment().WithContext("wal"));
  const uint64_t closed = number_;
  const Status started = StartSegment();
  if (!started.ok() && started.code() != StatusCode::kUnavailable) return started;
  return closed;
}

Status LogWriter::CloseSegment() {
  ORRERY_RETURN_IF_ERROR(CutBack());
  if (options_.durability == Durability::kFsync) ORRERY_RETURN_IF_ERROR(SyncLocked());
  ORRERY_RETURN_IF_ERROR(segment_->Close());
  segment_ = nullptr;
  closed_bytes_ += whole_bytes_;
  return OkStatus();
}

Status LogWriter::DropThrough(uint64_t segment) {
  const MutexLock lock(mutex_);
  ORRERY_ASSIGN_OR_RETURN(const std::vector<uint64_t> segments, ListSegments(fs_, dir_));
  for (const uint64_t number : segments) {
    if (number > segment || number >= number_) break;
    ORRERY_ASSIGN_OR_RETURN(const uint64_t size, fs_.Size(PathOf(number)));
    ORRERY_RETURN_IF_ERROR(fs_.Remove(PathOf(number)).WithContext("wal"));
    closed_bytes_ -= std::min(closed_bytes_, size);
  }
  // Not synced: a segment that comes back after a power loss is dropped again by who dropped it.
  return OkStatus();
}

uint64_t LogWriter::disk_bytes() const {
  const MutexLock lock(mutex_);
  return closed_bytes_ + (segment_ != nullptr ? whole_bytes_ : 0);
}

std::string LogWriter::PathOf(uint64_t segment) const { return dir_ + "/" + SegmentName(segment); }

}  // namespace orrery::wal
