// SPDX-License-Identifier: Apache-2.0
#include "wire/span_groups.h"

#include <string>
#include <unordered_map>
#include <utility>

#include "wire/otlp_messages.h"

namespace orrery::wire {
namespace {

constexpr uint32_t kUnseen = 0xffffffff;

// For each element of a list, a number that equal elements share; numbered as they are asked for.
class ContentNumbers {
 public:
  explicit ContentNumbers(size_t size) : number_(size, kUnseen) {}

  // `encode` gives the content of element `index`; asked at most once for each.
  template <typename Encode>
  uint32_t Of(uint32_t index, Encode encode) {
    if (number_[index] == kUnseen) {
      number_[index] = seen_.emplace(encode(), static_cast<uint32_t>(seen_.size())).first->second;
    }
    return number_[index];
  }

 private:
  std::vector<uint32_t> number_;
  std::unordered_map<std::string, uint32_t> seen_;
};

}  // namespace

std::vector<ResourceGroup> GroupSpans(const model::SpanBatch& batch) {
  ContentNumbers resources(batch.resources.size());
  ContentNumbers scopes(batch.scopes.size());
  std::vector<ResourceGroup> groups;
  // Where the scope group of a (resource, scope) pair stands within its resource group.
  std::unordered_map<uint64_t, uint32_t> place;
  for (uint32_t i = 0; i < batch.spans.size(); ++i) {
    const model::Span& span = batch.spans[i];
    const uint32_t resource = resources.Of(span.resource, [&] {
      const model::Resource& content = batch.resources[span.resource];
      return EncodeResource(batch, content) + '\0' + std::string(content.schema_url);
    });
    const uint32_t scope = scopes.Of(span.scope, [&] {
      const model::Scope& content = batch.scopes[span.scope];
      return EncodeScope(batch, content) + '\0' + std::string(content.schema_url);
    });
    if (resource == groups.size()) groups.push_back({span.resource, {}});
    std::vector<ScopeGroup>& list = groups[resource].scopes;
    const auto [slot, is_new] =
        place.emplace(uint64_t{resource} << 32 | scope, static_cast<uint32_t>(list.size()));
    if (is_new) list.push_back({span.scope, {}});
    list[slot->second].spans.push_back(i);
  }
  return groups;
}

}  // namespace orrery::wire
