// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "base/check.h"
#include "promql/parser.h"
#include "promql/printer.h"

// What parses prints as something that parses to the same text.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const orrery::promql::ParserOptions options{.experimental_functions = true};
  const auto query = orrery::promql::Parse({reinterpret_cast<const char*>(data), size}, options);
  if (!query.ok()) return 0;
  const std::string text = orrery::promql::Print(**query);
  if (text.size() > orrery::promql::kMaxQueryBytes) return 0;
  const auto again = orrery::promql::Parse(text, options);
  ORRERY_CHECK(again.ok());
  ORRERY_CHECK(orrery::promql::Print(**again) == text);
  ORRERY_CHECK(orrery::promql::TypeOf(**again) == orrery::promql::TypeOf(**query));
  return 0;
}
