// SPDX-License-Identifier: Apache-2.0
#include "traces/texts.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace orrery::traces {

namespace {
constexpr size_t kFirstSlots = 256;
}  // namespace

TextInterner::TextInterner() {
  short_slots_.slots.assign(kFirstSlots, 0);
  long_slots_.slots.assign(kFirstSlots, 0);
  short_slots_.hashes.push_back(0);  // The empty text; never looked up.
}

TextCode TextInterner::Intern(Texts& texts, std::string_view text) {
  if (text.empty()) return kEmptyText;
  if (text.size() < kLongTextBytes) return Find(texts.short_texts, short_slots_, text) << 1;
  return Find(texts.long_texts, long_slots_, text) << 1 | 1;
}

uint32_t TextInterner::Find(TextList& list, Slots& slots, std::string_view text) {
  const auto hash = static_cast<uint32_t>(XXH3_64bits(text.data(), text.size()));
  size_t mask = slots.slots.size() - 1;
  size_t place = hash & mask;
  while (slots.slots[place] != 0) {
    const uint32_t found = slots.slots[place] - 1;
    if (slots.hashes[found] == hash && list.at(found) == text) return found;
    place = (place + 1) & mask;
  }
  const auto added = static_cast<uint32_t>(list.size());
  list.Add(text);
  slots.hashes.push_back(hash);
  slots.slots[place] = added + 1;
  if (2 * slots.hashes.size() > slots.slots.size()) Grow(slots);
  return added;
}

void TextInterner::Grow(Slots& slots) {
  std::vector<uint32_t> wider(slots.slots.size() * 2, 0);
  const size_t mask = wider.size() - 1;
  for (const uint32_t position : slots.slots) {
    if (position == 0) continue;
    size_t place = slots.hashes[position - 1] & mask;
    while (wider[place] != 0) place = (place + 1) & mask;
    wider[place] = position;
  }
  slots.slots = std::move(wider);
}

}  // namespace orrery::traces
