// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fs/file_system.h"
#include "traces/row_group.h"
#include "traces/span_table.h"

namespace orrery::traces {

// Row groups without their checksums, for a fuzzer to change: the directory's length (varint), the
// directory with plain lengths, then the plain chunks.
std::string ToFuzzInput(const SpanTable& table);

// The same as a file with the checksums that belong to it, or nothing when the directory does not
// decode or promises more than `max_items` of anything.
class FuzzedRowGroup final : public fs::ReadFile {
 public:
  static std::optional<FuzzedRowGroup> Make(std::string_view input, uint64_t max_items);

  const GroupEntry& entry() const { return entry_; }
  uint64_t size() const override { return bytes_.size(); }
  Result<std::string> Read(uint64_t offset, size_t length) const override;

 private:
  std::string bytes_;
  GroupEntry entry_;
};

}  // namespace orrery::traces
