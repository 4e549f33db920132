// SPDX-License-Identifier: Apache-2.0
// Writes seeds for the fuzz targets whose input carries checksums: orrery_fuzz_seeds DIRECTORY.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "fs/file_system.h"
#include "fs/memory_file_system.h"
#include "storage/wal/log_writer.h"
#include "storage/wal/segment.h"

namespace orrery {
namespace {

void WriteSeed(const std::filesystem::path& folder, const std::string& name,
               std::string_view bytes) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / name, std::ios::binary) << bytes;
}

// Whole segments, one torn, as log_reader_fuzz takes them: the first byte is even when the header
// of the segment is part of the input.
Status WriteLogSeeds(const std::filesystem::path& folder) {
  fs::MemoryFileSystem fs;
  auto log = wal::LogWriter::Open(fs, "log", {});
  if (!log.ok()) return log.status();
  const std::string large(5000, 'x');
  const std::vector<std::string_view> records = {"a", "second record", large};
  Status status = (*log)->Append(records);
  if (!status.ok()) return status;
  const std::string path = "log/" + wal::SegmentName(1);
  const auto file = fs.OpenRead(path);
  if (!file.ok()) return file.status();
  const auto bytes = (*file)->Read(0, (*file)->size());
  if (!bytes.ok()) return bytes.status();
  WriteSeed(folder, "whole", '\0' + *bytes);
  WriteSeed(folder, "torn", '\0' + bytes->substr(0, bytes->size() - 3));
  return OkStatus();
}

}  // namespace
}  // namespace orrery

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: orrery_fuzz_seeds DIRECTORY\n", stderr);
    return 2;
  }
  const auto status = orrery::WriteLogSeeds(std::filesystem::path(argv[1]) / "log_reader_fuzz");
  if (!status.ok()) {
    std::fprintf(stderr, "orrery_fuzz_seeds: %s\n", status.ToString().c_str());
    return 1;
  }
  return 0;
}
