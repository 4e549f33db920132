// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "traceql/ast.h"
#include "traceql/evaluate.h"
#include "traceql/span_columns.h"

namespace orrery::traceql {

// ColumnFilter decides conditions on the spans of a scan. A condition that looks at one field is
// decided once for each distinct value and then looked up.
//
// Life:    borrows the conditions and the evaluator. Begin with each set of columns, then ask.
// Threads: one.
// Failure: faults stick in the evaluator.
class ColumnFilter {
 public:
  // All of `conditions` have to hold; a null one does.
  ColumnFilter(const std::vector<const FieldExpr*>& conditions, Evaluator& evaluator);

  void Begin(ColumnValues& columns);
  bool Holds(size_t span);

 private:
  // A junction, or an expression that is decided as a whole.
  struct Node {
    const FieldExpr* expr = nullptr;
    std::vector<Node> terms;
    bool stops_at = false;         // Of a junction: the outcome of a term that decides it.
    const Field* field = nullptr;  // The one field that `expr` looks at.
    size_t column = 0;
    std::vector<uint8_t> known;  // By code: 0 not asked, 1 no, 2 yes. Empty without codes.
  };

  static Node NodeOf(const FieldExpr& expr);
  void Begin(Node& node);
  bool Holds(Node& node, size_t span);
  bool Decide(const Node& node, size_t span);

  Evaluator& evaluator_;
  std::vector<Node> conditions_;
  ColumnValues* columns_ = nullptr;
};

}  // namespace orrery::traceql
