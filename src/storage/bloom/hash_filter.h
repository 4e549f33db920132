// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::bloom {

// The hash that filters are asked with.
uint64_t HashOf(std::string_view bytes);

// HashFilter answers whether a key may be in a set that was written once: never "no" for one that
// is, and "yes" for about one in a hundred of the others.
//
// A key sets eight bits within one block of 32 bytes, one bit in each of the block's eight words:
// the high half of its hash chooses the block, the low half times eight odd constants the bits. So
// a question costs one cache line, and a filter is whole blocks of bytes and nothing else:
//
//   +--------+--------+-- ... --+--------+--------+-- ...
//   | word 0 | word 1 |         | word 7 | word 0 |          words are u32, little-endian
//   +--------+--------+-- ... --+--------+--------+-- ...
//    block 0                              block 1
//
// Life:    Of makes one from hashes; bytes() goes to disk; Parse takes it back.
// Threads: as a value type.
// Cost:    10 bits a key, 32 bytes at least.
class HashFilter {
 public:
  // Nobody is in it.
  HashFilter() = default;
  static HashFilter Of(std::span<const uint64_t> hashes);
  // Nothing when the bytes cannot be those of a filter.
  static std::optional<HashFilter> Parse(std::string_view bytes);

  // Requires: `hash` is HashOf of the key.
  bool MayContain(uint64_t hash) const;
  std::string bytes() const;
  size_t memory_bytes() const { return words_.capacity() * sizeof(uint32_t); }

 private:
  static constexpr size_t kBlockWords = 8;

  explicit HashFilter(size_t blocks) : words_(blocks * kBlockWords, 0) {}
  size_t BlockOf(uint64_t hash) const;

  std::vector<uint32_t> words_;
};

}  // namespace orrery::bloom
