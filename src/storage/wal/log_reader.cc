// SPDX-License-Identifier: Apache-2.0
#include "storage/wal/log_reader.h"

#include <algorithm>

#include "storage/wal/segment.h"

namespace orrery::wal {
namespace {

constexpr size_t kWindowBytes = 256 << 10;

std::string_view Consequence(Damage::Kind kind) {
  switch (kind) {
    case Damage::Kind::kTornTail:
      return "the unfinished end of the log dropped";
    case Damage::Kind::kRecord:
      return "this record dropped";
    case Damage::Kind::kRest:
    case Damage::Kind::kSegment:
      return "the rest of this segment dropped";
  }
  return "";
}

}  // namespace

std::string Damage::ToString() const {
  const std::string name = SegmentName(segment);
  std::string text = "segment " + name.substr(0, name.rfind('.'));
  text += " at byte " + std::to_string(offset) + ": " + what + "; ";
  text += std::to_string(records_kept) + (records_kept == 1 ? " record" : " records") + " kept, ";
  return text.append(Consequence(kind)).append(" (" + std::to_string(bytes) + " bytes)");
}

Result<std::unique_ptr<LogReader>> LogReader::Open(fs::FileSystem& fs, const std::string& dir,
                                                   uint64_t segment, bool is_newest) {
  ORRERY_ASSIGN_OR_RETURN(std::unique_ptr<fs::ReadFile> file,
                          fs.OpenRead(dir + "/" + SegmentName(segment)));
  std::unique_ptr<LogReader> reader(new LogReader(std::move(file), segment, is_newest));
  ORRERY_RETURN_IF_ERROR(reader->ReadSegmentHeader());
  return reader;
}

Status LogReader::ReadSegmentHeader() {
  const size_t length = std::min<uint64_t>(size(), kSegmentHeaderBytes);
  ORRERY_ASSIGN_OR_RETURN(const std::string_view header, Window(0, length));
  const std::string_view problem = CheckSegmentHeader(header, segment_);
  if (problem.empty()) {
    offset_ = kSegmentHeaderBytes;
    return OkStatus();
  }
  // A crash while the segment was started leaves a part of the header, or zeros.
  ORRERY_ASSIGN_OR_RETURN(const bool is_zero, RestIsZero(0));
  const bool is_torn = is_newest_ && (is_zero || length < kSegmentHeaderBytes);
  Stop(is_torn ? Damage::Kind::kTornTail : Damage::Kind::kSegment, problem);
  return OkStatus();
}

Result<bool> LogReader::Next(std::string& record) {
  while (!is_done_) {
    const uint64_t left = size() - offset_;
    if (left == 0) break;
    if (left < kRecordHeaderBytes) {
      Stop(is_newest_ ? Damage::Kind::kTornTail : Damage::Kind::kRest, "ends inside a record");
      break;
    }
    ORRERY_ASSIGN_OR_RETURN(const std::string_view bytes, Window(offset_, kRecordHeaderBytes));
    const std::optional<RecordHeader> header = DecodeRecordHeader(bytes, segment_);
    if (!header.has_value()) {
      ORRERY_ASSIGN_OR_RETURN(const bool is_zero, RestIsZero(offset_));
      const bool is_torn = is_newest_ && is_zero;
      Stop(is_torn ? Damage::Kind::kTornTail : Damage::Kind::kRest, "bad record length");
      break;
    }
    const uint64_t whole = kRecordHeaderBytes + header->length;
    if (whole > left) {
      Stop(is_newest_ ? Damage::Kind::kTornTail : Damage::Kind::kRest, "ends inside a record");
      break;
    }
    ORRERY_ASSIGN_OR_RETURN(const std::string_view payload,
                            Window(offset_ + kRecordHeaderBytes, header->length));
    if (RecordChecksum(payload, segment_) == header->checksum) {
      record.assign(payload);
      offset_ += whole;
      ++records_;
      return true;
    }
    if (is_newest_ && whole == left) {
      Stop(Damage::Kind::kTornTail, "checksum mismatch");
      break;
    }
    Note(Damage::Kind::kRecord, whole, "checksum mismatch");
    offset_ += whole;
  }
  is_done_ = true;
  return false;
}

Result<std::string_view> LogReader::Window(uint64_t offset, size_t length) {
  const bool is_inside = offset >= window_offset_ && length <= window_.size() &&
                         offset - window_offset_ <= window_.size() - length;
  if (!is_inside) {
    const uint64_t wanted = std::max<uint64_t>(length, kWindowBytes);
    ORRERY_ASSIGN_OR_RETURN(window_, file_->Read(offset, std::min(wanted, size() - offset)));
    window_offset_ = offset;
  }
  return std::string_view(window_).substr(offset - window_offset_, length);
}

Result<bool> LogReader::RestIsZero(uint64_t offset) {
  while (offset < size()) {
    const size_t length = std::min<uint64_t>(size() - offset, kWindowBytes);
    ORRERY_ASSIGN_OR_RETURN(const std::string_view bytes, Window(offset, length));
    if (bytes.find_first_not_of('\0') != std::string_view::npos) return false;
    offset += length;
  }
  return true;
}

void LogReader::Note(Damage::Kind kind, uint64_t bytes, std::string_view what) {
  damages_.push_back({.kind = kind,
                      .segment = segment_,
                      .offset = offset_,
                      .bytes = bytes,
                      .records_kept = records_,
                      .what = std::string(what)});
}

void LogReader::Stop(Damage::Kind kind, std::string_view what) {
  Note(kind, size() - offset_, what);
  is_done_ = true;
}

Result<std::vector<uint64_t>> ListSegments(fs::FileSystem& fs, const std::string& dir) {
  const Result<std::vector<std::string>> names = fs.List(dir);
  std::vector<uint64_t> segments;
  if (!names.ok()) {
    if (names.status().code() == StatusCode::kNotFound) return segments;
    return names.status();
  }
  for (const std::string& name : *names) {
    if (const std::optional<uint64_t> number = SegmentNumber(name)) segments.push_back(*number);
  }
  std::sort(segments.begin(), segments.end());  // Names of seven digits sort before those of six.
  return segments;
}

Result<uint64_t> BytesAfter(fs::FileSystem& fs, const std::string& dir, uint64_t after_segment) {
  ORRERY_ASSIGN_OR_RETURN(const std::vector<uint64_t> segments, ListSegments(fs, dir));
  uint64_t bytes = 0;
  for (const uint64_t segment : segments) {
    if (segment <= after_segment) continue;
    ORRERY_ASSIGN_OR_RETURN(const uint64_t size, fs.Size(dir + "/" + SegmentName(segment)));
    bytes += size;
  }
  return bytes;
}

Result<ReplayResult> Replay(
    fs::FileSystem& fs, const std::string& dir, uint64_t after_segment,
    const std::function<Status(std::string record, uint64_t segment)>& take) {
  ORRERY_ASSIGN_OR_RETURN(const std::vector<uint64_t> segments, ListSegments(fs, dir));
  ReplayResult result;
  for (const uint64_t segment : segments) {
    if (segment <= after_segment) continue;
    ORRERY_ASSIGN_OR_RETURN(const std::unique_ptr<LogReader> reader,
                            LogReader::Open(fs, dir, segment, segment == segments.back()));
    std::string record;
    while (true) {
      ORRERY_ASSIGN_OR_RETURN(const bool has_record, reader->Next(record));
      if (!has_record) break;
      ORRERY_RETURN_IF_ERROR(take(std::move(record), segment));
    }
    ++result.segments;
    result.records += reader->records();
    result.bytes += reader->size();
    result.damages.insert(result.damages.end(), reader->damages().begin(), reader->damages().end());
  }
  return result;
}

}  // namespace orrery::wal
