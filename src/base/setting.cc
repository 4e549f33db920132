// SPDX-License-Identifier: Apache-2.0
#include "base/setting.h"

#include <charconv>

#include "base/nearest.h"
#include "base/units.h"

namespace orrery {
namespace {

std::string Is(std::string_view text) { return "is \"" + std::string(text) + "\""; }

// Ok when `value` lies within the bounds; else says which one it breaks.
Status CheckBounds(uint64_t value, uint64_t least, uint64_t most,
                   const std::function<std::string(uint64_t)>& print) {
  if (value < least) {
    return InvalidArgument("is " + print(value) + ", below the least, " + print(least));
  }
  if (value > most) {
    return InvalidArgument("is " + print(value) + ", above the most, " + print(most));
  }
  return OkStatus();
}

std::string BoundsText(uint64_t least, uint64_t most,
                       const std::function<std::string(uint64_t)>& print) {
  return print(least) + " to " + print(most);
}

std::string_view Trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// The parts between commas; none for empty text.
std::vector<std::string_view> SplitAtCommas(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    parts.push_back(Trim(text.substr(0, comma)));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return parts;
}

// Letters behind the first number: "15d" -> "d".
std::string UnitOf(std::string_view text) {
  const size_t begin = text.find_first_not_of("0123456789.");
  if (begin == std::string_view::npos) return "s";
  const size_t end = text.find_first_of("0123456789.", begin);
  return std::string(text.substr(begin, end == std::string_view::npos ? end : end - begin));
}

}  // namespace

Setting::Setting(SettingText text, std::string type, std::string bounds, SetFunction set,
                 PrintFunction print)
    : text_(std::move(text)),
      type_(std::move(type)),
      bounds_(std::move(bounds)),
      set_(std::move(set)),
      print_(std::move(print)),
      default_(print_()) {}

std::string Setting::PublicValue() const {
  if (!text_.is_secret) return Value();
  return Value().empty() ? "" : "(hidden)";
}

Setting Setting::Text(SettingText text, std::string* target) {
  const auto set = [target](std::string_view value) -> Status {
    if (value.empty()) return InvalidArgument("is empty");
    *target = value;
    return OkStatus();
  };
  return Setting(std::move(text), "text", "", set, [target] { return *target; });
}

Setting Setting::Flag(SettingText text, bool* target) {
  const auto set = [target](std::string_view value) -> Status {
    if (value != "true" && value != "false") {
      return InvalidArgument(Is(value) + "; write true or false");
    }
    *target = value == "true";
    return OkStatus();
  };
  return Setting(std::move(text), "true or false", "", set,
                 [target] { return *target ? "true" : "false"; });
}

Setting Setting::CountOf(SettingText text, std::function<void(uint64_t)> take,
                         std::function<uint64_t()> taken, uint64_t least, uint64_t most) {
  const auto print = [](uint64_t n) { return std::to_string(n); };
  const auto set = [=](std::string_view value) -> Status {
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(value.begin(), value.end(), number);
    if (error != std::errc() || end != value.end()) {
      return InvalidArgument(Is(value) + ", which is no whole number from " +
                             BoundsText(least, most, print));
    }
    ORRERY_RETURN_IF_ERROR(CheckBounds(number, least, most, print));
    take(number);
    return OkStatus();
  };
  return Setting(std::move(text), "number", BoundsText(least, most, print), set,
                 [taken] { return std::to_string(taken()); });
}

Setting Setting::Size(SettingText text, uint64_t* target, uint64_t least, uint64_t most) {
  const auto set = [=](std::string_view value) -> Status {
    ORRERY_ASSIGN_OR_RETURN(const uint64_t bytes, ParseSize(value));
    ORRERY_RETURN_IF_ERROR(CheckBounds(bytes, least, most, FormatSize));
    *target = bytes;
    return OkStatus();
  };
  return Setting(std::move(text), "size", BoundsText(least, most, FormatSize), set,
                 [target] { return FormatSize(*target); });
}

Setting Setting::Duration(SettingText text, uint64_t* nanos, uint64_t least, uint64_t most) {
  const std::string unit = UnitOf(text.example);
  const auto set = [=](std::string_view value) -> Status {
    ORRERY_ASSIGN_OR_RETURN(const uint64_t duration, ParseDuration(value, unit));
    ORRERY_RETURN_IF_ERROR(CheckBounds(duration, least, most, FormatDuration));
    *nanos = duration;
    return OkStatus();
  };
  return Setting(std::move(text), "duration", BoundsText(least, most, FormatDuration), set,
                 [nanos] { return FormatDuration(*nanos); });
}

Setting Setting::Listen(SettingText text, Address* target) {
  return Setting(
      std::move(text), "address", "",
      [target](std::string_view value) { return ParseAddress(value, *target); },
      [target] { return target->ToString(); });
}

Setting Setting::List(SettingText text, SettingList* target) {
  const auto set = [target](std::string_view value) -> Status {
    SettingList list;
    for (const std::string_view part : SplitAtCommas(value)) {
      if (part.empty()) return InvalidArgument(Is(value) + ", with nothing between two commas");
      list.emplace_back(part);
    }
    *target = std::move(list);
    return OkStatus();
  };
  const auto print = [target] {
    std::string joined;
    for (const std::string& part : *target) joined += (joined.empty() ? "" : ",") + part;
    return joined;
  };
  Setting setting(std::move(text), "list", "", set, print);
  setting.set_items_ = [target](const SettingMap& items) {
    target->clear();
    for (const auto& [key, value] : items) target->push_back(value);
    return OkStatus();
  };
  return setting;
}

Setting Setting::Map(SettingText text, SettingMap* target) {
  const auto set = [target](std::string_view value) -> Status {
    SettingMap map;
    for (const std::string_view part : SplitAtCommas(value)) {
      const size_t equals = part.find('=');
      if (equals == std::string_view::npos || equals == 0) {
        return InvalidArgument(Is(value) + "; write key=value, with commas in between");
      }
      map.emplace_back(part.substr(0, equals), part.substr(equals + 1));
    }
    *target = std::move(map);
    return OkStatus();
  };
  const auto print = [target] {
    std::string joined;
    for (const auto& [key, value] : *target) {
      joined += (joined.empty() ? "" : ",") + key + "=" + value;
    }
    return joined;
  };
  Setting setting(std::move(text), "map", "", set, print);
  setting.set_items_ = [target](const SettingMap& items) {
    *target = items;
    return OkStatus();
  };
  return setting;
}

Setting Setting::ChoiceOf(SettingText text, std::vector<std::string> names,
                          std::function<void(size_t)> pick, std::function<size_t()> picked) {
  std::string all;
  for (size_t i = 0; i < names.size(); ++i) {
    all += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  }
  const auto set = [=](std::string_view value) -> Status {
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i] == value) {
        pick(i);
        return OkStatus();
      }
    }
    return InvalidArgument(Is(value) + "; write " + all);
  };
  return Setting(std::move(text), "choice", all, set, [=] { return names[picked()]; });
}

std::string Address::ToString() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Status ParseAddress(std::string_view text, Address& address) {
  const auto refuse = [&] {
    return InvalidArgument(Is(text) +
                           ", which is no address; write an IP address and a port, such as "
                           "127.0.0.1:3000");
  };
  const size_t colon = text.rfind(':');
  std::string_view host = colon == std::string_view::npos ? "" : text.substr(0, colon);
  const std::string_view digits = colon == std::string_view::npos ? text : text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return refuse();  // IPv6 without brackets: the port cannot be told.
  }
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), port);
  if (error != std::errc() || end != digits.end()) return refuse();
  if (host == "localhost" || host.empty()) host = "127.0.0.1";
  if (host.find_first_not_of("0123456789abcdefABCDEF.:%") != std::string_view::npos)
    return refuse();
  address = {.host = std::string(host), .port = port};
  return OkStatus();
}

}  // namespace orrery
