// SPDX-License-Identifier: Apache-2.0
#include "traces/inspect.h"

#include <algorithm>
#include <limits>
#include <memory>

#include "storage/block/block_directory.h"
#include "traces/trace_block.h"
#include "traces/trace_query.h"

namespace orrery::traces {
namespace {

// Small: each row group is looked at once.
constexpr uint64_t kCacheBytes = uint64_t{32} << 20;
constexpr uint64_t kNoLimit = std::numeric_limits<uint64_t>::max() / 2;

Status VerifyGroups(const TraceBlock& block, BlockReport& report) {
  for (uint32_t group = 0; group < block.groups().size(); ++group) {
    ORRERY_RETURN_IF_ERROR(block.VerifyGroup(group));
    ++report.row_groups;
  }
  return block.VerifyIndex();
}

BlockReport Inspect(fs::FileSystem& fs, const std::string& dir, const block::Manifest& manifest) {
  BlockReport report{
      .id = manifest.id, .extent = {}, .wal_through = manifest.wal_through, .status = {}};
  RowGroupCache cache(kCacheBytes);
  const auto block = TraceBlock::Open(fs, dir, manifest, cache);
  if (!block.ok()) {
    report.status = block.status();
    return report;
  }
  report.spans = (*block)->spans();
  report.disk_bytes = (*block)->disk_bytes();
  report.extent = (*block)->extent();
  report.status = VerifyGroups(**block, report);
  return report;
}

// Blocks that a newer one replaces; after a crash both may be there.
std::vector<uint64_t> ReplacedIds(const std::vector<block::Manifest>& manifests) {
  std::vector<uint64_t> ids;
  for (const block::Manifest& manifest : manifests) {
    ids.insert(ids.end(), manifest.replaces.begin(), manifest.replaces.end());
  }
  return ids;
}

}  // namespace

Result<std::vector<BlockReport>> InspectBlocks(fs::FileSystem& fs, const std::string& dir) {
  ORRERY_ASSIGN_OR_RETURN(const block::Scan scan, block::ScanBlocks(fs, dir));
  std::vector<BlockReport> reports;
  for (const block::Manifest& manifest : scan.blocks) {
    BlockReport report = Inspect(fs, dir, manifest);
    if (report.status.code() != StatusCode::kNotFound) reports.push_back(std::move(report));
  }
  for (const block::Scan::Damaged& damaged : scan.damaged) {
    reports.push_back({.id = damaged.id, .extent = {}, .status = damaged.why});
  }
  std::sort(reports.begin(), reports.end(),
            [](const BlockReport& a, const BlockReport& b) { return a.id < b.id; });
  return reports;
}

Status VisitBlocks(fs::FileSystem& fs, const Clock& clock, const std::string& dir,
                   const std::function<bool(const model::SpanBatch&)>& visit) {
  ORRERY_ASSIGN_OR_RETURN(const block::Scan scan, block::ScanBlocks(fs, dir));
  const std::vector<uint64_t> replaced = ReplacedIds(scan.blocks);
  RowGroupCache cache(kCacheBytes);
  Snapshot snapshot;
  for (const block::Manifest& manifest : scan.blocks) {
    if (std::find(replaced.begin(), replaced.end(), manifest.id) != replaced.end()) continue;
    auto block = TraceBlock::Open(fs, dir, manifest, cache);
    if (!block.ok()) continue;
    BlockReport report;
    if (VerifyGroups(**block, report).ok()) snapshot.blocks.push_back(*std::move(block));
  }
  contracts::QueryContext context(clock, {.timeout_nanos = kNoLimit, .max_bytes = kNoLimit});
  ORRERY_ASSIGN_OR_RETURN(
      const std::vector<contracts::TraceCandidate> traces,
      FindTraces(snapshot, contracts::SpanFilter{}, model::TimeRange{}, 0, context));
  std::vector<model::TraceId> ids;
  ids.reserve(traces.size());
  for (const contracts::TraceCandidate& trace : traces) ids.push_back(trace.id);
  return ReadTraces(snapshot, ids, {}, context, visit);
}

}  // namespace orrery::traces
