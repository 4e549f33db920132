// SPDX-License-Identifier: Apache-2.0
#include "fs/fault_file_system.h"

#include <algorithm>

namespace orrery::fs {

class FaultFileSystem::Writer final : public AppendFile {
 public:
  Writer(FaultFileSystem& fs, std::unique_ptr<AppendFile> behind)
      : fs_(fs), behind_(std::move(behind)) {}

  Status Append(std::string_view bytes) override {
    if (Status status = fs_.Change(); !status.ok()) {
      // A write that is cut off by the end of the process leaves its beginning.
      ORRERY_RETURN_IF_ERROR(behind_->Append(bytes.substr(0, bytes.size() / 2)));
      return status;
    }
    const uint64_t fits = fs_.TakeSpace(bytes.size());
    ORRERY_RETURN_IF_ERROR(behind_->Append(bytes.substr(0, fits)));
    return fits == bytes.size() ? OkStatus() : Unavailable("disk is full (injected)");
  }
  Status Sync() override {
    ORRERY_RETURN_IF_ERROR(fs_.Change());
    ORRERY_RETURN_IF_ERROR(fs_.CountSync());
    return behind_->Sync();
  }
  Status Close() override { return behind_->Close(); }

 private:
  FaultFileSystem& fs_;
  const std::unique_ptr<AppendFile> behind_;
};

void FaultFileSystem::FailFrom(uint64_t n) {
  const MutexLock lock(mutex_);
  fail_from_ = n == 0 ? UINT64_MAX : changes_ + n;
}

void FaultFileSystem::FailSync(uint64_t n) {
  const MutexLock lock(mutex_);
  syncs_until_failure_ = n;
}

void FaultFileSystem::SetFreeBytes(uint64_t bytes) {
  const MutexLock lock(mutex_);
  free_bytes_ = bytes;
}

uint64_t FaultFileSystem::changes() const {
  const MutexLock lock(mutex_);
  return changes_;
}

Status FaultFileSystem::Change() {
  const MutexLock lock(mutex_);
  return ++changes_ >= fail_from_ ? Internal("input/output error (injected)") : OkStatus();
}

Status FaultFileSystem::CountSync() {
  const MutexLock lock(mutex_);
  if (syncs_until_failure_ == 0) return OkStatus();
  --syncs_until_failure_;
  if (syncs_until_failure_ > 0) return OkStatus();
  return Internal("sync: input/output error (injected)");
}

uint64_t FaultFileSystem::TakeSpace(uint64_t bytes) {
  const MutexLock lock(mutex_);
  const uint64_t taken = std::min(bytes, free_bytes_);
  if (free_bytes_ != UINT64_MAX) free_bytes_ -= taken;
  return taken;
}

Result<std::unique_ptr<AppendFile>> FaultFileSystem::Create(const std::string& path) {
  ORRERY_RETURN_IF_ERROR(Change());
  ORRERY_ASSIGN_OR_RETURN(std::unique_ptr<AppendFile> file, behind_.Create(path));
  return std::unique_ptr<AppendFile>(std::make_unique<Writer>(*this, std::move(file)));
}

Result<std::unique_ptr<AppendFile>> FaultFileSystem::OpenAppend(const std::string& path) {
  ORRERY_ASSIGN_OR_RETURN(std::unique_ptr<AppendFile> file, behind_.OpenAppend(path));
  return std::unique_ptr<AppendFile>(std::make_unique<Writer>(*this, std::move(file)));
}

Result<std::unique_ptr<ReadFile>> FaultFileSystem::OpenRead(const std::string& path) {
  return behind_.OpenRead(path);
}

Status FaultFileSystem::Truncate(const std::string& path, uint64_t size) {
  ORRERY_RETURN_IF_ERROR(Change());
  return behind_.Truncate(path, size);
}

Status FaultFileSystem::Rename(const std::string& from, const std::string& to) {
  ORRERY_RETURN_IF_ERROR(Change());
  return behind_.Rename(from, to);
}

Status FaultFileSystem::Remove(const std::string& path) {
  ORRERY_RETURN_IF_ERROR(Change());
  return behind_.Remove(path);
}

Status FaultFileSystem::RemoveAll(const std::string& path) {
  ORRERY_RETURN_IF_ERROR(Change());
  return behind_.RemoveAll(path);
}

Status FaultFileSystem::CreateDirectories(const std::string& path) {
  ORRERY_RETURN_IF_ERROR(Change());
  return behind_.CreateDirectories(path);
}

Status FaultFileSystem::SyncDirectory(const std::string& path) {
  ORRERY_RETURN_IF_ERROR(Change());
  ORRERY_RETURN_IF_ERROR(CountSync());
  return behind_.SyncDirectory(path);
}

Result<std::vector<std::string>> FaultFileSystem::List(const std::string& directory) {
  return behind_.List(directory);
}

Result<bool> FaultFileSystem::Exists(const std::string& path) { return behind_.Exists(path); }

Result<uint64_t> FaultFileSystem::Size(const std::string& path) { return behind_.Size(path); }

Result<uint64_t> FaultFileSystem::FreeBytes(const std::string& path) {
  {
    const MutexLock lock(mutex_);
    if (free_bytes_ != UINT64_MAX) return free_bytes_;
  }
  return behind_.FreeBytes(path);
}

Result<std::unique_ptr<DirectoryLock>> FaultFileSystem::Lock(const std::string& directory) {
  return behind_.Lock(directory);
}

}  // namespace orrery::fs
