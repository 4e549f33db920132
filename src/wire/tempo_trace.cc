// SPDX-License-Identifier: Apache-2.0
#include "wire/tempo_trace.h"

#include <algorithm>

#include "wire/otlp_traces_encode.h"
#include "wire/proto_writer.h"

namespace orrery::wire {
namespace {

// Grafana leaves out the spans of a resource without attributes. One gets the empty service name
// that searches give its spans as well.
model::SpanBatch WithResourceAttributes(model::SpanBatch batch) {
  const model::IndexRange list{static_cast<uint32_t>(batch.attributes.size()), 1};
  batch.attributes.push_back({"service.name", model::Value::String("")});
  for (model::Resource& resource : batch.resources) {
    if (resource.attributes.count == 0) resource.attributes = list;
  }
  return batch;
}

bool HasBareResource(const model::SpanBatch& batch) {
  return std::any_of(batch.resources.begin(), batch.resources.end(),
                     [](const auto& resource) { return resource.attributes.count == 0; });
}

}  // namespace

std::string EncodeTempoTraceById(const model::SpanBatch& batch, uint64_t inspected_bytes,
                                 std::string_view partial) {
  std::string bytes;
  ProtoWriter out(bytes);
  out.Bytes(1, EncodeOtlpTraces(HasBareResource(batch) ? WithResourceAttributes(batch) : batch));
  {
    ProtoWriter metrics(out, 2);
    if (inspected_bytes != 0) metrics.Varint(1, inspected_bytes);
  }
  if (!partial.empty()) {
    out.Varint(3, 1);  // PARTIAL
    out.Bytes(4, partial);
  }
  return bytes;
}

}  // namespace orrery::wire
