// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/tempo/tempo_grpc.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  orrery::api::ReadAnyTempoGrpcRequest({reinterpret_cast<const char*>(data), size});
  return 0;
}
