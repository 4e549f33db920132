// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::model {

// The label that holds a metric's name.
inline constexpr std::string_view kMetricNameLabel = "__name__";

struct Label {
  std::string name;
  std::string value;

  auto operator<=>(const Label&) const = default;
};

// Labels names a series: pairs of name and value, sorted by name, each name once, no empty value,
// since a label without a value and no label are the same.
//
// Life:    a value.
// Threads: as a value type.
// Cost:    Get and Set are linear in the number of labels, which is small.
class Labels {
 public:
  Labels() = default;
  // Sorts; of labels with the same name the last one counts.
  explicit Labels(std::vector<Label> labels);

  // Empty when there is no such label. Valid until the labels change.
  std::string_view Get(std::string_view name) const;
  std::string_view metric_name() const { return Get(kMetricNameLabel); }
  // An empty value removes the label.
  void Set(std::string_view name, std::string_view value);
  void Remove(std::string_view name) { Set(name, {}); }

  // Those with, or without, one of `names`. Without leaves out the metric name, too.
  Labels Keep(std::span<const std::string> names) const;
  Labels Without(std::span<const std::string> names) const;

  bool empty() const { return labels_.empty(); }
  size_t size() const { return labels_.size(); }
  auto begin() const { return labels_.begin(); }
  auto end() const { return labels_.end(); }

  uint64_t Hash() const;
  // `name{a="b", c="d"}` as PromQL writes it.
  std::string ToString() const;

  auto operator<=>(const Labels&) const = default;

 private:
  std::vector<Label> labels_;
};

struct LabelsHash {
  size_t operator()(const Labels& labels) const { return labels.Hash(); }
};

// Whether `text` can stand as a metric or label name without quotes.
bool IsPlainMetricName(std::string_view text);
bool IsPlainLabelName(std::string_view text);

// `text` within double quotes, with the escapes of Go.
std::string Quote(std::string_view text);

}  // namespace orrery::model
