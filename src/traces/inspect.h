// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "fs/file_system.h"
#include "model/span_batch.h"
#include "model/time_range.h"

namespace orrery::traces {

// What was found out about one block by reading all of it.
struct BlockReport {
  uint64_t id = 0;
  uint64_t spans = 0;
  uint64_t row_groups = 0;
  uint64_t disk_bytes = 0;
  model::TimeRange extent;
  uint64_t wal_through = 0;  // Segments of the log that it and earlier blocks contain.
  Status status;             // Why it is damaged; the numbers above are then what is known of it.
};

// Reads every block in `dir` and checks every checksum. Changes nothing and takes no lock, so it
// may run beside a server; a block that the server removes meanwhile is left out. Cost: a block's
// row groups in memory, one after the other.
Result<std::vector<BlockReport>> InspectBlocks(fs::FileSystem& fs, const std::string& dir);

// Calls `visit` once for each trace in the blocks of `dir`, newest first, until it returns false.
// Damaged blocks are passed over: InspectBlocks names them.
Status VisitBlocks(fs::FileSystem& fs, const Clock& clock, const std::string& dir,
                   const std::function<bool(const model::SpanBatch&)>& visit);

}  // namespace orrery::traces
