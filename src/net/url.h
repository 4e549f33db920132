// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orrery::net {

// `%41` becomes A; a '%' that no two hex digits follow stays. In queries '+' means a space.
std::string PercentDecode(std::string_view text, bool plus_is_space = false);
// Everything but letters, digits and "-._~" becomes %XX.
std::string PercentEncode(std::string_view text);

// "a=1&b=%20&c" as pairs in order, decoded; a name without '=' has an empty value.
std::vector<std::pair<std::string, std::string>> ParseQuery(std::string_view query);

// Host and port of an authority: "localhost:3000", "[::1]:3000", IPv6 in brackets only. The host
// comes in lower case without brackets, the port may be empty. Nothing when it is not of that form.
struct Authority {
  std::string host;
  std::string port;

  bool operator==(const Authority&) const = default;
};
std::optional<Authority> ParseAuthority(std::string_view authority);

}  // namespace orrery::net
