// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "storage/columnar/bytes.h"
#include "traces/row_group_codec.h"
#include "traces/span_table.h"

namespace orrery::traces {

// The parts of a row group that hold who is whose parent: links and nested sets, and the ids.
// Parents are mostly named by their row, which the tree has; so the ids only add what it lacks.

// Sets table.nested to what follows from the table alone, each trace taken as a whole.
// Requires: the spans of each trace lie together.
void DeriveNestedSets(SpanTable& table);

// Both encoders require table.nested.
void EncodeTree(const SpanTable& table, uint32_t bit, std::string& out);
bool DecodeTree(columnar::ByteReader& in, uint32_t bit, const GroupCounts& counts,
                SpanTable& table);
void EncodeIds(const SpanTable& table, uint32_t bit, std::string& out);
// Requires: the tree is there.
bool DecodeIds(columnar::ByteReader& in, uint32_t bit, const GroupCounts& counts, SpanTable& table);

}  // namespace orrery::traces
