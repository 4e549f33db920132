// SPDX-License-Identifier: Apache-2.0
#include "cli/inspect_log.h"

#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "base/units.h"
#include "cli/table.h"
#include "storage/wal/log_reader.h"
#include "wire/otlp_traces_decode.h"
#include "wire/otlp_traces_json.h"

namespace orrery::cli {
namespace {

struct SegmentContent {
  uint64_t requests = 0;
  uint64_t spans = 0;
  uint64_t undecodable = 0;
};

Result<SegmentContent> ReadAll(wal::LogReader& reader) {
  SegmentContent content;
  std::string record;
  while (true) {
    ORRERY_ASSIGN_OR_RETURN(const bool has_record, reader.Next(record));
    if (!has_record) return content;
    ++content.requests;
    const auto decoded = wire::DecodeOtlpTraces(
        std::make_shared<const std::string>(std::move(record)), wire::OtlpLimits::None());
    record.clear();
    if (decoded.ok()) {
      content.spans += decoded->batch.spans.size();
    } else {
      ++content.undecodable;
    }
  }
}

std::string VerdictOf(const wal::LogReader& reader, const SegmentContent& content) {
  if (content.undecodable > 0) return std::to_string(content.undecodable) + " undecodable";
  if (reader.damages().empty()) return "whole";
  return reader.damages().back().kind == wal::Damage::Kind::kTornTail ? "unfinished end"
                                                                      : "damaged";
}

}  // namespace

Result<LogSummary> SummarizeLog(fs::FileSystem& fs, const std::string& dir) {
  ORRERY_ASSIGN_OR_RETURN(const std::vector<uint64_t> segments, wal::ListSegments(fs, dir));
  LogSummary summary;
  std::vector<std::vector<std::string>> rows;
  std::string damages;
  for (const uint64_t segment : segments) {
    auto reader = wal::LogReader::Open(fs, dir, segment, segment == segments.back());
    // A running server drops segments; one that is gone by now is none of ours.
    if (reader.status().code() == StatusCode::kNotFound) continue;
    if (!reader.ok()) return reader.status();
    ORRERY_ASSIGN_OR_RETURN(const SegmentContent content, ReadAll(**reader));
    rows.push_back({std::to_string(segment), FormatSize((*reader)->size()),
                    std::to_string(content.requests), std::to_string(content.spans),
                    VerdictOf(**reader, content)});
    summary.damages += content.undecodable;
    for (const wal::Damage& damage : (*reader)->damages()) {
      damages += damage.ToString() + "\n";
      if (damage.kind != wal::Damage::Kind::kTornTail) ++summary.damages;
    }
  }
  if (!rows.empty()) {
    summary.text = RenderTable({"SEGMENT", "SIZE", "REQUESTS", "SPANS", "STATE"}, rows) + damages;
  }
  return summary;
}

Status DumpLog(fs::FileSystem& fs, const std::string& dir, uint64_t after_segment) {
  const auto print = [](std::string record, uint64_t) {
    const auto decoded = wire::DecodeOtlpTraces(
        std::make_shared<const std::string>(std::move(record)), wire::OtlpLimits::None());
    if (decoded.ok()) std::cout << wire::EncodeOtlpTracesJson(decoded->batch) << "\n";
    return OkStatus();
  };
  return wal::Replay(fs, dir, after_segment, print).status();
}

}  // namespace orrery::cli
