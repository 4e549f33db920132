// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "storage/columnar/bytes.h"

namespace orrery::columnar {

// Two encodings of integer columns. Neither keeps the count: the reader has to know it.
// docs/formats/trace-block.md has the bytes.

// For codes of repeating things. Whole bytes, so that a general compressor behind it still sees
// patterns: one value; a sorted dictionary and positions; or differences of neighbours.
void EncodeCodes(std::span<const uint32_t> values, std::string& out);
// False when the bytes are not `count` such values, each below `limit`.
bool DecodeCodes(ByteReader& in, size_t count, uint64_t limit, std::vector<uint32_t>& out);

// For measured numbers, whose low bits no compressor can do much about: groups of 128 as distance
// from the group's smallest, in as many bits as the largest needs. Few distinct values get a
// dictionary, as above.
void EncodeNumbers(std::span<const uint64_t> values, std::string& out);
// False when the bytes are not `count` such values.
bool DecodeNumbers(ByteReader& in, size_t count, std::vector<uint64_t>& out);

}  // namespace orrery::columnar
