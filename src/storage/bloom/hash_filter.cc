// SPDX-License-Identifier: Apache-2.0
#include "storage/bloom/hash_filter.h"

#include <array>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace orrery::bloom {
namespace {

constexpr size_t kBitsPerKey = 10;
constexpr size_t kBlockBytes = 32;

// Odd and otherwise arbitrary; they are part of the format.
constexpr std::array<uint32_t, 8> kOdd = {0x9E3779B1u, 0x85EBCA77u, 0xC2B2AE3Du, 0x27D4EB2Fu,
                                          0x165667B1u, 0xD3A2646Du, 0xFD7046C5u, 0xB55A4F09u};

// The bit of word `word` that a key sets.
uint32_t BitOf(uint64_t hash, size_t word) {
  return uint32_t{1} << ((static_cast<uint32_t>(hash) * kOdd[word]) >> 27);
}

}  // namespace

uint64_t HashOf(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

HashFilter HashFilter::Of(std::span<const uint64_t> hashes) {
  if (hashes.empty()) return {};
  const size_t bits = hashes.size() * kBitsPerKey;
  HashFilter filter((bits + 8 * kBlockBytes - 1) / (8 * kBlockBytes));
  for (const uint64_t hash : hashes) {
    uint32_t* block = &filter.words_[filter.BlockOf(hash)];
    for (size_t word = 0; word < kBlockWords; ++word) block[word] |= BitOf(hash, word);
  }
  return filter;
}

std::optional<HashFilter> HashFilter::Parse(std::string_view bytes) {
  if (bytes.size() % kBlockBytes != 0) return std::nullopt;
  HashFilter filter(bytes.size() / kBlockBytes);
  for (size_t i = 0; i < bytes.size(); ++i) {
    filter.words_[i / 4] |= uint32_t{static_cast<uint8_t>(bytes[i])} << (8 * (i % 4));
  }
  return filter;
}

size_t HashFilter::BlockOf(uint64_t hash) const {
  const uint64_t blocks = words_.size() / kBlockWords;
  return static_cast<size_t>(((hash >> 32) * blocks) >> 32) * kBlockWords;
}

bool HashFilter::MayContain(uint64_t hash) const {
  if (words_.empty()) return false;
  const uint32_t* block = &words_[BlockOf(hash)];
  for (size_t word = 0; word < kBlockWords; ++word) {
    if ((block[word] & BitOf(hash, word)) == 0) return false;
  }
  return true;
}

std::string HashFilter::bytes() const {
  std::string out;
  out.reserve(words_.size() * 4);
  for (const uint32_t word : words_) {
    for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>(word >> shift));
  }
  return out;
}

}  // namespace orrery::bloom
