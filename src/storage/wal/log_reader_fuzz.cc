// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "fs/memory_file_system.h"
#include "storage/wal/log_reader.h"
#include "storage/wal/segment.h"

// Arbitrary bytes as a segment, behind a right header when the first byte is odd: reading ends, and
// what comes out plus what is told as damage is never more than the file.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  orrery::fs::MemoryFileSystem fs;
  {
    auto file = *fs.Create(orrery::wal::SegmentName(1));
    if (data[0] % 2 == 1) (void)file->Append(orrery::wal::EncodeSegmentHeader(1)).ok();
    (void)file->Append(bytes).ok();
  }
  uint64_t total = 0;
  const auto result = orrery::wal::Replay(fs, ".", 0, [&](std::string record, uint64_t) {
    total += record.size();
    return orrery::OkStatus();
  });
  ORRERY_CHECK(result.ok());
  for (const auto& damage : result->damages) total += damage.bytes;
  ORRERY_CHECK(total <= result->bytes);
  return 0;
}
