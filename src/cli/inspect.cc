// SPDX-License-Identifier: Apache-2.0
#include "traces/inspect.h"

#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/units.h"
#include "cli/commands.h"
#include "cli/inspect_log.h"
#include "cli/settings.h"
#include "cli/table.h"
#include "fs/real_file_system.h"
#include "wire/otlp_traces_json.h"

namespace orrery::cli {
namespace {

// The segments up to this one are in blocks; they may still be in the log after a crash.
uint64_t LoggedThrough(const std::vector<traces::BlockReport>& blocks) {
  uint64_t through = 0;
  for (const traces::BlockReport& block : blocks) through = std::max(through, block.wal_through);
  return through;
}

uint64_t PrintBlocks(const std::vector<traces::BlockReport>& blocks) {
  std::vector<std::vector<std::string>> rows;
  uint64_t damages = 0;
  for (const traces::BlockReport& block : blocks) {
    const bool has_spans = block.spans > 0;
    rows.push_back({std::to_string(block.id), FormatSize(block.disk_bytes),
                    std::to_string(block.spans), std::to_string(block.row_groups),
                    has_spans ? FormatTime(block.extent.start) : "-",
                    has_spans ? FormatTime(block.extent.end) : "-",
                    block.status.ok() ? "whole" : std::string(block.status.message())});
    if (!block.status.ok()) ++damages;
  }
  if (rows.empty()) {
    std::cout << "no blocks\n";
  } else {
    std::cout << RenderTable({"BLOCK", "SIZE", "SPANS", "ROW GROUPS", "FROM", "TO", "STATE"}, rows);
  }
  return damages;
}

// The log first: what a running server moves into a block meanwhile is then told twice rather than
// not at all.
Status Summarize(fs::FileSystem& fs, const std::string& dir, uint64_t& damages) {
  ORRERY_ASSIGN_OR_RETURN(const LogSummary log, SummarizeLog(fs, dir + "/wal"));
  ORRERY_ASSIGN_OR_RETURN(const std::vector<traces::BlockReport> blocks,
                          traces::InspectBlocks(fs, dir + "/blocks"));
  std::cout << "blocks of traces in " << dir << "/blocks\n";
  damages = PrintBlocks(blocks) + log.damages;
  std::cout << "\nlog of traces in " << dir << "/wal\n"
            << (log.text.empty() ? "no segments\n" : log.text);
  return OkStatus();
}

Status Dump(fs::FileSystem& fs, const std::string& dir) {
  ORRERY_ASSIGN_OR_RETURN(const std::vector<traces::BlockReport> blocks,
                          traces::InspectBlocks(fs, dir + "/blocks"));
  const auto print = [](const model::SpanBatch& trace) {
    std::cout << wire::EncodeOtlpTracesJson(trace) << "\n";
    return true;
  };
  ORRERY_RETURN_IF_ERROR(traces::VisitBlocks(fs, SystemClock(), dir + "/blocks", print));
  return DumpLog(fs, dir + "/wal", LoggedThrough(blocks));
}

}  // namespace

int Inspect(const InspectArguments& arguments) {
  fs::RealFileSystem fs;
  const std::string dir = arguments.data_dir + "/traces";
  if (const Result<bool> exists = fs.Exists(dir); !exists.ok() || !*exists) {
    PrintProblems({arguments.data_dir + " is no data directory: there is no " + dir});
    return kFailed;
  }
  uint64_t damages = 0;
  const Status status = arguments.dump ? Dump(fs, dir) : Summarize(fs, dir, damages);
  if (!status.ok()) {
    PrintProblems({std::string(status.message())});
    return kFailed;
  }
  return damages == 0 ? kOk : kFailed;
}

}  // namespace orrery::cli
