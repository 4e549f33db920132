// SPDX-License-Identifier: Apache-2.0
#include "traceql/trace_filter.h"

#include <algorithm>
#include <map>

#include "traceql/check.h"
#include "traceql/evaluate.h"
#include "traceql/source_error.h"

namespace orrery::traceql {
namespace {

using contracts::Intrinsic;

// The place of a field that is of the trace, or null.
const FieldExpr* FindOfTrace(const FieldExpr& expr) {
  if (const auto* field = std::get_if<Field>(&expr.node)) {
    const bool of_trace =
        field->kind == Field::Kind::kIntrinsic &&
        (field->intrinsic == Intrinsic::kTraceId || field->intrinsic == Intrinsic::kTraceDuration ||
         field->intrinsic == Intrinsic::kRootName || field->intrinsic == Intrinsic::kRootService);
    return of_trace ? &expr : nullptr;
  }
  if (const auto* unary = std::get_if<Unary>(&expr.node)) return FindOfTrace(*unary->operand);
  if (const auto* binary = std::get_if<Binary>(&expr.node)) {
    const FieldExpr* left = FindOfTrace(*binary->left);
    return left != nullptr ? left : FindOfTrace(*binary->right);
  }
  if (const auto* junction = std::get_if<Junction>(&expr.node)) {
    for (const FieldExprPtr& term : junction->terms) {
      if (const FieldExpr* found = FindOfTrace(*term)) return found;
    }
  }
  return nullptr;
}

// The one span filter that the query is, or null.
const SpansetFilter* OnlyFilter(const Query& query) {
  const auto* pipeline = std::get_if<Pipeline>(&query.root);
  if (pipeline == nullptr || pipeline->stages.size() != 1) return nullptr;
  const auto* expr = std::get_if<SpansetExprPtr>(&pipeline->stages[0].node);
  return expr == nullptr ? nullptr : std::get_if<SpansetFilter>(&(*expr)->node);
}

using Family = std::map<model::SpanId, std::vector<uint32_t>>;

// Marks what is reached from the marked spans in `depth` steps, of which each leads from a span to
// those that `next` has under the id `id_of` gives.
void Spread(const model::SpanBatch& trace, const std::vector<uint32_t>& from, int64_t depth,
            model::SpanId model::Span::* id_of, const Family& next, std::vector<bool>& kept) {
  std::vector<bool> seen(trace.spans.size(), false);
  for (const uint32_t span : from) seen[span] = true;
  std::vector<uint32_t> front = from;
  for (; depth != 0 && !front.empty(); --depth) {
    std::vector<uint32_t> reached;
    for (const uint32_t span : front) {
      const model::SpanId& id = trace.spans[span].*id_of;
      const auto relatives = id.IsZero() ? next.end() : next.find(id);
      if (relatives == next.end()) continue;
      for (const uint32_t relative : relatives->second) {
        if (seen[relative]) continue;
        seen[relative] = kept[relative] = true;
        reached.push_back(relative);
      }
    }
    front = std::move(reached);
  }
}

}  // namespace

Result<std::vector<uint32_t>> FilterTrace(const Query& query, const model::SpanBatch& trace,
                                          const TraceFilterOptions& options) {
  const SpansetFilter* filter = OnlyFilter(query);
  if (filter == nullptr) {
    return InvalidArgument(
        "a trace by id is filtered by one span filter, such as { status = error }; without "
        "stages and operators behind it");
  }
  ORRERY_RETURN_IF_ERROR(Check(query));
  const FieldExpr* condition = filter->condition.get();
  if (condition != nullptr) {
    if (const FieldExpr* wrong = FindOfTrace(*condition)) {
      return InvalidArgument(
          DescribeError(query.source, wrong->offset,
                        "this is the same for all spans of a trace; filter by id "
                        "looks at single spans"));
    }
  }
  if (trace.spans.empty()) return std::vector<uint32_t>();

  TraceView view(trace);
  Evaluator evaluator(query);
  std::vector<uint32_t> matches;
  std::vector<bool> kept(trace.spans.size(), false);
  Family by_id;
  Family by_parent;
  for (uint32_t i = 0; i < view.size(); ++i) {
    by_id[trace.spans[i].span_id].push_back(i);
    by_parent[trace.spans[i].parent_span_id].push_back(i);
    kept[i] = evaluator.Holds(condition, view, i);
    if (kept[i]) matches.push_back(i);
  }
  ORRERY_RETURN_IF_ERROR(evaluator.status());
  Spread(trace, matches, options.match_depth, &model::Span::span_id, by_parent, kept);
  if (options.keep_hierarchy) {
    Spread(trace, matches, options.ancestor_depth, &model::Span::parent_span_id, by_id, kept);
  }
  std::vector<uint32_t> left;
  for (uint32_t i = 0; i < view.size(); ++i) {
    if (kept[i]) left.push_back(i);
  }
  return left;
}

}  // namespace orrery::traceql
