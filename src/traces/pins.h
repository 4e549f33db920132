// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "fs/file_system.h"
#include "model/ids.h"

namespace orrery::traces {

// Pins is the list of traces that retention keeps, in a file of its own; docs/formats/pins.md has
// its lines.
//
// Life:    Open, then anything. `fs` must outlive it.
// Threads: all methods may be called concurrently.
// Failure: a change is on stable storage before it counts; when it can't be written, it is not
// made. Cost:    each change writes the file anew, 33 bytes a pin.
class Pins {
 public:
  static constexpr size_t kMaxPins = 10'000;

  // Lines that fail their check are passed over and counted in damaged_lines().
  // Unimplemented: the file was written by a later version.
  static Result<std::unique_ptr<Pins>> Open(fs::FileSystem& fs, std::string path);

  size_t damaged_lines() const { return damaged_lines_; }

  // Ok when it is pinned already. ResourceExhausted: there are kMaxPins.
  Status Add(const model::TraceId& id);
  // NotFound: it is not pinned.
  Status Remove(const model::TraceId& id);
  std::vector<model::TraceId> List() const;  // Sorted.

 private:
  Pins(fs::FileSystem& fs, std::string path) : fs_(fs), path_(std::move(path)) {}

  Status Read();
  Status Write(const std::set<model::TraceId>& ids);

  // Constant after Open.
  fs::FileSystem& fs_;
  const std::string path_;
  size_t damaged_lines_ = 0;

  mutable Mutex mutex_;
  std::set<model::TraceId> ids_ ORRERY_GUARDED_BY(mutex_);
};

}  // namespace orrery::traces
