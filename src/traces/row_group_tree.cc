// SPDX-License-Identifier: Apache-2.0
#include "traces/row_group_tree.h"

#include <cstring>
#include <span>
#include <vector>

#include "base/check.h"
#include "storage/columnar/integers.h"
#include "traces/nested_sets.h"
#include "traces/row_group_parts.h"

namespace orrery::traces {
namespace {

using columnar::ByteReader;

// Links: 0 for a root, 1 for a parent that is not in the row group, else 2 plus the zigzag
// distance to the parent's row.
constexpr uint32_t kRootCode = 0;
constexpr uint32_t kFarCode = 1;
constexpr uint32_t kFirstDistance = 2;

// How the numbers of a trace are kept.
enum TreeState : uint32_t {
  kFollows = 0,     // From the links.
  kUnnumbered = 1,  // Zeros: too many spans share an id.
  kGiven = 2,       // In full: other row groups have spans of the trace, too.
  kTreeStates = 3,
};

uint32_t RowsOf(const TraceRows& trace) { return trace.last - trace.first + 1; }

// Whether the numbers of a trace are those in rows 0... of `derived`.
bool SameNumbers(const NestedSets& own, const TraceRows& trace, const NestedSets& derived) {
  for (uint32_t row = trace.first; row <= trace.last; ++row) {
    const uint32_t i = row - trace.first;
    if (own.left[row] != derived.left[i] || own.right[row] != derived.right[i] ||
        own.parent[row] != derived.parent[i]) {
      return false;
    }
  }
  return true;
}

uint32_t LinkCode(uint32_t row, uint32_t parent) {
  if (parent == NestedSets::kRoot) return kRootCode;
  if (parent == NestedSets::kNoParent) return kFarCode;
  return kFirstDistance + static_cast<uint32_t>(columnar::ZigZag(int64_t{row} - int64_t{parent}));
}

// What is written of a tree.
struct TreeColumns {
  std::vector<uint32_t> links;     // Codes, by row.
  std::vector<uint32_t> states;    // By trace.
  std::vector<uint32_t> given[3];  // Left, right, parent + 1.

