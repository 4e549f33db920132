// SPDX-License-Identifier: Apache-2.0
#include "fs/real_file_system.h"

#include <algorithm>
#include <cstdio>
#include <system_error>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace orrery::fs {
namespace {

std::string Words(int error) { return std::generic_category().message(error); }

// The Status for a failed call on `path`.
Status OsError(const std::string& path, int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return NotFound(path + ": no such file or directory");
    case ENOSPC:
    case EDQUOT:
      return Unavailable(path + ": disk is full (" + Words(error) + ")");
    default:
      return Internal(path + ": " + Words(error));
  }
}

// Repeats a call that a signal interrupted.
template <typename Call>
auto Retry(Call call) {
  while (true) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

// Owns a file descriptor.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

class RealAppendFile final : public AppendFile {
 public:
  RealAppendFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  Status Append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t n = Retry([&] { return ::write(fd_.get(), bytes.data(), bytes.size()); });
      if (n < 0) return OsError(path_, errno);
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return OkStatus();
  }
  Status Sync() override {
    if (Retry([&] { return ::fdatasync(fd_.get()); }) != 0) return OsError(path_, errno);
    return OkStatus();
  }
  Status Close() override {
    const int fd = fd_.Release();
    // After EINTR the descriptor is gone on Linux; closing again could hit someone else's.
    if (fd >= 0 && ::close(fd) != 0 && errno != EINTR) return OsError(path_, errno);
    return OkStatus();
  }

 private:
  const std::string path_;
  Descriptor fd_;
};

class RealReadFile final : public ReadFile {
 public:
  RealReadFile(std::string path, int fd, uint64_t size)
      : path_(std::move(path)), fd_(fd), size_(size) {}

  uint64_t size() const override { return size_; }
  Result<std::string> Read(uint64_t offset, size_t length) const override {
    if (offset > size_ || length > size_ - offset) return EndsBefore(offset, length);
    std::string bytes(length, '\0');
    size_t done = 0;
    while (done < length) {
      const ssize_t n = Retry([&] {
        return ::pread(fd_.get(), bytes.data() + done, length - done,
                       static_cast<off_t>(offset + done));
      });
      if (n < 0) return OsError(path_, errno);
      if (n == 0) return EndsBefore(offset, length);
      done += static_cast<size_t>(n);
    }
    return bytes;
  }

 private:
  Status EndsBefore(uint64_t offset, size_t length) const {
    return Corruption(path_ + ": ends before byte " + std::to_string(offset + length));
  }

  const std::string path_;
  const Descriptor fd_;
  const uint64_t size_;
};

class RealDirectoryLock final : public DirectoryLock {
 public:
  explicit RealDirectoryLock(int fd) : fd_(fd) {}

 private:
  const Descriptor fd_;  // The lock goes with the descriptor, also when the process is killed.
};

Result<std::unique_ptr<AppendFile>> OpenForWriting(const std::string& path, int flags) {
  const int fd = Retry([&] { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC | flags, 0644); });
  if (fd < 0) return OsError(path, errno);
  return std::unique_ptr<AppendFile>(std::make_unique<RealAppendFile>(path, fd));
}

Result<struct stat> Inspect(const std::string& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return OsError(path, errno);
  return info;
}

// The process id that the holder of a lock wrote down, or "unknown".
std::string HolderOf(int fd) {
  char text[32];
  const ssize_t n = ::pread(fd, text, sizeof(text), 0);
  std::string holder(text, n > 0 ? static_cast<size_t>(n) : 0);
  holder.erase(std::find(holder.begin(), holder.end(), '\n'), holder.end());
  return holder.empty() ? "unknown" : holder;
}

}  // namespace

Result<std::unique_ptr<AppendFile>> RealFileSystem::Create(const std::string& path) {
  return OpenForWriting(path, O_CREAT | O_TRUNC | O_APPEND);
}

Result<std::unique_ptr<AppendFile>> RealFileSystem::OpenAppend(const std::string& path) {
  return OpenForWriting(path, O_APPEND);
}

