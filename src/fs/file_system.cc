// SPDX-License-Identifier: Apache-2.0
#include "fs/file_system.h"

namespace orrery::fs {

std::string DirectoryOf(const std::string& path) {
  const size_t end = path.find_last_not_of('/');
  const size_t slash = path.substr(0, end + 1).rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<std::string> ReadWhole(FileSystem& fs, const std::string& path) {
  ORRERY_ASSIGN_OR_RETURN(const std::unique_ptr<ReadFile> file, fs.OpenRead(path));
  return file->Read(0, file->size());
}

Status WriteAtomically(FileSystem& fs, const std::string& path, std::string_view bytes) {
  const std::string aside = path + ".new";
  const auto write = [&]() -> Status {
    ORRERY_ASSIGN_OR_RETURN(const std::unique_ptr<AppendFile> file, fs.Create(aside));
    ORRERY_RETURN_IF_ERROR(file->Append(bytes));
    ORRERY_RETURN_IF_ERROR(file->Sync());
    ORRERY_RETURN_IF_ERROR(file->Close());
    return fs.Rename(aside, path);
  };
  if (Status status = write(); !status.ok()) {
    // The first failure is the one to tell; a leftover is overwritten by the next attempt.
    (void)fs.Remove(aside).ok();
    return status;
  }
  return fs.SyncDirectory(DirectoryOf(path));
}

}  // namespace orrery::fs
