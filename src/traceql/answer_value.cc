// SPDX-License-Identifier: Apache-2.0
#include "traceql/answer_value.h"

#include <algorithm>

namespace orrery::traceql {
namespace {

// The elements of one type; an array of mixed types is shown as texts.
template <typename T, typename Get>
std::vector<T> Elements(const Value& array, const Get& get) {
  std::vector<T> elements;
  for (const Value& item : array.items) elements.push_back(get(item));
  return elements;
}

std::string ToAnswerText(const Value& value) {
  const AnswerValue answer = ToAnswer(value);
  if (const auto* text = std::get_if<std::string>(&answer)) return *text;
  if (const auto* flag = std::get_if<bool>(&answer)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<int64_t>(&answer)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&answer)) return FormatFloat(*real);
  return {};
}

AnswerValue ArrayToAnswer(const Value& array) {
  const auto all = [&](Type type) {
    return std::all_of(array.items.begin(), array.items.end(),
                       [type](const Value& item) { return item.type == type; });
  };
  if (!array.items.empty()) {
    if (all(Type::kInt)) {
      return Elements<int64_t>(array, [](const Value& item) { return item.number; });
    }
    if (all(Type::kFloat)) {
      return Elements<double>(array, [](const Value& item) { return item.real; });
    }
    if (all(Type::kBool)) {
      return Elements<bool>(array, [](const Value& item) { return item.number != 0; });
    }
  }
  return Elements<std::string>(array, ToAnswerText);
}

}  // namespace

AnswerValue ToAnswer(const Value& value) {
  switch (value.type) {
    case Type::kBool:
      return value.number != 0;
    case Type::kInt:
      return value.number;
    case Type::kFloat:
      return value.real;
    case Type::kString:
      return std::string(value.text);
    case Type::kDuration:
      return FormatDuration(value.number);
    case Type::kStatus:
      return std::string(StatusName(value.number));
    case Type::kKind:
      return std::string(KindName(value.number));
    case Type::kArray:
      return ArrayToAnswer(value);
    case Type::kNil:
    case Type::kOther:
    case Type::kAttribute:
      break;
  }
  return std::string("nil");
}

}  // namespace orrery::traceql
