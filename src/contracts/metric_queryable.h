// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "contracts/query_context.h"
#include "contracts/span_filter.h"
#include "model/float_histogram.h"
#include "model/labels.h"

namespace orrery::contracts {

// One condition on a label. A series without the label has it with an empty value.
struct LabelMatcher {
  enum class Kind : uint8_t { kEqual, kNotEqual, kRegex, kNotRegex };

  Kind kind = Kind::kEqual;
  std::string name;
  std::string value;                           // The text to equal, or the pattern.
  std::shared_ptr<const TextPredicate> regex;  // Set for kRegex and kNotRegex; never negated.

  bool Matches(std::string_view text) const {
    switch (kind) {
      case Kind::kEqual:
        return text == value;
      case Kind::kNotEqual:
        return text != value;
      case Kind::kRegex:
        return regex->Matches(text);
      case Kind::kNotRegex:
        return !regex->Matches(text);
    }
    return false;
  }
};

// Milliseconds since 1970, both ends included. May be negative.
struct MillisRange {
  int64_t start = 0;
  int64_t end = 0;
};

// The sample that says that a series has ended: one certain NaN among many.
inline constexpr uint64_t kStaleBits = 0x7ff0000000000002;
inline bool IsStale(double value) { return std::bit_cast<uint64_t>(value) == kStaleBits; }

// Samples of one series by columns, in the order of time, each time once.
struct SampleColumns {
  std::vector<int64_t> times;  // Milliseconds.
  // As long as `times`. Of a histogram its sum, which is stale where the series ended.
  std::vector<double> values;
  // Empty when no sample is a histogram; otherwise as long as `times`, and null at numbers.
  std::vector<std::shared_ptr<const model::FloatHistogram>> histograms;

  void Clear() {
    times.clear();
    values.clear();
    histograms.clear();
  }
  const model::FloatHistogram* HistogramAt(size_t i) const {
    return histograms.empty() ? nullptr : histograms[i].get();
  }
};

// StoredSeries is one series of a store.
//
// Life:    immutable; kept by those who were given it, and keeps what it reads from.
// Threads: all methods may be called concurrently.
class StoredSeries {
 public:
  virtual ~StoredSeries() = default;

  virtual const model::Labels& labels() const = 0;

  // Replaces `out` by the samples within `range`, stale markers among them.
  // Failure: the Status of the context.
  // Cost:    decodes the chunks that overlap `range`; `out` keeps its memory for the next series.
  virtual Status Read(const MillisRange& range, QueryContext& context,
                      SampleColumns& out) const = 0;
};

// MetricQueryable is what engines and APIs see of stored metrics.
//
// Threads: all methods may be called concurrently, also while samples arrive.
// Failure: the Status of the context (cancelled, too late, too many bytes).
class MetricQueryable {
 public:
  virtual ~MetricQueryable() = default;

  // The series that pass all matchers and may have samples within `range`, in no order, each set of
  // labels once. No matcher at all stands for every series.
  virtual Result<std::vector<std::shared_ptr<const StoredSeries>>> Select(
      std::span<const LabelMatcher> matchers, const MillisRange& range,
      QueryContext& context) const = 0;
};

}  // namespace orrery::contracts
