// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "fs/file_system.h"

namespace orrery::fs {

// MemoryFileSystem keeps files in memory and can lose power.
//
// It remembers for each file what was synced, and for each directory which entries were, so that
// LosePower brings back exactly what a disk would still have to hold. Names are taken literally:
// "a//b" and "a/b" are one path, "." and ".." are not understood.
//
// Life:    files and locks handed out must not outlive it.
// Threads: all methods may be called concurrently.
// Cost:    a sync copies the whole file; for tests.
class MemoryFileSystem final : public FileSystem {
 public:
  MemoryFileSystem() = default;

  Result<std::unique_ptr<AppendFile>> Create(const std::string& path) override;
  Result<std::unique_ptr<AppendFile>> OpenAppend(const std::string& path) override;
  Result<std::unique_ptr<ReadFile>> OpenRead(const std::string& path) override;
  Status Truncate(const std::string& path, uint64_t size) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Remove(const std::string& path) override;
  Status RemoveAll(const std::string& path) override;
  Status CreateDirectories(const std::string& path) override;
  Status SyncDirectory(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& directory) override;
  Result<bool> Exists(const std::string& path) override;
  Result<uint64_t> Size(const std::string& path) override;
  Result<uint64_t> FreeBytes(const std::string& path) override;
  Result<std::unique_ptr<DirectoryLock>> Lock(const std::string& directory) override;

  // The process dies: what it held open or locked is gone, every written byte stays. Files opened
  // before refuse to be written afterwards.
  void KillProcess();
  // The machine dies: unsynced bytes, and entries of unsynced directories, are gone as well. With a
  // `seed` other than 0 each file keeps a random part of its unsynced end.
  void LosePower(uint64_t seed = 0);
  // Flips the bits of `mask` in one byte. Requires that the file is longer than `offset`.
  void FlipBits(const std::string& path, uint64_t offset, uint8_t mask);

 private:
  struct Node {
    bool is_directory = false;
    std::string bytes;
    std::string synced;
  };
  using Tree = std::map<std::string, std::shared_ptr<Node>>;
  class Writer;
  class Reader;
  class Held;

  Result<std::shared_ptr<Node>> Find(const std::string& path, bool is_directory) const
      ORRERY_REQUIRES(mutex_);
  Status RequireParent(const std::string& path) const ORRERY_REQUIRES(mutex_);
  static std::string Normal(const std::string& path);

  mutable Mutex mutex_;
  Tree tree_ ORRERY_GUARDED_BY(mutex_);     // What the process sees.
  Tree durable_ ORRERY_GUARDED_BY(mutex_);  // Entries that survive a power loss.
  std::set<std::string> locks_ ORRERY_GUARDED_BY(mutex_);
  uint64_t life_ ORRERY_GUARDED_BY(mutex_) = 0;  // Counts deaths.
};

}  // namespace orrery::fs
