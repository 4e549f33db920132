// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/utf8.h"
#include "promql/evaluator.h"
#include "promql/regex.h"

namespace orrery::promql {
namespace {

using contracts::LabelMatcher;

const std::string& Text(const Call& call, size_t i) {
  return std::get<StringLiteral>(Unwrapped(*call.args[i]).node).value;
}

// The labels by which series and their info metrics find each other.
const std::vector<std::string>& IdentifyingLabels() {
  static const std::vector<std::string> labels = {"instance", "job"};
  return labels;
}

}  // namespace

Status Evaluator::StreamLabelReplace(const Call& call, const SeriesSink& sink) {
  const std::string& target = Text(call, 1);
  const std::string& replacement = Text(call, 2);
  const std::string& source = Text(call, 3);
  const auto regex = Regex::Compile(Text(call, 4));
  if (!regex.ok()) {
    return InvalidArgument(
        fmt::format("invalid regular expression in label_replace(): {}", Text(call, 4)));
  }
  if (target.empty() || !IsValidUtf8(target)) {
    return InvalidArgument(
        fmt::format("invalid destination label name in label_replace(): {}", target));
  }
  ORRERY_ASSIGN_OR_RETURN(std::vector<Series> all, Collect(*call.args[0]));
  for (Series& series : all) {
    const auto value = (*regex)->Expand(series.labels.Get(source), replacement);
    if (!value) continue;
    series.labels.Set(target, *value);
    if (target == model::kMetricNameLabel) series.drop_name = false;
  }
  ORRERY_RETURN_IF_ERROR(Merge(all));
  for (Series& series : all) ORRERY_RETURN_IF_ERROR(sink(std::move(series)));
  return OkStatus();
}

Status Evaluator::StreamLabelJoin(const Call& call, const SeriesSink& sink) {
  const std::string& target = Text(call, 1);
  if (target.empty() || !IsValidUtf8(target)) {
    return InvalidArgument(
        fmt::format("invalid destination label name in label_join(): {}", target));
  }
  ORRERY_ASSIGN_OR_RETURN(std::vector<Series> all, Collect(*call.args[0]));
  for (Series& series : all) {
    std::string joined;
    for (size_t i = 3; i < call.args.size(); ++i) {
      if (i > 3) joined += Text(call, 2);
      joined += series.labels.Get(Text(call, i));
    }
    series.labels.Set(target, joined);
    if (target == model::kMetricNameLabel) series.drop_name = false;
  }
  ORRERY_RETURN_IF_ERROR(Merge(all));
  for (Series& series : all) ORRERY_RETURN_IF_ERROR(sink(std::move(series)));
  return OkStatus();
}

// Adds the data labels of info metrics, `target_info` unless a selector says otherwise.
Status Evaluator::StreamInfo(const Call& call, const SeriesSink& sink) {
  VectorSelector wanted;
  std::vector<LabelMatcher> data_matchers;
  bool named = false;
  if (call.args.size() > 1) {
    const auto& selector = std::get<VectorSelector>(call.args[1]->node);
    for (const LabelMatcher& matcher : selector.matchers) {
      const bool is_name = matcher.name == model::kMetricNameLabel;
      named |= is_name;
      if (!is_name) data_matchers.push_back(matcher);
      wanted.matchers.push_back(matcher);
    }
  }
  if (!named) {
    wanted.matchers.push_back(
        {LabelMatcher::Kind::kEqual, std::string(model::kMetricNameLabel), "target_info", nullptr});
  }
  // The matchers of data labels pick labels; a series without an info metric passes when they
  // would pass a missing label.
  std::map<model::Labels, std::vector<Series>> infos;
  ORRERY_RETURN_IF_ERROR(StreamSelector(wanted, [&](Series&& series) -> Status {
    infos[series.labels.Keep(IdentifyingLabels())].push_back(std::move(series));
    return OkStatus();
  }));
  const bool needs_info = std::ranges::any_of(
      data_matchers, [](const LabelMatcher& matcher) { return !matcher.Matches(""); });
  ORRERY_ASSIGN_OR_RETURN(std::vector<Series> all, Collect(*call.args[0]));
  std::vector<Series> joined;
  for (Series& series : all) {
    const bool is_info = std::ranges::all_of(wanted.matchers, [&](const LabelMatcher& matcher) {
      return matcher.name != model::kMetricNameLabel ||
             matcher.Matches(series.labels.metric_name());
    });
    if (is_info) {
      joined.push_back(std::move(series));
      continue;
    }
    const auto found = infos.find(series.labels.Keep(IdentifyingLabels()));
    std::map<model::Labels, Series> results;
    for (size_t i = 0; i < steps_.count; ++i) {
      if (!series.column.Has(i)) continue;
      model::Labels labels = series.labels;
      bool any = false;
      if (found != infos.end()) {
        for (const Series& info : found->second) {
          if (!info.column.Has(i)) continue;
          any = true;
          for (const model::Label& label : info.labels) {
            if (label.name == model::kMetricNameLabel || !series.labels.Get(label.name).empty()) {
              continue;
            }
            const bool picked = data_matchers.empty() ||
                                std::ranges::find(data_matchers, label.name, &LabelMatcher::name) !=
                                    data_matchers.end();
            if (picked) labels.Set(label.name, label.value);
          }
        }
      }
      if (!any && needs_info) continue;
      Series& out =
          results.try_emplace(labels, Series{labels, series.drop_name, Column(steps_.count)})
              .first->second;
      out.column.CopyFrom(series.column, i);
    }
    for (auto& [labels, result] : results) joined.push_back(std::move(result));
  }
  ORRERY_RETURN_IF_ERROR(Merge(joined));
  for (Series& series : joined) ORRERY_RETURN_IF_ERROR(sink(std::move(series)));
  return OkStatus();
}

}  // namespace orrery::promql
