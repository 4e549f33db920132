// SPDX-License-Identifier: Apache-2.0
#include "model/labels.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "base/utf8.h"

namespace orrery::model {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool Listed(std::span<const std::string> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

Labels::Labels(std::vector<Label> labels) {
  std::ranges::stable_sort(labels, {}, &Label::name);
  for (Label& label : labels) {
    if (!labels_.empty() && labels_.back().name == label.name) labels_.pop_back();
    labels_.push_back(std::move(label));
  }
  std::erase_if(labels_, [](const Label& label) { return label.value.empty(); });
}

std::string_view Labels::Get(std::string_view name) const {
  for (const Label& label : labels_) {
    if (label.name == name) return label.value;
  }
  return {};
}

void Labels::Set(std::string_view name, std::string_view value) {
  const auto at = std::ranges::lower_bound(labels_, name, {}, &Label::name);
  const bool found = at != labels_.end() && at->name == name;
  if (value.empty()) {
    if (found) labels_.erase(at);
  } else if (found) {
    at->value = value;
  } else {
    labels_.insert(at, Label{std::string(name), std::string(value)});
  }
}

Labels Labels::Keep(std::span<const std::string> names) const {
  Labels kept;
  for (const Label& label : labels_) {
    if (Listed(names, label.name)) kept.labels_.push_back(label);
  }
  return kept;
}

Labels Labels::Without(std::span<const std::string> names) const {
  Labels kept;
  for (const Label& label : labels_) {
    if (label.name != kMetricNameLabel && !Listed(names, label.name)) kept.labels_.push_back(label);
  }
  return kept;
}

uint64_t Labels::Hash() const {
  uint64_t hash = 0x9e3779b97f4a7c15;
  const auto mix = [&hash](std::string_view text) {
    hash = (hash ^ std::hash<std::string_view>{}(text)) * 0xff51afd7ed558ccd;
    hash ^= hash >> 32;
  };
  for (const Label& label : labels_) {
    mix(label.name);
    mix(label.value);
  }
  return hash;
}

std::string Labels::ToString() const {
  const std::string_view name = metric_name();
  const bool plain = IsPlainMetricName(name);
  std::string inner;
  const auto add = [&inner](std::string_view text) {
    if (!inner.empty()) inner += ", ";
    inner += text;
  };
  if (!name.empty() && !plain) add(Quote(name));
  for (const Label& label : labels_) {
    if (label.name == kMetricNameLabel) continue;
    const std::string key = IsPlainLabelName(label.name) ? label.name : Quote(label.name);
    add(fmt::format("{}={}", key, Quote(label.value)));
  }
  if (inner.empty() && plain) return std::string(name);
  return fmt::format("{}{{{}}}", plain ? name : std::string_view{}, inner);
}

bool IsPlainMetricName(std::string_view text) {
  if (text.empty() || IsDigit(text.front())) return false;
  return std::ranges::all_of(text, [](char c) { return IsLetter(c) || IsDigit(c) || c == ':'; });
}

bool IsPlainLabelName(std::string_view text) {
  return IsPlainMetricName(text) && text.find(':') == std::string_view::npos;
}

std::string Quote(std::string_view text) {
  constexpr std::string_view kPlain = "\"\\\n\r\t";
  constexpr std::string_view kEscaped = "\"\\nrt";
  std::string quoted = "\"";
  while (!text.empty()) {
    const char c = text.front();
    const size_t length = Utf8SequenceLength(text);
    const auto byte = static_cast<unsigned char>(c);
    if (const size_t i = kPlain.find(c); i != std::string_view::npos) {
      quoted += '\\';
      quoted += kEscaped[i];
    } else if (length == 0 || byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      quoted += text.substr(0, length);
    }
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return quoted + '"';
}

}  // namespace orrery::model
