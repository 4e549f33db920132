// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "base/telemetry.h"

namespace orrery::pipeline {

// Why a whole request was refused.
enum class RequestRefusal {
  kTooLarge,     // The body, inflated, or what it would grow to.
  kInvalid,      // Can't be decoded.
  kContentType,  // Neither protobuf nor JSON, or an unknown compression.
  kMemory,       // The memory limiter said no.
  kQueueFull,    //
  kStoreFull,    // The store can take nothing now.
  kUnavailable,  // Going down, disk full.
  kInternal,     // A bug, or broken storage.
  kLogs,         // Signals that are not stored.
  kMetrics,      //
  kProfiles,     //
};
inline constexpr size_t kRequestRefusals = 11;

// Why a span was refused although its request was taken.
enum class SpanRefusal { kTraceId, kSpanId, kParentSpanId, kZeroStart };
inline constexpr size_t kSpanRefusals = 4;

// What a stored span lost to a limit.
enum class Trim { kAttributes, kKey, kNesting, kEvents, kLinks, kValue };
inline constexpr size_t kTrims = 6;

// What came in over one transport and what became of it: each record is stored, or refused and
// counted here under a reason, and so is each part of one that is left out. Nothing is dropped
// after it was acknowledged.
//
// Threads: counters may be used concurrently.
class IngestCounters {
 public:
  IngestCounters(Telemetry& telemetry, const std::string& transport);

  void CountReceived(uint64_t bytes) {
    requests_.Add();
    bytes_.Add(bytes);
  }
  void CountRefused(RequestRefusal reason) {
    refused_requests_[static_cast<size_t>(reason)]->Add();
  }
  // Spans of a request that was refused whole after decoding.
  void CountRefusedSpans(RequestRefusal reason, uint64_t n) {
    spans_of_refused_[static_cast<size_t>(reason)]->Add(n);
  }
  void CountRefusedSpans(SpanRefusal reason, uint64_t n) {
    refused_spans_[static_cast<size_t>(reason)]->Add(n);
  }
  void CountTrimmed(Trim reason, uint64_t n) { trimmed_[static_cast<size_t>(reason)]->Add(n); }
  void CountSpans(uint64_t n) { spans_.Add(n); }
  void CountStored(uint64_t spans) { stored_spans_.Add(spans); }
  void CountEndBeforeStart(uint64_t n) { end_before_start_.Add(n); }

 private:
  Counter& requests_;
  Counter& bytes_;
  Counter& spans_;
  Counter& stored_spans_;
  Counter& end_before_start_;
  std::array<Counter*, kRequestRefusals> refused_requests_;
  std::array<Counter*, kRequestRefusals> spans_of_refused_;
  std::array<Counter*, kSpanRefusals> refused_spans_;
  std::array<Counter*, kTrims> trimmed_;
};

}  // namespace orrery::pipeline
