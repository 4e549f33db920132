// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "contracts/query_context.h"
#include "traceql/engine.h"
#include "wire/proto_writer.h"

namespace orrery::api {

// Tempo's SearchResponse in protobuf, with the fields that its JSON form has.
std::string SearchProto(const traceql::SearchResponse& found,
                        const contracts::QueryContext& context);

// The same as messages of about `max_bytes` at most; one trace that is larger comes alone.
std::vector<std::string> SearchProtoMessages(const traceql::SearchResponse& found,
                                             const contracts::QueryContext& context,
                                             size_t max_bytes);

// The SearchMetrics at the end of answers of search and of metrics, as `field`.
void WriteSearchMetrics(wire::ProtoWriter& answer, uint32_t field,
                        const contracts::QueryContext& context);

// KeyValues with OTLP's AnyValue, as `field`.
void WriteAttributes(wire::ProtoWriter& message, uint32_t field,
                     const std::vector<traceql::AnswerAttribute>& attributes);

// The MetadataMetrics at the end of answers about tags, as `field`.
void WriteMetadataMetrics(wire::ProtoWriter& answer, uint32_t field,
                          const contracts::QueryContext& context);

// Proto3 leaves defaults out.
void WriteText(wire::ProtoWriter& message, uint32_t field, std::string_view text);
void WriteNumber(wire::ProtoWriter& message, uint32_t field, uint64_t number);

}  // namespace orrery::api
