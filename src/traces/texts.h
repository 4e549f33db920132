// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::traces {

// A text in a table's pool. The lowest bit says which of the two lists holds it.
using TextCode = uint32_t;

// The empty text has the same code in every pool.
inline constexpr TextCode kEmptyText = 0;

// From this length on a text is kept apart, so that what only looks at names and small values never
// reads prompts.
inline constexpr size_t kLongTextBytes = 128;

// Distinct texts, back to back.
struct TextList {
  std::string bytes;
  std::vector<uint32_t> ends;  // Text i ends here; it begins where text i - 1 ends.

  size_t size() const { return ends.size(); }
  std::string_view at(uint32_t i) const {
    const uint32_t begin = i == 0 ? 0 : ends[i - 1];
    return {bytes.data() + begin, ends[i] - begin};
  }
  void Add(std::string_view text) {
    bytes.append(text);
    ends.push_back(static_cast<uint32_t>(bytes.size()));
  }
};

// All texts of one table: keys, names, text values, bytes, and encoded nested values.
struct Texts {
  TextList short_texts;  // Text 0 is the empty one.
  TextList long_texts;

  Texts() { short_texts.Add({}); }
  static bool IsLong(TextCode code) { return (code & 1) != 0; }
  std::string_view at(TextCode code) const {
    return IsLong(code) ? long_texts.at(code >> 1) : short_texts.at(code >> 1);
  }
  // One past the largest code; codes have gaps.
  size_t code_limit() const {
    return 2 * (short_texts.size() > long_texts.size() ? short_texts.size() : long_texts.size());
  }
  size_t memory_bytes() const {
    return short_texts.bytes.capacity() + long_texts.bytes.capacity() +
           4 * (short_texts.ends.capacity() + long_texts.ends.capacity());
  }
};

// TextInterner adds texts to a pool, each distinct one once.
//
// Life:    made with an empty pool, used while its table grows, then thrown away.
// Threads: one at a time.
// Cost:    a hash of the text and about one probe.
class TextInterner {
 public:
  TextInterner();
  // The same pool must be given at every call; it must not be changed by anybody else.
  TextCode Intern(Texts& texts, std::string_view text);

 private:
  // An open-addressing table of list positions.
  struct Slots {
    std::vector<uint32_t> slots;   // Position + 1; 0 is free. A power of two.
    std::vector<uint32_t> hashes;  // Of text i.
  };
  static uint32_t Find(TextList& list, Slots& slots, std::string_view text);
  static void Grow(Slots& slots);

  Slots short_slots_;
  Slots long_slots_;
};

}  // namespace orrery::traces
