// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/logfmt.h"

#include <algorithm>
#include <charconv>

#include "traceql/field.h"
#include "traceql/value.h"

namespace orrery::api {
namespace {

// Reads a value at the start of `text`, plain or in quotes, and takes it off.
Result<std::string> TakeValue(std::string_view& text) {
  if (!text.starts_with('"')) {
    const size_t end = std::min(text.find(' '), text.size());
    std::string value(text.substr(0, end));
    text.remove_prefix(end);
    return value;
  }
  std::string value;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    value.push_back(text[i]);
  }
  return InvalidArgument("invalid tags: a quote is not closed");
}

// A regular expression for `text` as it stands.
std::string QuoteRegex(std::string_view text) {
  std::string quoted;
  for (const char c : text) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) quoted += '\\';
    quoted += c;
  }
  return quoted;
}

bool IsNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return error == std::errc() && end == text.data() + text.size() &&
         text.find_first_not_of("-.0123456789") == std::string_view::npos && text.back() != '.';
}

std::string Contains(const std::string& field, std::string_view value) {
  return field + " =~ " + traceql::QuoteText("(?i).*" + QuoteRegex(value) + ".*");
}

std::string TagCondition(const std::string& key, const std::string& value) {
  if (key == "name") return Contains("name", value);
  if (key == "root.name") return Contains("rootName", value);
  if (key == "root.service.name") return Contains("rootServiceName", value);
  if (key == "status.code" && traceql::StatusFromName(value).has_value())
    return "status = " + value;
  if (key == "error" && value == "true") return "status = error";
  const std::string field = ToText(traceql::Field::Of(contracts::AttributeScope::kAny, key));
  const std::string text = Contains(field, value);
  if (value == "true" || value == "false" || IsNumber(value)) {
    return "(" + text + " || " + field + " = " + value + ")";
  }
  return text;
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> ParseLogfmt(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return pairs;
    const size_t end = std::min(text.find_first_of(" ="), text.size());
    if (end == 0) return InvalidArgument("invalid tags: a value stands without its key");
    std::string key(text.substr(0, end));
    text.remove_prefix(end);
    std::string value;
    if (text.starts_with('=')) {
      text.remove_prefix(1);
      ORRERY_ASSIGN_OR_RETURN(value, TakeValue(text));
    }
    const auto same_key = [&](const auto& pair) { return pair.first == key; };
    if (std::any_of(pairs.begin(), pairs.end(), same_key)) {
      return InvalidArgument("invalid tags: tag " + key + " has been set twice");
    }
    pairs.emplace_back(std::move(key), std::move(value));
  }
}

std::string TagsToQuery(const std::vector<std::pair<std::string, std::string>>& tags) {
  std::string query = "{ ";
  for (size_t i = 0; i < tags.size(); ++i) {
    if (i > 0) query += " && ";
    query += TagCondition(tags[i].first, tags[i].second);
  }
  return query + (tags.empty() ? "}" : " }");
}

}  // namespace orrery::api
