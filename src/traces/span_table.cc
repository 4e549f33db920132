// SPDX-License-Identifier: Apache-2.0
#include "traces/span_table.h"

namespace orrery::traces {

size_t SpanTable::memory_bytes() const {
  const auto bytes = [](const auto& column) { return column.capacity() * sizeof(column[0]); };
  return texts.memory_bytes() + bytes(traces) + bytes(trace_of_row) + bytes(next_of_trace) +
         bytes(span_ids) + bytes(parent_ids) + nested.memory_bytes() + bytes(starts) +
         bytes(durations) + bytes(names) + bytes(kinds) + bytes(status_codes) +
         bytes(resource_of_row) + bytes(scope_of_row) + bytes(status_messages.values) +
         bytes(trace_states.values) + bytes(flags.values) + bytes(dropped_attributes.values) +
         bytes(dropped_events.values) + bytes(dropped_links.values) + bytes(event_ends) +
         bytes(link_ends) + span_attributes.memory_bytes() + bytes(resources) +
         resource_attributes.memory_bytes() + bytes(scopes) + scope_attributes.memory_bytes() +
         bytes(event_times) + bytes(event_names) + bytes(event_dropped.values) +
         event_attributes.memory_bytes() + bytes(link_trace_ids) + bytes(link_span_ids) +
         bytes(link_trace_states.values) + bytes(link_flags.values) + bytes(link_dropped.values) +
         link_attributes.memory_bytes();
}

}  // namespace orrery::traces