  // Adds the state of a trace, and its numbers when they are not those in `derived`, which follow
  // from its links. `derived` is used up.
  void AddNumbers(const NestedSets& own, const TraceRows& trace, NestedSets& derived) {
    states.push_back(kFollows);
    if (SameNumbers(own, trace, derived)) return;
    derived.resize(derived.size());
    states.back() = kUnnumbered;
    if (SameNumbers(own, trace, derived)) return;
    states.back() = kGiven;
    for (uint32_t row = trace.first; row <= trace.last; ++row) {
      given[0].push_back(own.left[row]);
      given[1].push_back(own.right[row]);
      given[2].push_back(static_cast<uint32_t>(own.parent[row]) + 1);
    }
  }
};

bool DecodeGiven(ByteReader& in, SpanTable& table, const std::vector<uint32_t>& rows) {
  std::vector<uint32_t> left;
  std::vector<uint32_t> right;
  std::vector<uint32_t> parent;
  if (!columnar::DecodeCodes(in, rows.size(), kAnyCode, left) ||
      !columnar::DecodeCodes(in, rows.size(), kAnyCode, right) ||
      !columnar::DecodeCodes(in, rows.size(), kAnyCode, parent)) {
    return false;
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    table.nested.left[rows[i]] = left[i];
    table.nested.right[rows[i]] = right[i];
    table.nested.parent[rows[i]] = static_cast<int32_t>(parent[i] - 1);
  }
  return true;
}

}  // namespace

void DeriveNestedSets(SpanTable& table) {
  table.nested.resize(table.rows());
  TreeLinker linker;
  TreeNumberer numberer;
  std::vector<uint32_t> links;
  for (const TraceRows& trace : table.traces) {
    const uint32_t rows = RowsOf(trace);
    links.resize(rows);
    const bool is_clear = linker.Link({std::span(table.span_ids).subspan(trace.first, rows),
                                       std::span(table.parent_ids).subspan(trace.first, rows),
                                       std::span(table.kinds).subspan(trace.first, rows)},
                                      links);
    for (uint32_t i = 0; i < rows; ++i) {
      table.nested.parent_rows[trace.first + i] =
          links[i] < rows ? trace.first + links[i] : links[i];
    }
    if (is_clear) numberer.Number(links, trace.first, table.nested);
  }
}

void EncodeTree(const SpanTable& table, uint32_t, std::string& out) {
  ORRERY_CHECK(table.nested.size() == table.rows());
  TreeColumns columns;
  columns.links.reserve(table.rows());
  std::vector<uint32_t> links;
  TreeNumberer numberer;
  NestedSets derived;
  for (const TraceRows& trace : table.traces) {
    links.clear();
    for (uint32_t row = trace.first; row <= trace.last; ++row) {
      const uint32_t parent = table.nested.parent_rows[row];
      links.push_back(parent < NestedSets::kRoot ? parent - trace.first : parent);
      columns.links.push_back(LinkCode(row, parent));
    }
    derived.resize(links.size());
    numberer.Number(links, 0, derived);
    columns.AddNumbers(table.nested, trace, derived);
  }
  columnar::EncodeCodes(columns.links, out);
  columnar::EncodeCodes(columns.states, out);
  for (const auto& numbers : columns.given) {
    if (!numbers.empty()) columnar::EncodeCodes(numbers, out);
  }
}

bool DecodeTree(ByteReader& in, uint32_t, const GroupCounts& counts, SpanTable& table) {
  std::vector<uint32_t> codes;
  std::vector<uint32_t> states;
  if (!columnar::DecodeCodes(in, counts.rows, kAnyCode, codes) ||
      !columnar::DecodeCodes(in, counts.traces, kTreeStates, states)) {
    return false;
  }
  NestedSets& nested = table.nested;
  nested.resize(counts.rows);
  TreeNumberer numberer;
  std::vector<uint32_t> links;
  std::vector<uint32_t> given;
  for (uint32_t t = 0; t < table.traces.size(); ++t) {
    const TraceRows& trace = table.traces[t];
    const uint32_t rows = RowsOf(trace);
    links.clear();
    for (uint32_t i = 0; i < rows; ++i) {
      const uint32_t code = codes[trace.first + i];
      uint32_t link = code == kRootCode ? NestedSets::kRoot : NestedSets::kNoParent;
      if (code >= kFirstDistance) {
        const int64_t parent = int64_t{i} - columnar::UnZigZag(code - kFirstDistance);
        if (parent < 0 || parent >= rows) return false;
        link = static_cast<uint32_t>(parent);
      }
      links.push_back(link);
      nested.parent_rows[trace.first + i] = link < rows ? trace.first + link : link;
    }
    if (states[t] == kFollows) numberer.Number(links, trace.first, nested);
    if (states[t] != kGiven) continue;
    for (uint32_t row = trace.first; row <= trace.last; ++row) given.push_back(row);
  }
  return given.empty() || DecodeGiven(in, table, given);
}

// Ids: span ids as they are; for each row whose parent is not in the row group, the parent's id;
// then the rows whose parent's id is another one than that of the row they are linked to (server
// sides that share their client's id): how many, and for each the distance from the one before and
// the id.
void EncodeIds(const SpanTable& table, uint32_t, std::string& out) {
  std::string far;
  std::string others;
  uint64_t other_count = 0;
  uint32_t previous = 0;
  for (uint32_t row = 0; row < table.rows(); ++row) {
    const uint32_t link = table.nested.parent_rows[row];
    const model::SpanId& parent = table.parent_ids[row];
    if (link == NestedSets::kNoParent) {
      far.append(parent.view());
    } else if (link == NestedSets::kRoot ? !parent.IsZero() : parent != table.span_ids[link]) {
      columnar::PutVarint(row - previous, others);
      others.append(parent.view());
      previous = row;
      ++other_count;
    }
  }
  for (const model::SpanId& id : table.span_ids) out.append(id.view());
  out.append(far);
  columnar::PutVarint(other_count, out);
  out.append(others);
}

bool DecodeIds(ByteReader& in, uint32_t, const GroupCounts& counts, SpanTable& table) {
  const std::string_view ids = in.Bytes(8 * counts.rows);
  if (!in.ok()) return false;
  table.span_ids.resize(counts.rows);
  if (!ids.empty()) std::memcpy(table.span_ids.data(), ids.data(), ids.size());
  table.parent_ids.assign(counts.rows, {});
  for (uint32_t row = 0; row < counts.rows; ++row) {
    const uint32_t link = table.nested.parent_rows[row];
    if (link == NestedSets::kRoot) continue;
    if (link != NestedSets::kNoParent) {
      table.parent_ids[row] = table.span_ids[link];
      continue;
    }
    const std::string_view far = in.Bytes(8);
    if (!in.ok()) return false;
    table.parent_ids[row] = model::SpanId::FromBytes(far);
  }
  const uint64_t others = in.Varint();
  if (!in.ok() || others > counts.rows) return false;
  uint64_t row = 0;
  for (uint64_t i = 0; i < others; ++i) {
    row += in.Varint();
    const std::string_view id = in.Bytes(8);
    if (!in.ok() || row >= counts.rows) return false;
    table.parent_ids[row] = model::SpanId::FromBytes(id);
  }
  return true;
}

}  // namespace orrery::traces
