// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "contracts/span_filter.h"
#include "model/span_batch.h"
#include "traces/texts.h"

namespace orrery::traces {

// ValueMatch answers one condition for values of one table.
//
// Life:    `condition` and `texts` must outlive it.
// Threads: one at a time.
class ValueMatch {
 public:
  ValueMatch(const contracts::Condition& condition, const Texts& texts)
      : condition_(condition), texts_(texts) {}

  bool exists_only() const { return condition_.op == contracts::Condition::Op::kExists; }
  // Remembered by code.
  bool Text(TextCode code);
  bool Text(std::string_view text) const;
  bool Bool(bool value) const;
  bool Int(int64_t value) const;
  bool Double(double value) const;
  // `payload` is a text code, a truth value or the bits of a number, as the type says. Types that
  // no constant can be compared with pass.
  bool Value(model::Value::Type type, uint64_t payload);

 private:
  const contracts::Condition& condition_;
  const Texts& texts_;
  std::vector<uint8_t> known_;  // By code: 0 not asked, 1 no, 2 yes.
};

}  // namespace orrery::traces
