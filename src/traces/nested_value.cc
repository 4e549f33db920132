// SPDX-License-Identifier: Apache-2.0
#include "traces/nested_value.h"

#include <bit>
#include <vector>

#include "storage/columnar/bytes.h"

namespace orrery::traces {
namespace {

using columnar::ByteReader;
using model::Attribute;
using model::IndexRange;
using model::SpanBatch;
using model::Value;

bool DecodeValue(ByteReader& in, SpanBatch& batch, Value& value, int depth);

// Elements are read into a list of their own first, because nested lists grow the same pool.
bool DecodeArray(ByteReader& in, SpanBatch& batch, Value& value, int depth) {
  const uint64_t count = in.Varint();
  if (!in.ok() || count > in.remaining()) return false;  // An element is a byte at least.
  std::vector<Value> items(count);
  for (Value& item : items) {
    if (!DecodeValue(in, batch, item, depth + 1)) return false;
  }
  const IndexRange range{static_cast<uint32_t>(batch.array_items.size()),
                         static_cast<uint32_t>(count)};
  batch.array_items.insert(batch.array_items.end(), items.begin(), items.end());
  value = Value::Array(range);
  return true;
}

bool DecodeKvList(ByteReader& in, SpanBatch& batch, Value& value, int depth) {
  const uint64_t count = in.Varint();
  if (!in.ok() || count > in.remaining()) return false;
  std::vector<Attribute> entries(count);
  for (Attribute& entry : entries) {
    entry.key = in.Text();
    if (!DecodeValue(in, batch, entry.value, depth + 1)) return false;
  }
  const IndexRange range{static_cast<uint32_t>(batch.attributes.size()),
                         static_cast<uint32_t>(count)};
  batch.attributes.insert(batch.attributes.end(), entries.begin(), entries.end());
  value = Value::KvList(range);
  return true;
}

bool DecodeValue(ByteReader& in, SpanBatch& batch, Value& value, int depth) {
  if (depth > kMaxNesting) return false;
  const uint8_t type = in.Byte();
  if (!in.ok()) return false;
  switch (static_cast<Value::Type>(type)) {
    case Value::Type::kEmpty:
      value = Value();
      return true;
    case Value::Type::kString:
      value = Value::String(in.Text());
      return in.ok();
    case Value::Type::kBytes:
      value = Value::Bytes(in.Text());
      return in.ok();
    case Value::Type::kBool:
      value = Value::Bool(in.Byte() != 0);
      return in.ok();
    case Value::Type::kInt:
      value = Value::Int(columnar::UnZigZag(in.Varint()));
      return in.ok();
    case Value::Type::kDouble:
      value = Value::Double(std::bit_cast<double>(in.Fixed64()));
      return in.ok();
    case Value::Type::kArray:
      return DecodeArray(in, batch, value, depth);
    case Value::Type::kKvList:
      return DecodeKvList(in, batch, value, depth);
  }
  return false;
}

}  // namespace

void EncodeNested(const SpanBatch& batch, const Value& value, std::string& out) {
  out.push_back(static_cast<char>(value.type()));
  switch (value.type()) {
    case Value::Type::kEmpty:
      break;
    case Value::Type::kString:
    case Value::Type::kBytes:
      columnar::PutText(value.text(), out);
      break;
    case Value::Type::kBool:
      out.push_back(value.bool_value() ? 1 : 0);
      break;
    case Value::Type::kInt:
      columnar::PutVarint(columnar::ZigZag(value.int_value()), out);
      break;
    case Value::Type::kDouble:
      columnar::PutFixed64(std::bit_cast<uint64_t>(value.double_value()), out);
      break;
    case Value::Type::kArray:
      columnar::PutVarint(value.range().count, out);
      for (const Value& item : batch.Items(value)) EncodeNested(batch, item, out);
      break;
    case Value::Type::kKvList:
      columnar::PutVarint(value.range().count, out);
      for (const Attribute& entry : batch.Attributes(value.range())) {
        columnar::PutText(entry.key, out);
        EncodeNested(batch, entry.value, out);
      }
      break;
  }
}

Status DecodeNested(std::string_view bytes, Value::Type type, SpanBatch& batch, Value& value) {
  ByteReader in(bytes);
  if (!DecodeValue(in, batch, value, 0) || !in.AtEnd() || value.type() != type) {
    return Corruption("nested attribute value does not decode");
  }
  return OkStatus();
}

}  // namespace orrery::traces
