// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/status.h"

namespace orrery::fs {

// A file being written from front to back.
// Life:    Append in any amount, Sync where needed, Close. The destructor closes without syncing.
// Threads: one at a time.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  // Hands the bytes to the operating system: they survive the process, not yet a power loss.
  // Unavailable: the disk is full. Part of the bytes may be in the file then.
  virtual Status Append(std::string_view bytes) = 0;
  // Returns when all appended bytes are on stable storage.
  virtual Status Sync() = 0;
  virtual Status Close() = 0;
};

// A file read at any place. Threads: Read may be called concurrently.
class ReadFile {
 public:
  virtual ~ReadFile() = default;
  virtual uint64_t size() const = 0;
  // Exactly `length` bytes from `offset`. Corruption: the file ends before.
  virtual Result<std::string> Read(uint64_t offset, size_t length) const = 0;
};

// Keeps other processes out of a directory as long as it lives.
class DirectoryLock {
 public:
  virtual ~DirectoryLock() = default;
};

// FileSystem is the only way to files: the real one, one in memory, and one that fails on purpose.
//
// Paths are absolute or relative to the process. Names from List are bare and sorted.
// Threads: all methods may be called concurrently.
// Failure: NotFound for what is not there, Unavailable for a full disk or a lock held by another
//          process, Internal with the operating system's words for the rest.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // Creates the file, or empties it.
  virtual Result<std::unique_ptr<AppendFile>> Create(const std::string& path) = 0;
  // Opens an existing file to write on at its end.
  virtual Result<std::unique_ptr<AppendFile>> OpenAppend(const std::string& path) = 0;
  virtual Result<std::unique_ptr<ReadFile>> OpenRead(const std::string& path) = 0;
  virtual Status Truncate(const std::string& path, uint64_t size) = 0;
  // Replaces `to` atomically. Durable after SyncDirectory of the directory.
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  virtual Status Remove(const std::string& path) = 0;
  // With everything inside; Ok when it is not there.
  virtual Status RemoveAll(const std::string& path) = 0;
  // With missing parents; Ok when it is there.
  virtual Status CreateDirectories(const std::string& path) = 0;
  virtual Status SyncDirectory(const std::string& path) = 0;
  virtual Result<std::vector<std::string>> List(const std::string& directory) = 0;
  virtual Result<bool> Exists(const std::string& path) = 0;
  virtual Result<uint64_t> Size(const std::string& path) = 0;
  // Free bytes for data below `path`.
  virtual Result<uint64_t> FreeBytes(const std::string& path) = 0;
  // Unavailable with the holder's process id when another process (or this one) holds it.
  virtual Result<std::unique_ptr<DirectoryLock>> Lock(const std::string& directory) = 0;
};

// The directory that `path` is in.
std::string DirectoryOf(const std::string& path);

// The whole file. Requires that it fits into memory.
Result<std::string> ReadWhole(FileSystem& fs, const std::string& path);
// Writes aside, syncs, renames over `path` and syncs the directory: readers see old or new, whole.
Status WriteAtomically(FileSystem& fs, const std::string& path, std::string_view bytes);

}  // namespace orrery::fs
