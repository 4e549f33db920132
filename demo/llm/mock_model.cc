// SPDX-License-Identifier: Apache-2.0
#include "demo/llm/mock_model.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace demo {
namespace {

constexpr std::string_view kSlowEnding = "-slow";

struct FailureKind {
  std::string_view type;
  std::string_view message;
};

constexpr std::array<FailureKind, 4> kFailures = {{
    {"model_overloaded", "the model is overloaded with other requests"},
    {"inference_timeout", "the model gave no answer within its deadline"},
    {"out_of_memory", "the accelerator ran out of memory for this context"},
    {"content_filter", "the answer was held back by the content filter"},
}};

}  // namespace

MockModel::MockModel(const Options& options)
    : options_(options), random_(options.seed != 0 ? options.seed : std::random_device{}()) {}

bool MockModel::IsSlow(const std::string& model) { return model.ends_with(kSlowEnding); }

double MockModel::Between(double least, double most) {
  return std::uniform_real_distribution<double>(least, std::max(least, most))(random_);
}

MockModel::Outcome MockModel::Draw(const std::string& model) {
  const std::lock_guard lock(mutex_);
  Outcome outcome;
  const bool slow = IsSlow(model);
  const double seconds = Between(slow ? options_.slow_min_s : options_.fast_min_s,
                                 slow ? options_.slow_max_s : options_.fast_max_s);
  outcome.latency = std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
  const bool fails = Between(0, 1) < options_.failure_rate;
  const FailureKind& kind = kFailures[random_() % kFailures.size()];
  if (fails) {
    outcome.failure_type = kind.type;
    outcome.failure_message = kind.message;
  }
  outcome.text_seed = random_();
  return outcome;
}

}  // namespace demo
