// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fs/file_system.h"

namespace orrery::fs {

// RealFileSystem is the machine's own, through POSIX calls.
//
// Threads: all methods may be called concurrently; it holds no state.
// Failure: messages name the path and carry the operating system's words.
// Cost:    one system call per Append and per Read; nothing is buffered here.
class RealFileSystem final : public FileSystem {
 public:
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
  // Holds flock(2) on `directory`/lock, which keeps this process's id for others to read.
  Result<std::unique_ptr<DirectoryLock>> Lock(const std::string& directory) override;
};

}  // namespace orrery::fs
