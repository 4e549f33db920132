// SPDX-License-Identifier: Apache-2.0
#include "pipeline/ingest_queue.h"

#include <exception>
#include <string>
#include <utility>

namespace orrery::pipeline {

IngestQueue::IngestQueue(const IngestQueueOptions& options, contracts::TraceSink& sink,
                         Telemetry& telemetry)
    : options_(options),
      sink_(sink),
      groups_(telemetry.AddCounter("orrery_pipeline_groups_total",
                                   "Groups of requests handed to the trace store in one write.")),
      failed_groups_(telemetry.AddCounter("orrery_pipeline_failed_groups_total",
                                          "Groups that the trace store did not take; their senders "
                                          "were told.")),
      waiting_requests_gauge_(telemetry.AddGauge("orrery_pipeline_waiting_requests",
                                                 "Requests taken in and not answered yet.")),
      waiting_bytes_gauge_(
          telemetry.AddGauge("orrery_pipeline_waiting_bytes",
                             "Memory of requests taken in and not answered yet, their spans "
                             "included.")),
      thread_([this] { Loop(); }) {}

IngestQueue::~IngestQueue() { Drain(); }

Status IngestQueue::Submit(contracts::SpanIngest request, Done done) {
  const size_t bytes = request.otlp->size() + request.spans.memory_bytes();
  {
    MutexLock lock(mutex_);
    if (draining_) return Unavailable("the server is going down; send again later");
    // A request larger than the whole queue may pass alone.
    const bool bytes_full = held_bytes_ > 0 && held_bytes_ + bytes > options_.max_bytes;
    if (bytes_full || held_requests_ >= options_.max_requests) {
      return ResourceExhausted("the ingest queue is full (" + std::to_string(held_requests_) +
                               " requests, " + std::to_string(held_bytes_) +
                               " bytes); send again later");
    }
    held_bytes_ += bytes;
    ++held_requests_;
    waiting_bytes_gauge_.Set(static_cast<int64_t>(held_bytes_));
    waiting_requests_gauge_.Set(static_cast<int64_t>(held_requests_));
    requests_.push_back(std::move(request));
    waiting_.push_back({bytes, std::move(done)});
  }
  wake_.NotifyOne();
  return OkStatus();
}

void IngestQueue::Drain() {
  {
    MutexLock lock(mutex_);
    draining_ = true;
  }
  wake_.NotifyAll();
  MutexLock lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

IngestQueue::Group IngestQueue::TakeGroup() {
  Group group;
  MutexLock lock(mutex_);
  while (requests_.empty() && !draining_) wake_.Wait(mutex_);
  while (!requests_.empty() &&
         (group.bytes == 0 || group.bytes + waiting_.front().bytes <= options_.group_bytes)) {
    group.bytes += waiting_.front().bytes;
    group.requests.push_back(std::move(requests_.front()));
    group.waiting.push_back(std::move(waiting_.front()));
    requests_.pop_front();
    waiting_.pop_front();
  }
  return group;
}

void IngestQueue::Deliver(Group group) {
  Status status;
  // A throw here would take the process down with all that waits.
  try {
    status = sink_.Append(group.requests);
  } catch (const std::exception& e) {
    status = Internal(std::string("trace store: ") + e.what());
  }
  groups_.Add();
  if (!status.ok()) failed_groups_.Add();
  {
    MutexLock lock(mutex_);
    held_bytes_ -= group.bytes;
    held_requests_ -= group.requests.size();
    waiting_bytes_gauge_.Set(static_cast<int64_t>(held_bytes_));
    waiting_requests_gauge_.Set(static_cast<int64_t>(held_requests_));
  }
  // The senders hear of it before the spans are freed.
  for (const Waiting& waiting : group.waiting) waiting.done(status);
}

void IngestQueue::Loop() {
  while (true) {
    Group group = TakeGroup();
    if (group.waiting.empty()) return;
    Deliver(std::move(group));
  }
}

}  // namespace orrery::pipeline
