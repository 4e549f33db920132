// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace orrery::api {

// `k=v k2="v 2"` as pairs in order; a key without '=' has an empty value. InvalidArgument for a key
// that comes twice, a value without its key, and a quote that stays open.
Result<std::vector<std::pair<std::string, std::string>>> ParseLogfmt(std::string_view text);

// The TraceQL query for the tags of an old search: all must hold for one span or its resource; a
// value matches as a part of a text, whatever its case, or as the number or bool that it looks
// like. An empty list is `{ }`.
std::string TagsToQuery(const std::vector<std::pair<std::string, std::string>>& tags);

}  // namespace orrery::api
