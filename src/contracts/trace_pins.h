// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/status.h"
#include "model/ids.h"

namespace orrery::contracts {

// Traces that are kept whatever their age, and however full the disk is.
// Threads: all methods may be called concurrently.
class TracePins {
 public:
  virtual ~TracePins() = default;

  // Ok when it is pinned already. NotFound: no span of it is stored. ResourceExhausted: there are
  // too many pins.
  virtual Status Pin(const model::TraceId& id) = 0;
  // NotFound: it is not pinned.
  virtual Status Unpin(const model::TraceId& id) = 0;
  // Sorted.
  virtual std::vector<model::TraceId> Pinned() const = 0;
};

}  // namespace orrery::contracts
