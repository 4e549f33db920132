// SPDX-License-Identifier: Apache-2.0
#include "traceql/trace_view.h"

#include <algorithm>

#include "base/check.h"

namespace orrery::traceql {
namespace {

class TreeBuilder {
 public:
  explicit TreeBuilder(const std::vector<model::Span>& spans) : spans_(spans) {
    const size_t n = spans.size();
    tree_.parent.assign(n, TraceTree::kNone);
    tree_.child_count.assign(n, 0);
    tree_.left.assign(n, 0);
    tree_.right.assign(n, 0);
    tree_.nested_parent.assign(n, 0);
    by_id_.resize(n);
    for (uint32_t i = 0; i < n; ++i) by_id_[i] = i;
    std::stable_sort(by_id_.begin(), by_id_.end(),
                     [&](uint32_t a, uint32_t b) { return spans_[a].span_id < spans_[b].span_id; });
  }

  TraceTree Build() {
    LinkParents();
    if (!ambiguous_) Number();
    for (size_t i = 0; i < spans_.size(); ++i) {
      if (tree_.left[i] == 0) tree_.parent[i] = TraceTree::kNone;
    }
    return std::move(tree_);
  }

 private:
  // The spans with an id.
  std::pair<size_t, size_t> Find(const model::SpanId& id) const {
    const auto first = std::lower_bound(
        by_id_.begin(), by_id_.end(), id,
        [&](uint32_t i, const model::SpanId& wanted) { return spans_[i].span_id < wanted; });
    auto last = first;
    while (last != by_id_.end() && spans_[*last].span_id == id) ++last;
    return {first - by_id_.begin(), last - by_id_.begin()};
  }

  // The client side of the call whose server side this is, when they share an id.
  int32_t ClientSideOf(uint32_t i) const {
    if (spans_[i].kind != model::kServer) return TraceTree::kNone;
    const auto [first, last] = Find(spans_[i].span_id);
    for (size_t k = first; k < last; ++k) {
      if (spans_[by_id_[k]].kind == model::kClient) return static_cast<int32_t>(by_id_[k]);
    }
    return TraceTree::kNone;
  }

  int32_t ParentOf(uint32_t span) const {
    const int32_t client = ClientSideOf(span);
    if (client != TraceTree::kNone) return client;
    const auto [first, last] = Find(spans_[span].parent_span_id);
    if (first == last) return TraceTree::kNone;
    for (size_t i = first; last - first == 2 && i < last; ++i) {
      if (spans_[by_id_[i]].kind == model::kServer) return static_cast<int32_t>(by_id_[i]);
    }
    return static_cast<int32_t>(by_id_[first]);
  }

  void LinkParents() {
    for (size_t i = 0; i + 2 < by_id_.size(); ++i) {
      ambiguous_ |= spans_[by_id_[i]].span_id == spans_[by_id_[i + 2]].span_id;
    }
    children_.resize(spans_.size());
    for (uint32_t i = 0; i < spans_.size(); ++i) {
      if (spans_[i].parent_span_id.IsZero()) continue;
      const int32_t parent = ParentOf(i);
      if (parent == TraceTree::kNone) continue;
      tree_.parent[i] = parent;
      ++tree_.child_count[static_cast<size_t>(parent)];
      children_[static_cast<size_t>(parent)].push_back(i);
    }
  }

  void Number() {
    for (uint32_t i = 0; i < spans_.size(); ++i) {
      if (spans_[i].parent_span_id.IsZero()) NumberFrom(i);
    }
  }

  void Enter(uint32_t span, int32_t nested_parent) {
    tree_.left[span] = next_++;
    tree_.nested_parent[span] = nested_parent;
    tree_.depth_first.push_back(span);
    path_.push_back({span, 0});
  }

  void NumberFrom(uint32_t root) {
    Enter(root, -1);
    while (!path_.empty()) {
      auto& [span, done] = path_.back();
      if (done < children_[span].size()) {
        const uint32_t child = children_[span][done++];
        Enter(child, tree_.left[span]);
      } else {
        tree_.right[span] = next_++;
        path_.pop_back();
      }
    }
  }

  const std::vector<model::Span>& spans_;
  std::vector<uint32_t> by_id_;
  std::vector<std::vector<uint32_t>> children_;
  std::vector<std::pair<uint32_t, size_t>> path_;  // Of the walk: a span, its children done.
  bool ambiguous_ = false;
  int32_t next_ = 1;
  TraceTree tree_;
};

}  // namespace

TraceView::TraceView(const model::SpanBatch& batch) : batch_(batch) {
  ORRERY_CHECK(!batch.spans.empty());
  start_ = batch.spans[0].start;
  for (uint32_t i = 0; i < size(); ++i) {
    const model::Span& span = batch.spans[i];
    start_ = std::min(start_, span.start);
    end_ = std::max(end_, span.end);
    if (span.parent_span_id.IsZero() && (!root_ || span.start < batch.spans[*root_].start)) {
      root_ = i;
    }
  }
}

std::string_view TraceView::root_name() const { return root_ ? span(*root_).name : ""; }

std::string_view TraceView::root_service() const {
  return root_ ? batch_.ServiceName(span(*root_)) : "";
}

const TraceTree& TraceView::tree() {
  if (!tree_) tree_ = TreeBuilder(batch_.spans).Build();
  return *tree_;
}

}  // namespace orrery::traceql
