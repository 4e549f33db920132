// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace orrery::genai {

// JsonObject writes one JSON object, member by member; the little JSON that messages need, so that
// the library brings no JSON dependency along. Not part of the public face.
class JsonObject {
 public:
  void Add(std::string_view name, std::string_view text);
  void AddIfAny(std::string_view name, std::string_view text);  // leaves an empty text out
  void AddRaw(std::string_view name, std::string_view json);    // Requires: `json` is JSON.
  void AddJsonOrText(std::string_view name, std::string_view value);

  std::string Take();  // Ends the object; nothing can be added afterwards.

 private:
  void Name(std::string_view name);

  std::string out_ = "{";
};

// `text` in quotes, with bytes that are not UTF-8 replaced by U+FFFD.
std::string Quoted(std::string_view text);

}  // namespace orrery::genai