Result<std::unique_ptr<ReadFile>> RealFileSystem::OpenRead(const std::string& path) {
  const int fd = Retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); });
  if (fd < 0) return OsError(path, errno);
  Descriptor owned(fd);
  struct stat info{};
  if (::fstat(fd, &info) != 0) return OsError(path, errno);
  if (S_ISDIR(info.st_mode)) return Internal(path + ": is a directory");
  return std::unique_ptr<ReadFile>(
      std::make_unique<RealReadFile>(path, owned.Release(), static_cast<uint64_t>(info.st_size)));
}

Status RealFileSystem::Truncate(const std::string& path, uint64_t size) {
  if (Retry([&] { return ::truncate(path.c_str(), static_cast<off_t>(size)); }) != 0) {
    return OsError(path, errno);
  }
  return OkStatus();
}

Status RealFileSystem::Rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return OsError(from, errno);
  return OkStatus();
}

Status RealFileSystem::Remove(const std::string& path) {
  if (::remove(path.c_str()) != 0) return OsError(path, errno);
  return OkStatus();
}

Status RealFileSystem::RemoveAll(const std::string& path) {
  const Result<struct stat> info = Inspect(path);
  if (!info.ok()) return info.status().code() == StatusCode::kNotFound ? OkStatus() : info.status();
  if (S_ISDIR(info->st_mode)) {
    ORRERY_ASSIGN_OR_RETURN(const std::vector<std::string> names, List(path));
    for (const std::string& name : names) ORRERY_RETURN_IF_ERROR(RemoveAll(path + "/" + name));
  }
  return Remove(path);
}

Status RealFileSystem::CreateDirectories(const std::string& path) {
  for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), 0755) != 0 && errno != EEXIST) return OsError(part, errno);
    if (end == std::string::npos) break;
  }
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return OsError(path, errno);
  if (!S_ISDIR(info.st_mode)) return Internal(path + ": is there already, and is no directory");
  return OkStatus();
}

Status RealFileSystem::SyncDirectory(const std::string& path) {
  const int fd = Retry([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (fd < 0) return OsError(path, errno);
  const Descriptor owned(fd);
  if (Retry([&] { return ::fsync(fd); }) != 0) return OsError(path, errno);
  return OkStatus();
}

Result<std::vector<std::string>> RealFileSystem::List(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(directory.c_str()), &::closedir);
  if (stream == nullptr) return OsError(directory, errno);
  std::vector<std::string> names;
  while (true) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return OsError(directory, errno);
  std::sort(names.begin(), names.end());
  return names;
}

Result<bool> RealFileSystem::Exists(const std::string& path) {
  const Result<struct stat> info = Inspect(path);
  if (info.ok()) return true;
  if (info.status().code() == StatusCode::kNotFound) return false;
  return info.status();
}

Result<uint64_t> RealFileSystem::Size(const std::string& path) {
  ORRERY_ASSIGN_OR_RETURN(const struct stat info, Inspect(path));
  return static_cast<uint64_t>(info.st_size);
}

Result<uint64_t> RealFileSystem::FreeBytes(const std::string& path) {
  struct statvfs info{};
  if (::statvfs(path.c_str(), &info) != 0) return OsError(path, errno);
  return static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
}

Result<std::unique_ptr<DirectoryLock>> RealFileSystem::Lock(const std::string& directory) {
  const std::string path = directory + "/lock";
  const int fd = Retry([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644); });
  if (fd < 0) return OsError(path, errno);
  Descriptor owned(fd);
  if (Retry([&] { return ::flock(fd, LOCK_EX | LOCK_NB); }) != 0) {
    if (errno != EWOULDBLOCK) return OsError(path, errno);
    return Unavailable(directory + " is in use by process " + HolderOf(fd));
  }
  // The file only tells others who holds the lock; a full disk must not keep a server from
  // starting.
  const std::string holder = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) == 0) (void)!::pwrite(fd, holder.data(), holder.size(), 0);
  return std::unique_ptr<DirectoryLock>(std::make_unique<RealDirectoryLock>(owned.Release()));
}

}  // namespace orrery::fs
