// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "fs/file_system.h"

namespace orrery::fs {

// FaultFileSystem stands in front of another file system and fails on purpose.
//
// A change is whatever touches the disk: creating, appending, truncating, syncing, renaming,
// removing. Changes are counted, so that a test can fail each one in turn:
//
//   for (uint64_t n = 1; RunWith(n) == kFailed; ++n) RecoverAndExpect();
//
// Life:    the file system behind it must outlive it; its files must not outlive it.
// Threads: all methods may be called concurrently.
class FaultFileSystem final : public FileSystem {
 public:
  explicit FaultFileSystem(FileSystem& behind) : behind_(behind) {}

  // The `n`-th change from now (1: the next) and all later ones are refused with Internal; an
  // append writes the first half of its bytes before. 0: none.
  void FailFrom(uint64_t n);
  // The `n`-th sync from now fails, once. 0: none.
  void FailSync(uint64_t n);
  // Appends may take `bytes` more; what does not fit is cut off and the append is Unavailable.
  void SetFreeBytes(uint64_t bytes);
  // Changes asked for so far.
  uint64_t changes() const;

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

 private:
  class Writer;

  Status Change();
  Status CountSync();
  // How many of `bytes` still fit; takes them off.
  uint64_t TakeSpace(uint64_t bytes);

  FileSystem& behind_;
  mutable Mutex mutex_;
  uint64_t changes_ ORRERY_GUARDED_BY(mutex_) = 0;
  uint64_t fail_from_ ORRERY_GUARDED_BY(mutex_) = UINT64_MAX;  // Number of the change.
  uint64_t syncs_until_failure_ ORRERY_GUARDED_BY(mutex_) = 0;
  uint64_t free_bytes_ ORRERY_GUARDED_BY(mutex_) = UINT64_MAX;
};

}  // namespace orrery::fs
