// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "model/time_range.h"

namespace orrery::contracts {

// What became of the spans of one part of a block.
// Threads: shared by queries, so it never changes.
class ScanOutcome {
 public:
  virtual ~ScanOutcome() = default;
  virtual size_t memory_bytes() const = 0;
};

// ScanKeeper makes a scan's outcomes part by part, so that a store can keep those of parts that
// never change and the same scan, asked again, counts only what is new.
//
// Life:    made for one scan.
// Threads: one.
class ScanKeeper {
 public:
  virtual ~ScanKeeper() = default;

  // Says all that an outcome depends on beside the spans. The times of the scan may be part of it
  // only in so far as they change what becomes of a span.
  virtual const std::string& key() const = 0;
  // What is visited from here to End is of one part, whose spans start within `starts`, a part of
  // the scan's times.
  virtual void Begin(const model::TimeRange& starts) = 0;
  // Null when what was visited led to an error.
  virtual std::shared_ptr<const ScanOutcome> End() = 0;
  // Takes an outcome of that key, from End or from an earlier scan, in.
  virtual void Merge(const ScanOutcome& outcome) = 0;
};

}  // namespace orrery::contracts
