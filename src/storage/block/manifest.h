// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace orrery::block {

// The name of the manifest within a block's directory.
inline constexpr char kManifestName[] = "manifest";

// Manifest says what a block is and makes it one: a directory without it does not count.
// docs/formats/trace-block.md shows one.
struct Manifest {
  struct File {
    std::string name;
    uint64_t bytes = 0;
  };

  std::string kind;      // "traces", ...
  uint32_t version = 1;  // Of the kind's files.
  uint64_t id = 0;
  // Segments of the log up to this one are contained in blocks; 0: none.
  uint64_t wal_through = 0;
  // Blocks whose content is in this one; they may still be on disk after a crash.
  std::vector<uint64_t> replaces;
  std::vector<File> files;
  // What the kind wants to know before it opens a file: counts, times.
  std::map<std::string, uint64_t> numbers;

  // 0 when there is no such number.
  uint64_t number(const std::string& name) const;
};

// Lines of text, the last one a checksum.
std::string EncodeManifest(const Manifest& manifest);

// Corruption: the checksum or a line is wrong. Unimplemented: written by a later version.
Result<Manifest> ParseManifest(std::string_view text);

}  // namespace orrery::block
