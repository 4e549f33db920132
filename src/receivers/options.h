// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace orrery::receivers {

struct OtlpOptions {
  size_t max_request_bytes = size_t{64} << 20;  // After inflating.
};

}  // namespace orrery::receivers
