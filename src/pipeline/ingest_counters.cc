// SPDX-License-Identifier: Apache-2.0
#include "pipeline/ingest_counters.h"

namespace orrery::pipeline {
namespace {

// In the order of the enums.
constexpr std::array<const char*, kRequestRefusals> kRequestReasons = {
    "too_large",   "invalid",  "content_type", "memory_limit", "queue_full", "store_full",
    "unavailable", "internal", "logs",         "metrics",      "profiles"};
constexpr std::array<const char*, kSpanRefusals> kSpanReasons = {"trace_id", "span_id",
                                                                 "parent_span_id", "zero_start"};
constexpr std::array<const char*, kTrims> kTrimReasons = {
    "attribute_count", "key_size", "nesting", "event_count", "link_count", "value_size"};

}  // namespace

IngestCounters::IngestCounters(Telemetry& telemetry, const std::string& transport)
    : requests_(telemetry.AddCounter("orrery_ingest_requests_total",
                                     "Requests with telemetry received, refused ones included.",
                                     {{"transport", transport}})),
      bytes_(telemetry.AddCounter("orrery_ingest_bytes_total",
                                  "Bytes of these requests as they came, compressed or not.",
                                  {{"transport", transport}})),
      spans_(telemetry.AddCounter("orrery_ingest_spans_total",
                                  "Spans received, refused ones included.",
                                  {{"transport", transport}})),
      stored_spans_(telemetry.AddCounter("orrery_ingest_stored_spans_total",
                                         "Spans stored and acknowledged.",
                                         {{"transport", transport}})),
      end_before_start_(telemetry.AddCounter(
          "orrery_ingest_end_before_start_spans_total",
          "Spans that ended before they began, stored with duration 0; look at the sender's clock.",
          {{"transport", transport}})) {
  for (size_t i = 0; i < kRequestRefusals; ++i) {
    const Telemetry::Labels labels = {{"transport", transport}, {"reason", kRequestReasons[i]}};
    refused_requests_[i] = &telemetry.AddCounter("orrery_ingest_refused_requests_total",
                                                 "Requests refused whole, by reason.", labels);
    spans_of_refused_[i] =
        &telemetry.AddCounter("orrery_ingest_refused_spans_total",
                              "Spans refused, alone or with their request, by reason.", labels);
  }
  for (size_t i = 0; i < kSpanRefusals; ++i) {
    refused_spans_[i] =
        &telemetry.AddCounter("orrery_ingest_refused_spans_total",
                              "Spans refused, alone or with their request, by reason.",
                              {{"transport", transport}, {"reason", kSpanReasons[i]}});
  }
  for (size_t i = 0; i < kTrims; ++i) {
    trimmed_[i] = &telemetry.AddCounter(
        "orrery_ingest_trimmed_total",
        "Attributes, events and links of accepted spans that were left out, and values that were "
        "cut short (value_size), because of a limit.",
        {{"transport", transport}, {"reason", kTrimReasons[i]}});
  }
}

}  // namespace orrery::pipeline
