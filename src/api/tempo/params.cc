// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/params.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "traceql/metrics.h"
#include "traceql/value.h"

namespace orrery::api {
namespace {

bool AllDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

template <typename T>
std::optional<T> ParseWhole(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Days since 1970-01-01 of a date in the Gregorian calendar.
int64_t DaysOf(int64_t year, int64_t month, int64_t day) {
  // Years begin in March, so that the leap day is the last of its year.
  year -= month <= 2 ? 1 : 0;
  const int64_t era = year / 400;
  const int64_t year_of_era = year % 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

// The offset behind the time: "Z", "+02:00". In seconds.
std::optional<int64_t> ParseOffset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') {
    return std::nullopt;
  }
  const auto hours = ParseWhole<uint32_t>(text.substr(1, 2));
  const auto minutes = ParseWhole<uint32_t>(text.substr(4, 2));
  if (!hours.has_value() || !minutes.has_value()) return std::nullopt;
  const int64_t seconds = int64_t{*hours} * 3600 + int64_t{*minutes} * 60;
  return text[0] == '-' ? -seconds : seconds;
}

// "2026-11-23T14:05:32.5Z"
std::optional<UnixNanos> ParseRfc3339(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  const auto number = [&](size_t at, size_t size) {
    return ParseWhole<uint32_t>(text.substr(at, size));
  };
  const auto year = number(0, 4), month = number(5, 2), day = number(8, 2), hour = number(11, 2),
             minute = number(14, 2), second = number(17, 2);
  if (!year || !month || !day || !hour || !minute || !second || *year < 1970 || *month < 1 ||
      *month > 12 || *day < 1 || *day > 31 || *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  std::string_view rest = text.substr(19);
  uint64_t nanos = 0;
  if (rest.starts_with('.')) {
    const size_t digits = std::min(rest.find_first_not_of("0123456789", 1), rest.size()) - 1;
    if (digits == 0 || digits > 9) return std::nullopt;
    nanos = *ParseWhole<uint32_t>(rest.substr(1, digits));
    for (size_t i = digits; i < 9; ++i) nanos *= 10;
    rest.remove_prefix(digits + 1);
  }
  const auto offset = ParseOffset(rest);
  if (!offset.has_value()) return std::nullopt;
  const int64_t seconds =
      DaysOf(*year, *month, *day) * 86'400 + *hour * 3600 + *minute * 60 + *second - *offset;
  if (seconds < 0) return std::nullopt;
  return static_cast<uint64_t>(seconds) * kNanosPerSecond + nanos;
}

struct ParsedTime {
  UnixNanos time = 0;
  bool whole_second = false;  // Given without anything finer.
};

std::optional<ParsedTime> ParseTime(std::string_view text) {
  if (AllDigits(text)) {
    const auto number = ParseWhole<uint64_t>(text);
    if (!number.has_value()) return std::nullopt;
    if (text.size() <= 10) return ParsedTime{*number * kNanosPerSecond, true};
    return ParsedTime{*number, false};
  }
  if (const auto time = ParseRfc3339(text)) return ParsedTime{*time, false};
  const auto seconds = ParseWhole<double>(text);
  if (!seconds.has_value() || !(*seconds >= 0 && *seconds < 1e10)) return std::nullopt;
  return ParsedTime{static_cast<UnixNanos>(std::llround(*seconds * 1e9)), false};
}

Status BadTime(std::string_view name, std::string_view text) {
  return InvalidArgument("invalid " + std::string(name) + ": \"" + std::string(text) +
                         "\" is no time; write Unix seconds, nanoseconds or RFC 3339");
}

// The length of `since`, at least 1; `absent` without it.
Result<uint64_t> ParseSince(const net::HttpRequest& request, uint64_t absent) {
  const auto since = NonEmptyParam(request, "since");
  if (!since.has_value()) return absent;
  const auto nanos = traceql::ParseDuration(*since);
  if (nanos.has_value() && *nanos > 0) return static_cast<uint64_t>(*nanos);
  return InvalidArgument("invalid since: \"" + std::string(*since) +
                         "\" is no duration; write 15m or 1h");
}

Result<UnixNanos> ParseTimeParam(const net::HttpRequest& request, std::string_view name,
                                 UnixNanos absent) {
  const auto text = NonEmptyParam(request, name);
  if (!text.has_value()) return absent;
  const auto parsed = ParseTime(*text);
  if (!parsed.has_value() || parsed->time > traceql::kMaxMetricsTime) return BadTime(name, *text);
  return parsed->time;
}

}  // namespace

std::optional<std::string_view> NonEmptyParam(const net::HttpRequest& request,
                                              std::string_view name) {
  const auto value = request.Param(name);
  return value.has_value() && !value->empty() ? value : std::nullopt;
}

Result<uint64_t> ParseCount(std::string_view name, std::string_view text) {
  const auto number = ParseWhole<uint64_t>(text);
  if (number.has_value()) return *number;
  return InvalidArgument("invalid " + std::string(name) + ": \"" + std::string(text) +
                         "\" is not a whole number");
}

Result<model::TimeRange> ParseTimeRange(const net::HttpRequest& request, UnixNanos now) {
  const auto start_text = NonEmptyParam(request, "start");
  const auto end_text = NonEmptyParam(request, "end");
  if (!start_text.has_value() && !end_text.has_value()) {
    ORRERY_ASSIGN_OR_RETURN(const uint64_t since, ParseSince(request, now));
    // Open at the end: spans of clocks that are ahead are the newest.
    model::TimeRange range;
    range.start = now - std::min(now, since);
    return range;
  }
  if (!start_text.has_value() || !end_text.has_value()) {
    return InvalidArgument(
        "http parameters start and end must be given together, or neither of them");
  }
  const auto start = ParseTime(*start_text);
  if (!start.has_value()) return BadTime("start", *start_text);
  const auto end = ParseTime(*end_text);
  if (!end.has_value()) return BadTime("end", *end_text);
  if (end->time <= start->time) {
    return InvalidArgument("http parameter start must be before end. received start=" +
                           std::string(*start_text) + " end=" + std::string(*end_text));
  }
  return model::TimeRange{start->time, end->time + (end->whole_second ? kNanosPerSecond - 1 : 0)};
}

Result<model::TimeRange> ParseMetricsRange(const net::HttpRequest& request, UnixNanos now) {
  constexpr uint64_t kDefaultSince = 3600 * kNanosPerSecond;
  ORRERY_ASSIGN_OR_RETURN(const uint64_t since, ParseSince(request, kDefaultSince));
  ORRERY_ASSIGN_OR_RETURN(const UnixNanos end, ParseTimeParam(request, "end", now));
  const UnixNanos last = std::min(end, now);
  ORRERY_ASSIGN_OR_RETURN(const UnixNanos start,
                          ParseTimeParam(request, "start", last - std::min(last, since)));
  if (end <= start) return InvalidArgument("end must be greater than start");
  return model::TimeRange{start, end};
}

Result<uint64_t> ParseStep(const net::HttpRequest& request) {
  constexpr double kMaxSeconds = 1e9;
  const auto text = NonEmptyParam(request, "step");
  if (!text.has_value()) return uint64_t{0};
  std::optional<double> nanos;
  if (const auto seconds = ParseWhole<double>(*text)) {
    nanos = *seconds * 1e9;
  } else if (const auto duration = traceql::ParseDuration(*text)) {
    nanos = static_cast<double>(*duration);
  }
  if (!nanos.has_value() || !(*nanos >= 0 && *nanos <= kMaxSeconds * 1e9)) {
    return InvalidArgument("invalid step: \"" + std::string(*text) +
                           "\" is no length of time; write seconds, such as 15, or 1m");
  }
  return static_cast<uint64_t>(std::llround(*nanos));
}

}  // namespace orrery::api
