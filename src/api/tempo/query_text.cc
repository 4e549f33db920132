// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/query_text.h"

#include "traceql/check.h"
#include "traceql/parser.h"

namespace orrery::api {

Result<traceql::Query> ParseQuery(std::string_view text) {
  constexpr std::string_view kPrefix = "invalid TraceQL query: ";
  auto query = traceql::Parse(text);
  const Status status = query.ok() ? traceql::Check(*query) : query.status();
  if (status.ok()) return query;
  return InvalidArgument(std::string(kPrefix) + std::string(status.message()));
}

}  // namespace orrery::api
