// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "contracts/trace_sink.h"

namespace orrery::pipeline {

// AttributeEditor adds configured attributes to resources that lack them. The request's bytes are
// encoded anew, so that log and memory agree; spans that the decoder refused are gone from them.
// A resource that has all the attributes that it may have gets no more; its dropped count grows.
//
// Threads: constant after construction.
// Cost:    nothing without attributes to add, else one encoding of each request that lacks one.
class AttributeEditor {
 public:
  // Spans as OTLP bytes; handed in because this room does not know the wire.
  using Encode = std::function<std::string(const model::SpanBatch&)>;

  AttributeEditor(const std::map<std::string, std::string>& add, uint64_t max_attributes,
                  Encode encode);

  void Edit(contracts::SpanIngest& request) const;

 private:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  const std::shared_ptr<const Pairs> add_;  // Edited batches own a share.
  const uint64_t max_attributes_;
  const Encode encode_;
};

}  // namespace orrery::pipeline
