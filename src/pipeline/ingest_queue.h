// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "base/telemetry.h"
#include "contracts/trace_sink.h"
#include "pipeline/options.h"

namespace orrery::pipeline {

// IngestQueue stands between receivers and the trace store: one thread takes whatever waits and
// hands it over in one Append, so that many small requests share one write to the log.
//
// Life:    the thread starts with the constructor. Drain (or the destructor) finishes what waits.
//          `sink` and `telemetry` outlive the queue.
// Threads: all methods may be called concurrently.
// Failure: full or draining is told at once, so that the sender can be told to slow down; what the
//          store says of a group is told to each of its requests.
// Cost:    one wake-up of the thread per group.
class IngestQueue {
 public:
  using Done = std::function<void(const Status&)>;

  IngestQueue(const IngestQueueOptions& options, contracts::TraceSink& sink, Telemetry& telemetry);
  ~IngestQueue();
  IngestQueue(const IngestQueue&) = delete;
  IngestQueue& operator=(const IngestQueue&) = delete;

  // Ok: taken; `done` will be called once, on the queue's thread, when the store has answered.
  // ResourceExhausted, Unavailable: not taken, `done` is not called.
  Status Submit(contracts::SpanIngest request, Done done);

  // Refuses new requests from now on, waits until all others are answered.
  void Drain();

 private:
  struct Waiting {
    size_t bytes;
    Done done;
  };
  struct Group {
    std::vector<contracts::SpanIngest> requests;
    std::vector<Waiting> waiting;
    size_t bytes = 0;
  };

  void Loop();
  // What goes to the store next; empty when there is nothing left and nothing will come.
  Group TakeGroup();
  void Deliver(Group group);

  // Constant after construction.
  const IngestQueueOptions options_;
  contracts::TraceSink& sink_;
  Counter& groups_;
  Counter& failed_groups_;
  Gauge& waiting_requests_gauge_;
  Gauge& waiting_bytes_gauge_;

  Mutex mutex_;
  CondVar wake_;
  std::deque<contracts::SpanIngest> requests_ ORRERY_GUARDED_BY(mutex_);
  std::deque<Waiting> waiting_ ORRERY_GUARDED_BY(mutex_);  // One for each of requests_.
  // Requests at the store count until they are answered.
  size_t held_bytes_ ORRERY_GUARDED_BY(mutex_) = 0;
  size_t held_requests_ ORRERY_GUARDED_BY(mutex_) = 0;
  bool draining_ ORRERY_GUARDED_BY(mutex_) = false;
  Mutex join_mutex_;
  std::thread thread_ ORRERY_GUARDED_BY(join_mutex_);
};

}  // namespace orrery::pipeline
