// SPDX-License-Identifier: Apache-2.0
#include "pipeline/attribute_editor.h"

#include <algorithm>

namespace orrery::pipeline {
namespace {

// Runs of a pool can't grow in place, so the longer list goes to the pool's end.
bool AddMissing(model::SpanBatch& batch, model::Resource& resource,
                const std::vector<std::pair<std::string, std::string>>& add,
                uint64_t max_attributes) {
  const model::IndexRange old = resource.attributes;
  std::vector<model::Attribute> missing;
  for (const auto& [key, value] : add) {
    if (batch.Find(old, key) == nullptr) missing.push_back({key, model::Value::String(value)});
  }
  if (missing.empty()) return false;
  const uint64_t room = max_attributes - std::min<uint64_t>(old.count, max_attributes);
  if (missing.size() > room) {
    resource.dropped_attributes_count += static_cast<uint32_t>(missing.size() - room);
    missing.resize(room);
  }
  const auto begin = static_cast<uint32_t>(batch.attributes.size());
  for (uint32_t i = 0; i < old.count; ++i) {
    const model::Attribute attribute = batch.attributes[old.begin + i];
    batch.attributes.push_back(attribute);
  }
  batch.attributes.insert(batch.attributes.end(), missing.begin(), missing.end());
  resource.attributes = {begin, old.count + static_cast<uint32_t>(missing.size())};
  return true;
}

}  // namespace

AttributeEditor::AttributeEditor(const std::map<std::string, std::string>& add,
                                 uint64_t max_attributes, Encode encode)
    : add_(std::make_shared<const Pairs>(add.begin(), add.end())),
      max_attributes_(max_attributes),
      encode_(std::move(encode)) {}

void AttributeEditor::Edit(contracts::SpanIngest& request) const {
  if (add_->empty()) return;
  bool changed = false;
  for (model::Resource& resource : request.spans.resources) {
    changed = AddMissing(request.spans, resource, *add_, max_attributes_) || changed;
  }
  if (!changed) return;
  request.spans.owners.push_back(add_);
  request.otlp = std::make_shared<const std::string>(encode_(request.spans));
}

}  // namespace orrery::pipeline
