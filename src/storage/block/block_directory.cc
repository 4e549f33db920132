// SPDX-License-Identifier: Apache-2.0
#include "storage/block/block_directory.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace orrery::block {
namespace {

// Wide enough that names sort as numbers do.
constexpr size_t kDigits = 12;

bool ParseName(const std::string& name, uint64_t& id) {
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
  return name.size() >= kDigits && error == std::errc() && end == name.data() + name.size();
}

Status ReadBlock(fs::FileSystem& fs, const std::string& dir, uint64_t id, Scan& scan) {
  const std::string path = PathOf(dir, id) + "/" + kManifestName;
  ORRERY_ASSIGN_OR_RETURN(const bool is_finished, fs.Exists(path));
  if (!is_finished) {
    scan.unfinished.push_back(id);
    return OkStatus();
  }
  ORRERY_ASSIGN_OR_RETURN(const std::string text, fs::ReadWhole(fs, path));
  Result<Manifest> manifest = ParseManifest(text);
  if (manifest.ok() && manifest->id != id) {
    manifest = Corruption("manifest of block " + std::to_string(manifest->id));
  }
  if (!manifest.ok()) {
    scan.damaged.push_back({id, manifest.status().WithContext(path)});
    return OkStatus();
  }
  for (const uint64_t replaced : manifest->replaces) {
    scan.next_id = std::max(scan.next_id, replaced + 1);
  }
  scan.blocks.push_back(*std::move(manifest));
  return OkStatus();
}

}  // namespace

std::string PathOf(const std::string& dir, uint64_t id) {
  char name[32];
  std::snprintf(name, sizeof(name), "%0*llu", static_cast<int>(kDigits),
                static_cast<unsigned long long>(id));
  return dir + "/" + name;
}

Result<Scan> ScanBlocks(fs::FileSystem& fs, const std::string& dir) {
  Scan scan;
  ORRERY_ASSIGN_OR_RETURN(const bool exists, fs.Exists(dir));
  if (!exists) return scan;
  ORRERY_ASSIGN_OR_RETURN(const std::vector<std::string> names, fs.List(dir));
  for (const std::string& name : names) {
    uint64_t id = 0;
    if (!ParseName(name, id)) continue;
    scan.next_id = std::max(scan.next_id, id + 1);
    ORRERY_RETURN_IF_ERROR(ReadBlock(fs, dir, id, scan));
  }
  return scan;
}

Status PrepareBlock(fs::FileSystem& fs, const std::string& dir, uint64_t id) {
  ORRERY_RETURN_IF_ERROR(fs.RemoveAll(PathOf(dir, id)));
  return fs.CreateDirectories(PathOf(dir, id));
}

Status PublishBlock(fs::FileSystem& fs, const std::string& dir, const Manifest& manifest) {
  const std::string path = PathOf(dir, manifest.id);
  // The entry of the block first: a manifest that survives must be found.
  ORRERY_RETURN_IF_ERROR(fs.SyncDirectory(path));
  ORRERY_RETURN_IF_ERROR(fs.SyncDirectory(dir));
  return fs::WriteAtomically(fs, path + "/" + kManifestName, EncodeManifest(manifest));
}

Status RemoveBlock(fs::FileSystem& fs, const std::string& dir, uint64_t id) {
  const std::string path = PathOf(dir, id);
  const std::string manifest = path + "/" + kManifestName;
  ORRERY_ASSIGN_OR_RETURN(const bool is_finished, fs.Exists(manifest));
  if (is_finished) {
    ORRERY_RETURN_IF_ERROR(fs.Remove(manifest));
    ORRERY_RETURN_IF_ERROR(fs.SyncDirectory(path));
  }
  return fs.RemoveAll(path);
}

}  // namespace orrery::block
