// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

namespace orrery::wire {

// How much of a span is kept, as the limits of an SDK: what is over is left out or cut short,
// counted, and told to the sender; the span itself stays. The defaults are far above those of SDKs
// (128 of each), because what was sent shall be stored as it came. A text of 4 MiB holds a prompt
// of a million tokens.
struct OtlpLimits {
  uint64_t attributes = 1024;                // Of each resource, scope, span, event and link.
  uint64_t key_bytes = 4096;                 // A longer key takes its attribute with it.
  uint64_t value_bytes = uint64_t{4} << 20;  // Of each text or bytes value, nested ones too.
  uint64_t events = 8192;                    // Of a span.
  uint64_t links = 8192;                     // Of a span.

  // Whether a request is refused that grows out of proportion in memory (otlp_limits.h). Off where
  // the bytes are our own: what was taken once is read back, whatever it takes.
  bool bounds_growth = true;

  static constexpr OtlpLimits None() {
    constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
    return {kMost, kMost, kMost, kMost, kMost, false};
  }
};

}  // namespace orrery::wire
