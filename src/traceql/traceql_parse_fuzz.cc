// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "base/check.h"
#include "traceql/check.h"
#include "traceql/parser.h"
#include "traceql/printer.h"

// What parses prints as something that parses to the same text, and is judged alike.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto query = orrery::traceql::Parse({reinterpret_cast<const char*>(data), size});
  if (!query.ok()) return 0;
  const std::string text = orrery::traceql::Print(*query);
  const auto again = orrery::traceql::Parse(text);
  if (text.size() > orrery::traceql::kMaxQueryBytes) return 0;
  ORRERY_CHECK(again.ok());
  ORRERY_CHECK(orrery::traceql::Print(*again) == text);
  ORRERY_CHECK(orrery::traceql::Check(*query).code() == orrery::traceql::Check(*again).code());
  return 0;
}
