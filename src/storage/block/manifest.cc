// SPDX-License-Identifier: Apache-2.0
#include "storage/block/manifest.h"

#define XXH_INLINE_ALL
#include <charconv>
#include <cstdio>

#include <xxhash.h>

namespace orrery::block {
namespace {

constexpr std::string_view kFirstLine = "orrery-block 1\n";
constexpr std::string_view kChecksumWord = "checksum ";

std::string Checksum(std::string_view text) {
  char hex[17];
  std::snprintf(hex, sizeof(hex), "%016llx",
                static_cast<unsigned long long>(XXH3_64bits(text.data(), text.size())));
  return hex;
}

// Takes the next word off a line.
std::string_view Word(std::string_view& line) {
  const size_t blank = line.find(' ');
  const std::string_view word = line.substr(0, blank);
  line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
  return word;
}

bool Number(std::string_view word, uint64_t& number) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc() && end == word.data() + word.size();
}

bool ParseLine(std::string_view line, Manifest& manifest) {
  const std::string_view word = Word(line);
  if (word == "kind") {
    manifest.kind = line;
    return !line.empty();
  }
  if (word == "file") {
    const std::string_view name = Word(line);
    manifest.files.push_back({std::string(name), 0});
    return !name.empty() && Number(line, manifest.files.back().bytes);
  }
  if (word == "number") {
    const std::string name(Word(line));
    return !name.empty() && Number(line, manifest.numbers[name]);
  }
  uint64_t number = 0;
  if (!Number(line, number)) return false;
  if (word == "version" && number <= UINT32_MAX) {
    manifest.version = static_cast<uint32_t>(number);
  } else if (word == "id") {
    manifest.id = number;
  } else if (word == "wal_through") {
    manifest.wal_through = number;
  } else if (word == "replaces") {
    manifest.replaces.push_back(number);
  } else {
    return false;
  }
  return true;
}

}  // namespace

uint64_t Manifest::number(const std::string& name) const {
  const auto found = numbers.find(name);
  return found == numbers.end() ? 0 : found->second;
}

std::string EncodeManifest(const Manifest& manifest) {
  std::string text(kFirstLine);
  text += "kind " + manifest.kind + "\n";
  text += "version " + std::to_string(manifest.version) + "\n";
  text += "id " + std::to_string(manifest.id) + "\n";
  text += "wal_through " + std::to_string(manifest.wal_through) + "\n";
  for (const uint64_t id : manifest.replaces) text += "replaces " + std::to_string(id) + "\n";
  for (const Manifest::File& file : manifest.files) {
    text += "file " + file.name + " " + std::to_string(file.bytes) + "\n";
  }
  for (const auto& [name, value] : manifest.numbers) {
    text += "number " + name + " " + std::to_string(value) + "\n";
  }
  const std::string checksum = Checksum(text);
  return text.append(kChecksumWord).append(checksum).append("\n");
}

Result<Manifest> ParseManifest(std::string_view text) {
  const size_t tail = kChecksumWord.size() + 17;  // With 16 digits and the line's end.
  if (text.size() < kFirstLine.size() + tail) return Corruption("manifest cut short");
  const std::string_view body = text.substr(0, text.size() - tail);
  const std::string written = std::string(kChecksumWord) + Checksum(body);
  if (text.substr(body.size()) != written + "\n") return Corruption("manifest checksum mismatch");
  if (!body.starts_with(kFirstLine)) {
    return Unimplemented("manifest of a later version: " +
                         std::string(body.substr(0, body.find('\n'))));
  }
  Manifest manifest;
  std::string_view rest = body.substr(kFirstLine.size());
  for (int line = 2; !rest.empty(); ++line) {
    const size_t end = rest.find('\n');
    if (end == std::string_view::npos || !ParseLine(rest.substr(0, end), manifest)) {
      return Corruption("manifest line " + std::to_string(line) + " does not parse");
    }
    rest.remove_prefix(end + 1);
  }
  return manifest;
}

}  // namespace orrery::block
