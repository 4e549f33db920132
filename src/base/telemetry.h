// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"

namespace orrery {

// A number that only grows: events, bytes. Threads: Add and value may be called concurrently.
class Counter {
 public:
  void Add(uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

// A number that goes up and down. Threads: all methods may be called concurrently.
class Gauge {
 public:
  void Set(int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void Add(int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// Telemetry is the process's own metrics: each mechanism declares its counters here, with a help
// text for the operator, and /metrics prints them all in Prometheus' text format.
//
//   Counter& torn = telemetry.AddCounter("orrery_wal_torn_records_total",
//                                        "Records dropped from the torn end of the log.");
//
// Life:    made first, destroyed last; what it returns lives as long as it does.
// Threads: all methods may be called concurrently. Adding takes a lock, counting does not.
class Telemetry {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  Counter& AddCounter(std::string_view name, std::string_view help, Labels labels = {});
  Gauge& AddGauge(std::string_view name, std::string_view help, Labels labels = {});
  // A gauge that is asked for its value when printed. `read` must stay callable and be thread-safe.
  void AddGaugeCallback(std::string_view name, std::string_view help, std::function<double()> read,
                        Labels labels = {});
  // The same for a number that only grows and is counted elsewhere.
  void AddCounterCallback(std::string_view name, std::string_view help,
                          std::function<double()> read, Labels labels = {});

  // One metric and its value at the moment of asking.
  struct Reading {
    std::string name;
    std::string help;
    Labels labels;
    bool is_counter = false;
    double value = 0;
  };
  // All metrics, sorted by name; those of one name in the order in which they were added.
  std::vector<Reading> Read() const;

  // Prometheus text exposition format 0.0.4, families sorted by name.
  std::string Render() const;

 private:
  struct Metric {
    std::string name;
    std::string help;
    Labels labels;
    std::string label_text;   // {a="b"} or empty.
    bool is_counter = false;  // Set before the metric is visible to Render.
    Counter counter;
    Gauge gauge;
    std::function<double()> read;
  };

  Metric& Add(std::string_view name, std::string_view help, const Labels& labels, bool is_counter,
              std::function<double()> read);

  std::vector<const Metric*> Sorted() const;

  mutable Mutex mutex_;
  std::vector<std::unique_ptr<Metric>> metrics_ ORRERY_GUARDED_BY(mutex_);
};

}  // namespace orrery
