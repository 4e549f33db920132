// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "contracts/query_context.h"
#include "traceql/engine.h"
#include "wire/proto_writer.h"

namespace orrery::api {

// Tempo's SearchResponse in protobuf, with the fields that its JSON form has.
std::string SearchProto(const traceql::SearchResponse& found,
                        const contracts::QueryContext& context);

// The MetadataMetrics at the end of answers about tags, as `field`.
void WriteMetadataMetrics(wire::ProtoWriter& answer, uint32_t field,
                          const contracts::QueryContext& context);

// Proto3 leaves defaults out.
void WriteText(wire::ProtoWriter& message, uint32_t field, std::string_view text);
void WriteNumber(wire::ProtoWriter& message, uint32_t field, uint64_t number);

}  // namespace orrery::api
