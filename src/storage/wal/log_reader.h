// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fs/file_system.h"

namespace orrery::wal {

// The longest record; a greater length in a file is damage.
inline constexpr uint64_t kMaxRecordBytes = uint64_t{1} << 30;

// A place in the log that does not hold what was written.
struct Damage {
  enum class Kind {
    kTornTail,  // The newest segment ends in the middle of a record, or in zeros: not acknowledged.
    kRecord,    // One record fails its checksum; the ones behind it are read.
    kRest,      // A record's header is wrong, so what follows in this segment cannot be found.
    kSegment,   // The segment's own header is wrong: nothing of it is read.
  };
  Kind kind = Kind::kTornTail;
  uint64_t segment = 0;
  uint64_t offset = 0;        // First damaged byte.
  uint64_t bytes = 0;         // Bytes that were dropped.
  uint64_t records_kept = 0;  // Of this segment, before the damage.
  std::string what;           // "checksum mismatch", ...

  // "segment 000017 at byte 32768: checksum mismatch; 41 records kept, ..."
  std::string ToString() const;
};

// LogReader reads the records of one segment in order, over damage where that is possible.
//
// Life:    Open, Next until it says false, then look at damages().
// Threads: one at a time.
// Failure: only reading itself can fail; damage is noted and told.
// Cost:    a window of 256 KiB or one record, whichever is larger.
class LogReader {
 public:
  // `is_newest`: nothing was logged behind this segment, so that an incomplete end is a torn tail.
  // `fs` is used during Open alone.
  static Result<std::unique_ptr<LogReader>> Open(fs::FileSystem& fs, const std::string& dir,
                                                 uint64_t segment, bool is_newest);

  // True with the next whole record in `record`, false at the end.
  Result<bool> Next(std::string& record);

  const std::vector<Damage>& damages() const { return damages_; }
  uint64_t records() const { return records_; }
  uint64_t size() const { return file_->size(); }
  // End of what is worth keeping: the size, or where the torn tail begins.
  uint64_t whole_bytes() const { return offset_; }

 private:
  LogReader(std::unique_ptr<fs::ReadFile> file, uint64_t segment, bool is_newest)
      : file_(std::move(file)), segment_(segment), is_newest_(is_newest) {}

  Status ReadSegmentHeader();
  // `length` bytes from `offset`, valid until the next call. Requires that the file has them.
  Result<std::string_view> Window(uint64_t offset, size_t length);
  Result<bool> RestIsZero(uint64_t offset);
  void Note(Damage::Kind kind, uint64_t bytes, std::string_view what);
  // Notes that nothing more can be read from offset_ on.
  void Stop(Damage::Kind kind, std::string_view what);

  // Constant after Open.
  const std::unique_ptr<fs::ReadFile> file_;
  const uint64_t segment_;
  const bool is_newest_;

  uint64_t offset_ = 0;  // Of the next record.
  bool is_done_ = false;
  uint64_t records_ = 0;
  std::vector<Damage> damages_;
  std::string window_;
  uint64_t window_offset_ = 0;
};

// What Replay met.
struct ReplayResult {
  uint64_t segments = 0;
  uint64_t records = 0;
  uint64_t bytes = 0;  // Of the segments read.
  std::vector<Damage> damages;
};

// Numbers of the segments in `dir`, ascending; none when `dir` does not exist.
Result<std::vector<uint64_t>> ListSegments(fs::FileSystem& fs, const std::string& dir);

// Bytes of the segments numbered above `after_segment`: what Replay will read.
Result<uint64_t> BytesAfter(fs::FileSystem& fs, const std::string& dir, uint64_t after_segment);

// Hands each whole record of the segments numbered above `after_segment` to `take`, in the order of
// appending, with its segment's number. Changes nothing, so it may run on a log in use. Damage does
// not stop it; an error of `take` does, and is returned.
Result<ReplayResult> Replay(
    fs::FileSystem& fs, const std::string& dir, uint64_t after_segment,
    const std::function<Status(std::string record, uint64_t segment)>& take);

}  // namespace orrery::wal
