// SPDX-License-Identifier: Apache-2.0
#include "fs/memory_file_system.h"

#include <iterator>
#include <random>

#include "base/check.h"

namespace orrery::fs {
namespace {

std::string ParentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return "";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool IsRoot(const std::string& path) { return path.empty() || path == "/" || path == "."; }

bool IsBelow(const std::string& path, const std::string& directory) {
  if (IsRoot(directory)) return true;
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

}  // namespace

class MemoryFileSystem::Writer final : public AppendFile {
 public:
  Writer(MemoryFileSystem& fs, std::shared_ptr<Node> node, uint64_t life)
      : fs_(fs), node_(std::move(node)), life_(life) {}

  Status Append(std::string_view bytes) override {
    const MutexLock lock(fs_.mutex_);
    if (fs_.life_ != life_) return Internal("written after the end of its process");
    node_->bytes.append(bytes);
    return OkStatus();
  }
  Status Sync() override {
    const MutexLock lock(fs_.mutex_);
    if (fs_.life_ != life_) return Internal("synced after the end of its process");
    node_->synced = node_->bytes;
    return OkStatus();
  }
  Status Close() override { return OkStatus(); }

 private:
  MemoryFileSystem& fs_;
  const std::shared_ptr<Node> node_;
  const uint64_t life_;
};

class MemoryFileSystem::Reader final : public ReadFile {
 public:
  Reader(const MemoryFileSystem& fs, std::shared_ptr<const Node> node, uint64_t size)
      : fs_(fs), node_(std::move(node)), size_(size) {}

  uint64_t size() const override { return size_; }
  Result<std::string> Read(uint64_t offset, size_t length) const override {
    const MutexLock lock(fs_.mutex_);
    const uint64_t size = node_->bytes.size();
    if (offset > size || length > size - offset) {
      return Corruption("file ends before byte " + std::to_string(offset + length));
    }
    return node_->bytes.substr(offset, length);
  }

 private:
  const MemoryFileSystem& fs_;
  const std::shared_ptr<const Node> node_;
  const uint64_t size_;  // When it was opened.
};

class MemoryFileSystem::Held final : public DirectoryLock {
 public:
  Held(MemoryFileSystem& fs, std::string directory, uint64_t life)
      : fs_(fs), directory_(std::move(directory)), life_(life) {}
  ~Held() override {
    const MutexLock lock(fs_.mutex_);
    if (fs_.life_ == life_) fs_.locks_.erase(directory_);
  }

