// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "traceql/testing/corpus_file.h"

namespace orrery::traceql {

// A span of a trace: the trace, and the span's index in it.
using CorpusSpanRef = std::pair<const CorpusTrace*, size_t>;

// The spans as one request of OTLP protobuf.
std::string EncodeCorpus(const std::vector<CorpusSpanRef>& spans);

}  // namespace orrery::traceql
