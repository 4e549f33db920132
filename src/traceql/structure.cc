// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "traceql/source_error.h"
#include "traceql/spansets.h"

// The part of a pipeline's run that joins spansets, by being there or by their place in the trace.

namespace orrery::traceql {
namespace {

enum class Reading { kPlain, kNegated, kUnion };

struct Relation {
  Op plain;
  Reading reading;
};

// "!>>" is the negated reading of ">>".
Relation RelationOf(Op op) {
  switch (op) {
    case Op::kNotChild:
      return {Op::kGreater, Reading::kNegated};
    case Op::kNotParent:
      return {Op::kLess, Reading::kNegated};
    case Op::kNotDescendant:
      return {Op::kDescendant, Reading::kNegated};
    case Op::kNotAncestor:
      return {Op::kAncestor, Reading::kNegated};
    case Op::kNotRegex:
      return {Op::kSibling, Reading::kNegated};
    case Op::kUnionChild:
      return {Op::kGreater, Reading::kUnion};
    case Op::kUnionParent:
      return {Op::kLess, Reading::kUnion};
    case Op::kUnionDescendant:
      return {Op::kDescendant, Reading::kUnion};
    case Op::kUnionAncestor:
      return {Op::kAncestor, Reading::kUnion};
    case Op::kUnionSibling:
      return {Op::kSibling, Reading::kUnion};
    default:
      return {op, Reading::kPlain};
  }
}

// The relation seen from the other end.
Op Inverse(Op op) {
  switch (op) {
    case Op::kGreater:
      return Op::kLess;
    case Op::kLess:
      return Op::kGreater;
    case Op::kDescendant:
      return Op::kAncestor;
    case Op::kAncestor:
      return Op::kDescendant;
    default:
      return op;
  }
}

using Spans = std::vector<uint32_t>;

Spans Keep(const Spans& spans, const std::vector<bool>& related, bool wanted) {
  Spans kept;
  std::copy_if(spans.begin(), spans.end(), std::back_inserter(kept),
               [&](uint32_t span) { return related[span] == wanted; });
  return kept;
}

Spans Union(const Spans& a, const Spans& b) {
  Spans both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

}  // namespace

// What a structural operator works on: a pipeline that split its spans is refused.
Spans PipelineRun::SelectOne(const SpansetExpr& expr, size_t offset, const Spans& spans) {
  const auto* pipeline = std::get_if<std::unique_ptr<Pipeline>>(&expr.node);
  if (pipeline == nullptr) return Select(expr, spans);
  std::vector<Spanset> input;
  input.push_back({spans, {}});
  const std::vector<Spanset> output = Run(**pipeline, std::move(input));
  if (output.empty()) return {};
  if (output.size() > 1 && status_.ok()) {
    status_ = InvalidArgument(
        DescribeError(query_.source, offset,
                      "spanset operators are not supported for multiple spansets per trace. "
                      "consider using coalesce()"));
  }
  return output[0].spans;
}

Spans PipelineRun::Join(const SpansetBinary& binary, size_t offset, const Spans& spans) {
  if (binary.op == Op::kAnd || binary.op == Op::kOr) {
    const Spans left = Select(*binary.left, spans);
    if (left.empty() && binary.op == Op::kAnd) return {};
    const Spans right = Select(*binary.right, spans);
    if (right.empty() && binary.op == Op::kAnd) return {};
    return Union(left, right);
  }
  const Relation relation = RelationOf(binary.op);
  const Spans right = SelectOne(*binary.right, offset, spans);
  if (right.empty()) return {};
  const Spans left = SelectOne(*binary.left, offset, spans);
  if (relation.reading == Reading::kNegated) {
    return Keep(right, Related(relation.plain, left), false);
  }
  Spans found = Keep(right, Related(relation.plain, left), true);
  if (relation.reading == Reading::kPlain) return found;
  return Union(found, Keep(left, Related(Inverse(relation.plain), right), true));
}

std::vector<bool> PipelineRun::Siblings(const std::vector<bool>& from) {
  const TraceTree& tree = trace_.tree();
  std::vector<uint32_t> children(trace_.size(), 0);  // Of `from`, by parent.
  for (uint32_t i = 0; i < trace_.size(); ++i) {
    if (from[i] && tree.parent[i] >= 0) ++children[static_cast<size_t>(tree.parent[i])];
  }
  std::vector<bool> related(trace_.size(), false);
  for (uint32_t i = 0; i < trace_.size(); ++i) {
    if (tree.parent[i] < 0) continue;
    related[i] = children[static_cast<size_t>(tree.parent[i])] > (from[i] ? 1u : 0u);
  }
  return related;
}

std::vector<bool> PipelineRun::Related(Op op, const Spans& from) {
  const TraceTree& tree = trace_.tree();
  std::vector<bool> is_from(trace_.size(), false);
  for (const uint32_t span : from) is_from[span] = true;
  if (op == Op::kSibling) return Siblings(is_from);

  std::vector<bool> related(trace_.size(), false);
  const auto& order = tree.depth_first;
  const bool far = op == Op::kDescendant || op == Op::kAncestor;
  if (op == Op::kGreater || op == Op::kDescendant) {
    for (const uint32_t span : order) {
      if (tree.parent[span] < 0) continue;
      const auto parent = static_cast<size_t>(tree.parent[span]);
      related[span] = is_from[parent] || (far && related[parent]);
    }
  } else {
    for (auto span = order.rbegin(); span != order.rend(); ++span) {
      if (tree.parent[*span] < 0) continue;
      if (is_from[*span] || (far && related[*span])) {
        related[static_cast<size_t>(tree.parent[*span])] = true;
      }
    }
  }
  return related;
}

}  // namespace orrery::traceql
