// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "fs/file_system.h"
#include "storage/block/manifest.h"

namespace orrery::block {

// Blocks live side by side in one directory, each in a directory named by its number. The manifest
// is the last thing written, and nothing of a block changes afterwards:
//
//   blocks/000000000017/data
//   blocks/000000000017/manifest     synced, renamed into place

std::string PathOf(const std::string& dir, uint64_t id);

// What a directory of blocks holds.
struct Scan {
  struct Damaged {
    uint64_t id = 0;
    Status why;
  };
  std::vector<Manifest> blocks;      // By id.
  std::vector<Damaged> damaged;      // Their manifest cannot be read; left alone.
  std::vector<uint64_t> unfinished;  // Without a manifest: never finished, or half removed.
  uint64_t next_id = 1;              // Greater than any number here or in a `replaces`.
};

// Reads all manifests. Changes nothing; a directory that does not exist holds nothing.
Result<Scan> ScanBlocks(fs::FileSystem& fs, const std::string& dir);

// Makes the directory of a block to be, empty.
Status PrepareBlock(fs::FileSystem& fs, const std::string& dir, uint64_t id);

// Makes a block of the files in PathOf(dir, manifest.id), which the caller has written and synced.
// After Ok it survives a loss of power.
Status PublishBlock(fs::FileSystem& fs, const std::string& dir, const Manifest& manifest);

// Removes a block, finished or not; the manifest first, so that no half of it is ever taken for a
// block. Files already open stay readable.
Status RemoveBlock(fs::FileSystem& fs, const std::string& dir, uint64_t id);

}  // namespace orrery::block
