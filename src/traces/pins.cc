// SPDX-License-Identifier: Apache-2.0
#include "traces/pins.h"

#define XXH_INLINE_ALL
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

#include <xxhash.h>

namespace orrery::traces {
namespace {

constexpr std::string_view kFirstLine = "orrery-pins 1\n";

// "4bf92f3577b34da6a3ce929d0e0e4736 1f0c22aa"
std::string LineOf(const model::TraceId& id) {
  char check[10];
  std::snprintf(check, sizeof(check), " %08x",
                static_cast<uint32_t>(XXH3_64bits(id.bytes.data(), id.bytes.size())));
  return model::ToHex(id) + check;
}

std::optional<model::TraceId> ParseLine(std::string_view line) {
  const std::optional<std::string> raw = model::HexToBytes(line.substr(0, 32));
  if (!raw.has_value() || raw->size() != 16) return std::nullopt;
  const model::TraceId id = model::TraceId::FromBytes(*raw);
  if (LineOf(id) != line) return std::nullopt;
  return id;
}

}  // namespace

Result<std::unique_ptr<Pins>> Pins::Open(fs::FileSystem& fs, std::string path) {
  std::unique_ptr<Pins> pins(new Pins(fs, std::move(path)));
  ORRERY_RETURN_IF_ERROR(pins->Read());
  return pins;
}

Status Pins::Read() {
  const Result<std::string> text = fs::ReadWhole(fs_, path_);
  if (text.status().code() == StatusCode::kNotFound) return OkStatus();
  if (!text.ok()) return text.status();
  std::string_view rest = *text;
  if (rest.starts_with(kFirstLine)) {
    rest.remove_prefix(kFirstLine.size());
  } else if (rest.starts_with("orrery-pins ")) {
    return Unimplemented(
        path_ + ": written by a later version: " + std::string(rest.substr(0, rest.find('\n'))));
  }
  const MutexLock lock(mutex_);
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (const auto id = ParseLine(line)) {
      ids_.insert(*id);
    } else {
      ++damaged_lines_;
    }
  }
  return OkStatus();
}

Status Pins::Write(const std::set<model::TraceId>& ids) {
  std::string text(kFirstLine);
  for (const model::TraceId& id : ids) text += LineOf(id) + "\n";
  return fs::WriteAtomically(fs_, path_, text);
}

Status Pins::Add(const model::TraceId& id) {
  const MutexLock lock(mutex_);
  if (ids_.contains(id)) return OkStatus();
  if (ids_.size() >= kMaxPins) {
    return ResourceExhausted(std::to_string(kMaxPins) +
                             " traces are pinned, more are not possible; unpin one first");
  }
  std::set<model::TraceId> changed = ids_;
  changed.insert(id);
  ORRERY_RETURN_IF_ERROR(Write(changed));
  ids_ = std::move(changed);
  return OkStatus();
}

Status Pins::Remove(const model::TraceId& id) {
  const MutexLock lock(mutex_);
  std::set<model::TraceId> changed = ids_;
  if (changed.erase(id) == 0) return NotFound("trace " + model::ToHex(id) + " is not pinned");
  ORRERY_RETURN_IF_ERROR(Write(changed));
  ids_ = std::move(changed);
  return OkStatus();
}

std::vector<model::TraceId> Pins::List() const {
  const MutexLock lock(mutex_);
  return {ids_.begin(), ids_.end()};
}

}  // namespace orrery::traces
