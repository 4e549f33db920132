// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/status.h"
#include "traceql/ast.h"

namespace orrery::traceql {

// FieldChecker finds the types of field expressions and what is wrong with them.
//
// Life:    borrows the source of the query. Used by one thread.
// Failure: the first mistake sticks; everything after it is not looked at.
class FieldChecker {
 public:
  explicit FieldChecker(std::string_view source) : source_(source) {}

  // The condition of a span filter; null is fine.
  void CheckCondition(const FieldExpr* condition);
  // The argument of an aggregate or of by().
  void CheckNumber(const FieldExpr& expr);
  void CheckReferencesSpan(const FieldExpr& expr, std::string_view function);
  void CheckSupported(const Field& field, size_t offset);
  // kAttribute when only a span can tell.
  Type TypeOfExpr(const FieldExpr& expr);

  void Fail(size_t offset, std::string_view message);
  void FailUnsupported(size_t offset, std::string_view what);
  bool failed() const { return !status_.ok(); }
  const Status& status() const { return status_; }

 private:
  Type TypeOfUnary(const Unary& unary, size_t offset);
  Type TypeOfBinary(const Binary& binary, size_t offset);
  void CheckOperand(Op op, Type type, const FieldExpr& operand);
  void CheckNilComparison(const Binary& binary);
  void CheckRegex(const Binary& binary);

  const std::string_view source_;
  Status status_;
};

}  // namespace orrery::traceql
