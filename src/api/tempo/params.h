// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/time_range.h"
#include "net/http_message.h"

namespace orrery::api {

// The parameter, where an empty value counts as none.
std::optional<std::string_view> NonEmptyParam(const net::HttpRequest& request,
                                              std::string_view name);

// A whole number without sign. InvalidArgument names the parameter and what it is instead.
Result<uint64_t> ParseCount(std::string_view name, std::string_view text);

// The range of `start` and `end`, or of `since`, or all of time when none is there. Times are Unix
// seconds (up to ten digits), nanoseconds (more), seconds with a fraction, or RFC 3339. The last
// second is in the range as a whole. One without the other, or an end that is not after the start,
// is InvalidArgument.
Result<model::TimeRange> ParseTimeRange(const net::HttpRequest& request, UnixNanos now);

// The range of a query of metrics, whose ends are points in time: `end` is now when it is absent,
// and `start` lies `since` (1h) before the earlier of end and now. InvalidArgument as above.
Result<model::TimeRange> ParseMetricsRange(const net::HttpRequest& request, UnixNanos now);

// A step in seconds ("15", "0.5") or as a duration ("1m"), in nanoseconds; 0 when it is absent.
Result<uint64_t> ParseStep(const net::HttpRequest& request);

}  // namespace orrery::api
