// SPDX-License-Identifier: Apache-2.0
#include "base/telemetry.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"

namespace orrery {
namespace {

std::string RenderLabels(const Telemetry::Labels& labels) {
  if (labels.empty()) return "";
  std::string out = "{";
  for (const auto& [name, value] : labels) {
    if (out.size() > 1) out += ',';
    out += name;
    out += "=\"";
    AppendJsonEscaped(value, out);
    out += '"';
  }
  out += '}';
  return out;
}

}  // namespace

Telemetry::Metric& Telemetry::Add(std::string_view name, std::string_view help,
                                  const Labels& labels, bool is_counter,
                                  std::function<double()> read) {
  auto metric = std::make_unique<Metric>();
  metric->name = name;
  metric->help = help;
  metric->labels = labels;
  metric->label_text = RenderLabels(labels);
  metric->is_counter = is_counter;
  metric->read = std::move(read);
  MutexLock lock(mutex_);
  metrics_.push_back(std::move(metric));
  return *metrics_.back();
}

Counter& Telemetry::AddCounter(std::string_view name, std::string_view help, Labels labels) {
  return Add(name, help, labels, true, nullptr).counter;
}

Gauge& Telemetry::AddGauge(std::string_view name, std::string_view help, Labels labels) {
  return Add(name, help, labels, false, nullptr).gauge;
}

void Telemetry::AddGaugeCallback(std::string_view name, std::string_view help,
                                 std::function<double()> read, Labels labels) {
  Add(name, help, labels, false, std::move(read));
}

void Telemetry::AddCounterCallback(std::string_view name, std::string_view help,
                                   std::function<double()> read, Labels labels) {
  Add(name, help, labels, true, std::move(read));
}

std::vector<const Telemetry::Metric*> Telemetry::Sorted() const {
  std::vector<const Metric*> sorted;
  {
    MutexLock lock(mutex_);
    for (const auto& metric : metrics_) sorted.push_back(metric.get());
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Metric* a, const Metric* b) { return a->name < b->name; });
  return sorted;
}

std::vector<Telemetry::Reading> Telemetry::Read() const {
  std::vector<Reading> readings;
  for (const Metric* metric : Sorted()) {
    double value = 0;
    if (metric->read) {
      value = metric->read();
    } else if (metric->is_counter) {
      value = static_cast<double>(metric->counter.value());
    } else {
      value = static_cast<double>(metric->gauge.value());
    }
    readings.push_back({metric->name, metric->help, metric->labels, metric->is_counter, value});
  }
  return readings;
}

std::string Telemetry::Render() const {
  std::string out;
  std::string_view family;
  for (const Metric* metric : Sorted()) {
    if (metric->name != family) {
      family = metric->name;
      out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", family, metric->help, family,
                         metric->is_counter ? "counter" : "gauge");
    }
    out += metric->name + metric->label_text;
    if (metric->read) {
      out += fmt::format(" {}\n", metric->read());
    } else if (metric->is_counter) {
      out += fmt::format(" {}\n", metric->counter.value());
    } else {
      out += fmt::format(" {}\n", metric->gauge.value());
    }
  }
  return out;
}

}  // namespace orrery