 private:
  MemoryFileSystem& fs_;
  const std::string directory_;
  const uint64_t life_;
};

std::string MemoryFileSystem::Normal(const std::string& path) {
  std::string normal;
  for (const char c : path) {
    if (c != '/' || normal.empty() || normal.back() != '/') normal += c;
  }
  if (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  while (normal.starts_with("./")) normal.erase(0, 2);
  return normal;
}

Result<std::shared_ptr<MemoryFileSystem::Node>> MemoryFileSystem::Find(const std::string& path,
                                                                       bool is_directory) const {
  const auto found = tree_.find(path);
  if (found == tree_.end()) return NotFound(path + ": no such file or directory");
  if (found->second->is_directory != is_directory) {
    return Internal(path + (is_directory ? ": is no directory" : ": is a directory"));
  }
  return found->second;
}

Status MemoryFileSystem::RequireParent(const std::string& path) const {
  const std::string parent = ParentOf(path);
  if (IsRoot(parent)) return OkStatus();
  return Find(parent, true).status();
}

Result<std::unique_ptr<AppendFile>> MemoryFileSystem::Create(const std::string& raw) {
  const std::string path = Normal(raw);
  const MutexLock lock(mutex_);
  ORRERY_RETURN_IF_ERROR(RequireParent(path));
  std::shared_ptr<Node>& node = tree_[path];
  if (node != nullptr && node->is_directory) return Internal(path + ": is a directory");
  if (node == nullptr) node = std::make_shared<Node>();
  node->bytes.clear();
  return std::unique_ptr<AppendFile>(std::make_unique<Writer>(*this, node, life_));
}

Result<std::unique_ptr<AppendFile>> MemoryFileSystem::OpenAppend(const std::string& path) {
  const MutexLock lock(mutex_);
  ORRERY_ASSIGN_OR_RETURN(std::shared_ptr<Node> node, Find(Normal(path), false));
  return std::unique_ptr<AppendFile>(std::make_unique<Writer>(*this, std::move(node), life_));
}

Result<std::unique_ptr<ReadFile>> MemoryFileSystem::OpenRead(const std::string& path) {
  const MutexLock lock(mutex_);
  ORRERY_ASSIGN_OR_RETURN(std::shared_ptr<Node> node, Find(Normal(path), false));
  const uint64_t size = node->bytes.size();
  return std::unique_ptr<ReadFile>(std::make_unique<Reader>(*this, std::move(node), size));
}

Status MemoryFileSystem::Truncate(const std::string& path, uint64_t size) {
  const MutexLock lock(mutex_);
  ORRERY_ASSIGN_OR_RETURN(const std::shared_ptr<Node> node, Find(Normal(path), false));
  node->bytes.resize(size);
  return OkStatus();
}

Status MemoryFileSystem::Rename(const std::string& raw_from, const std::string& raw_to) {
  const std::string from = Normal(raw_from);
  const std::string to = Normal(raw_to);
  const MutexLock lock(mutex_);
  const auto found = tree_.find(from);
  if (found == tree_.end()) return NotFound(from + ": no such file or directory");
  ORRERY_RETURN_IF_ERROR(RequireParent(to));
  if (from == to) return OkStatus();
  Tree moved;
  for (auto entry = tree_.begin(); entry != tree_.end();) {
    const bool is_inside = entry->first == from || IsBelow(entry->first, from);
    if (is_inside) moved[to + entry->first.substr(from.size())] = entry->second;
    if (!is_inside && IsBelow(entry->first, to)) return Internal(to + ": directory is not empty");
    ++entry;
  }
  std::erase_if(tree_, [&](const auto& entry) {
    return entry.first == from || IsBelow(entry.first, from) || entry.first == to;
  });
  tree_.merge(moved);
  return OkStatus();
}

Status MemoryFileSystem::Remove(const std::string& raw) {
  const std::string path = Normal(raw);
  const MutexLock lock(mutex_);
  const auto found = tree_.find(path);
  if (found == tree_.end()) return NotFound(path + ": no such file or directory");
  for (const auto& [other, node] : tree_) {
    if (IsBelow(other, path)) return Internal(path + ": directory is not empty");
  }
  tree_.erase(found);
  return OkStatus();
}

Status MemoryFileSystem::RemoveAll(const std::string& raw) {
  const std::string path = Normal(raw);
  const MutexLock lock(mutex_);
  std::erase_if(
      tree_, [&](const auto& entry) { return entry.first == path || IsBelow(entry.first, path); });
  return OkStatus();
}

Status MemoryFileSystem::CreateDirectories(const std::string& raw) {
  const std::string path = Normal(raw);
  const MutexLock lock(mutex_);
  for (size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    std::shared_ptr<Node>& node = tree_[path.substr(0, end)];
    if (node == nullptr) {
      node = std::make_shared<Node>();
      node->is_directory = true;
    }
    if (!node->is_directory) return Internal(path + ": is there already, and is no directory");
    if (end == std::string::npos) return OkStatus();
  }
}

Status MemoryFileSystem::SyncDirectory(const std::string& raw) {
  const std::string path = Normal(raw);
  const MutexLock lock(mutex_);
  if (!IsRoot(path)) ORRERY_RETURN_IF_ERROR(Find(path, true).status());
  const auto is_entry = [&](const std::string& other) {
    const std::string parent = ParentOf(other);
    return parent == path || (IsRoot(parent) && IsRoot(path));
  };
  // Entries that were removed or replaced take what was below them along.
  for (auto entry = durable_.begin(); entry != durable_.end();) {
    const auto now = tree_.find(entry->first);
    const bool is_gone = now == tree_.end() || now->second != entry->second;
    entry = is_entry(entry->first) && is_gone ? durable_.erase(entry) : std::next(entry);
  }
  for (const auto& [other, node] : tree_) {
    if (is_entry(other)) durable_[other] = node;
  }
  return OkStatus();
}

Result<std::vector<std::string>> MemoryFileSystem::List(const std::string& raw) {
  const std::string directory = Normal(raw);
  const MutexLock lock(mutex_);
  if (!IsRoot(directory)) ORRERY_RETURN_IF_ERROR(Find(directory, true).status());
  std::vector<std::string> names;
  for (const auto& [path, node] : tree_) {
    const std::string parent = ParentOf(path);
    if (parent == directory || (IsRoot(parent) && IsRoot(directory))) {
      names.push_back(path.substr(path.rfind('/') + 1));
    }
  }
  return names;  // Sorted, as the tree is and the prefix is the same.
}

Result<bool> MemoryFileSystem::Exists(const std::string& path) {
  const MutexLock lock(mutex_);
  return tree_.contains(Normal(path));
}

Result<uint64_t> MemoryFileSystem::Size(const std::string& path) {
  const MutexLock lock(mutex_);
  const auto found = tree_.find(Normal(path));
  if (found == tree_.end()) return NotFound(path + ": no such file or directory");
  return static_cast<uint64_t>(found->second->bytes.size());
}

Result<uint64_t> MemoryFileSystem::FreeBytes(const std::string&) { return uint64_t{1} << 40; }

Result<std::unique_ptr<DirectoryLock>> MemoryFileSystem::Lock(const std::string& raw) {
  const std::string directory = Normal(raw);
  const MutexLock lock(mutex_);
  ORRERY_RETURN_IF_ERROR(Find(directory, true).status());
  if (!locks_.insert(directory).second) return Unavailable(directory + " is in use by process 1");
  return std::unique_ptr<DirectoryLock>(std::make_unique<Held>(*this, directory, life_));
}

void MemoryFileSystem::KillProcess() {
  const MutexLock lock(mutex_);
  ++life_;
  locks_.clear();
}

void MemoryFileSystem::LosePower(uint64_t seed) {
  const MutexLock lock(mutex_);
  ++life_;
  locks_.clear();
  std::mt19937_64 random(seed);
  // A durable entry below a directory that is not durable cannot be reached any more.
  for (auto entry = durable_.begin(); entry != durable_.end();) {
    std::string up = ParentOf(entry->first);
    while (!IsRoot(up) && durable_.contains(up)) up = ParentOf(up);
    entry = IsRoot(up) ? std::next(entry) : durable_.erase(entry);
  }
  for (const auto& [path, node] : durable_) {
    const bool has_unsynced_end =
        node->bytes.size() > node->synced.size() && node->bytes.starts_with(node->synced);
    if (seed != 0 && has_unsynced_end) {
      node->bytes.resize(node->synced.size() +
                         random() % (node->bytes.size() - node->synced.size() + 1));
      node->synced = node->bytes;
    } else {
      node->bytes = node->synced;
    }
  }
  tree_ = durable_;
}

void MemoryFileSystem::FlipBits(const std::string& path, uint64_t offset, uint8_t mask) {
  const MutexLock lock(mutex_);
  const auto found = tree_.find(Normal(path));
  ORRERY_CHECK(found != tree_.end() && offset < found->second->bytes.size());
  found->second->bytes[offset] = static_cast<char>(found->second->bytes[offset] ^ mask);
}

}  // namespace orrery::fs
