// SPDX-License-Identifier: Apache-2.0
#include "promql/testing/script_values.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "contracts/metric_queryable.h"
#include "promql/lex_literal.h"

namespace orrery::promql {
namespace {

using model::FloatHistogram;

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

void SkipBlanks(std::string_view& text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
}

std::string_view TakeUntil(std::string_view& text, std::string_view ends) {
  const size_t end = std::min(text.find_first_of(ends), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

Result<double> Number(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  std::string_view word = lowered;
  double sign = 1;
  if (word.starts_with('+') || word.starts_with('-')) {
    if (word.front() == '-') sign = -1;
    word.remove_prefix(1);
  }
  if (word == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (word == "inf") return sign * std::numeric_limits<double>::infinity();
  if (word == "stale") return std::bit_cast<double>(contracts::kStaleBits);
  if (const size_t length = DurationLength(word); length > 0 && length == word.size()) {
    return InvalidArgument("a duration is no value");
  }
  return ReadNumber(text);
}

Result<std::vector<double>> NumberList(std::string_view text) {
  std::vector<double> numbers;
  SkipBlanks(text);
  while (!text.empty()) {
    ORRERY_ASSIGN_OR_RETURN(const double number, Number(TakeUntil(text, " \t")));
    numbers.push_back(number);
    SkipBlanks(text);
  }
  return numbers;
}

FloatHistogram::Buckets Buckets(const std::vector<double>& counts, int32_t offset) {
  FloatHistogram::Buckets buckets;
  for (size_t i = 0; i < counts.size(); ++i) {
    buckets.push_back({offset + static_cast<int32_t>(i), counts[i]});
  }
  return buckets;
}

Result<model::ResetHint> Hint(std::string_view text) {
  if (text == "unknown") return model::ResetHint::kUnknown;
  if (text == "reset") return model::ResetHint::kReset;
  if (text == "not_reset") return model::ResetHint::kNoReset;
  if (text == "gauge") return model::ResetHint::kGauge;
  return InvalidArgument("unknown counter_reset_hint");
}

// What stands between the double braces.
Result<ScriptValue> ReadHistogram(std::string_view text) {
  ScriptValue value;
  FloatHistogram h;
  std::vector<double> positive;
  std::vector<double> negative;
  int32_t offset = 0;
  int32_t negative_offset = 0;
  SkipBlanks(text);
  while (!text.empty()) {
    const std::string_view key = TakeUntil(text, ":");
    if (text.empty()) return InvalidArgument("a histogram's property without a value");
    text.remove_prefix(1);
    SkipBlanks(text);
    if (text.starts_with('[')) {
      text.remove_prefix(1);
      ORRERY_ASSIGN_OR_RETURN(std::vector<double> list, NumberList(TakeUntil(text, "]")));
      if (!text.empty()) text.remove_prefix(1);
      if (key == "buckets")
        positive = std::move(list);
      else if (key == "n_buckets")
        negative = std::move(list);
      else if (key == "custom_values")
        h.custom_values = std::move(list);
      else
        return InvalidArgument(fmt::format("unknown property {}", key));
    } else if (key == "counter_reset_hint") {
      ORRERY_ASSIGN_OR_RETURN(h.hint, Hint(TakeUntil(text, " \t")));
      value.hint_given = true;
    } else {
      ORRERY_ASSIGN_OR_RETURN(const double number, Number(TakeUntil(text, " \t")));
      if (key == "schema")
        h.schema = static_cast<int32_t>(number);
      else if (key == "sum")
        h.sum = number;
      else if (key == "count")
        h.count = number;
      else if (key == "z_bucket")
        h.zero_count = number;
      else if (key == "z_bucket_w")
        h.zero_threshold = number;
      else if (key == "offset")
        offset = static_cast<int32_t>(number);
      else if (key == "n_offset")
        negative_offset = static_cast<int32_t>(number);
      else
        return InvalidArgument(fmt::format("unknown property {}", key));
    }
    SkipBlanks(text);
  }
  h.positive = Buckets(positive, offset);
  h.negative = Buckets(negative, negative_offset);
  value.histogram = std::move(h);
  return value;
}

Result<size_t> Times(std::string_view text) {
  size_t times = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), times);
  if (error != std::errc() || end != text.data() + text.size() || times > 1'000'000) {
    return InvalidArgument(fmt::format("not a number of repetitions: {}", text));
  }
  return times;
}

Status AppendHistograms(std::string_view& text, std::vector<ScriptValue>& values) {
  const size_t end = text.find("}}");
  if (end == std::string_view::npos) return InvalidArgument("a histogram without an end");
  ORRERY_ASSIGN_OR_RETURN(ScriptValue first, ReadHistogram(text.substr(2, end - 2)));
  text.remove_prefix(end + 2);
  double sign = 0;
  std::optional<FloatHistogram> change;
  if (text.starts_with("+{{") || text.starts_with("-{{")) {
    sign = text.front() == '+' ? 1 : -1;
    const size_t close = text.find("}}");
    if (close == std::string_view::npos) return InvalidArgument("a histogram without an end");
    ORRERY_ASSIGN_OR_RETURN(ScriptValue step, ReadHistogram(text.substr(3, close - 3)));
    change = std::move(step.histogram);
    text.remove_prefix(close + 2);
  }
  size_t times = 0;
  if (text.starts_with('x')) {
    text.remove_prefix(1);
    ORRERY_ASSIGN_OR_RETURN(times, Times(TakeUntil(text, " \t")));
  }
  values.push_back(first);
  for (size_t i = 0; i < times; ++i) {
    if (change && !first.histogram->Add(*change, sign)) {
      return InvalidArgument("histograms that do not go together");
    }
    if (change) first.histogram->Compact();
    values.push_back(first);
  }
  return OkStatus();
}

Status AppendNumbers(std::string_view word, std::vector<ScriptValue>& values) {
  if (word.starts_with('_')) {
    size_t times = 1;
    if (word.size() > 1) {
      ORRERY_ASSIGN_OR_RETURN(times, Times(word.substr(2)));
    }
    values.insert(values.end(), times, ScriptValue{.missing = true});
    return OkStatus();
  }
  const size_t x = word.rfind('x');
  if (x == std::string_view::npos) {
    ORRERY_ASSIGN_OR_RETURN(const double number, Number(word));
    values.push_back({.number = number});
    return OkStatus();
  }
  ORRERY_ASSIGN_OR_RETURN(const size_t times, Times(word.substr(x + 1)));
  const std::string_view terms = word.substr(0, x);
  // The sign of the change is the last one that belongs to neither an exponent nor the start.
  size_t split = std::string_view::npos;
  for (size_t i = 1; i < terms.size(); ++i) {
    const bool exponent = terms[i - 1] == 'e' || terms[i - 1] == 'E';
    if ((terms[i] == '+' || terms[i] == '-') && !exponent && split == std::string_view::npos) {
      split = i;
    }
  }
  ORRERY_ASSIGN_OR_RETURN(double number, Number(terms.substr(0, split)));
  double change = 0;
  if (split != std::string_view::npos) {
    ORRERY_ASSIGN_OR_RETURN(change, Number(terms.substr(split + 1)));
    if (terms[split] == '-') change = -change;
  }
  for (size_t i = 0; i <= times; ++i) {
    values.push_back({.number = number});
    number += change;
  }
  return OkStatus();
}

Result<std::string> ReadQuoted(std::string_view& text) {
  size_t length = 0;
  ORRERY_ASSIGN_OR_RETURN(std::string value, ReadString(text, length));
  text.remove_prefix(length);
  return value;
}

bool IsQuote(std::string_view text) {
  return text.starts_with('"') || text.starts_with('\'') || text.starts_with('`');
}

// `{a="b", "c.d"="e", "name"}`
Status ReadLabels(std::string_view& text, std::vector<model::Label>& labels) {
  text.remove_prefix(1);
  while (true) {
    SkipBlanks(text);
    if (text.empty()) return InvalidArgument("labels without an end");
    if (text.front() == '}') {
      text.remove_prefix(1);
      return OkStatus();
    }
    if (text.front() == ',') {
      text.remove_prefix(1);
      continue;
    }
    std::string name;
    if (IsQuote(text)) {
      ORRERY_ASSIGN_OR_RETURN(name, ReadQuoted(text));
    } else {
      name = TakeUntil(text, "= ,}");
    }
    SkipBlanks(text);
    if (!text.starts_with('=')) {
      labels.push_back({std::string(model::kMetricNameLabel), name});
      continue;
    }
    text.remove_prefix(1);
    SkipBlanks(text);
    if (!IsQuote(text)) return InvalidArgument("a label's value needs quotes");
    ORRERY_ASSIGN_OR_RETURN(std::string value, ReadQuoted(text));
    labels.push_back({name, std::move(value)});
  }
}

}  // namespace

Result<std::vector<ScriptValue>> ReadScriptValues(std::string_view text) {
  std::vector<ScriptValue> values;
  SkipBlanks(text);
  while (!text.empty()) {
    if (text.starts_with("{{")) {
      ORRERY_RETURN_IF_ERROR(AppendHistograms(text, values));
    } else {
      ORRERY_RETURN_IF_ERROR(AppendNumbers(TakeUntil(text, " \t"), values));
    }
    SkipBlanks(text);
  }
  return values;
}

Result<ScriptSeries> ReadScriptSeries(std::string_view line) {
  std::vector<model::Label> labels;
  SkipBlanks(line);
  const std::string_view name = TakeUntil(line, "{ \t");
  if (!name.empty()) labels.push_back({std::string(model::kMetricNameLabel), std::string(name)});
  SkipBlanks(line);
  if (line.starts_with('{') && !line.starts_with("{{")) {
    ORRERY_RETURN_IF_ERROR(ReadLabels(line, labels));
  }
  ScriptSeries series;
  series.labels = model::Labels(std::move(labels));
  ORRERY_ASSIGN_OR_RETURN(series.values, ReadScriptValues(line));
  return series;
}

}  // namespace orrery::promql
