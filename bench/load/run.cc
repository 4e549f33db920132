// SPDX-License-Identifier: Apache-2.0
#include "bench/load/run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace orrery::load {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int64_t kFirstBackoffMs = 50;
constexpr int64_t kLongestBackoffMs = 5'000;

std::string Hex(const TraceId& id) {
  std::string text;
  for (const uint8_t byte : id) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

// The file of acknowledgements. One write(2) a line: what is in it survives the end of this
// process.
class Ledger {
 public:
  explicit Ledger(const std::string& path)
      : file_(path.empty() ? -1 : open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644)),
        wanted_(!path.empty()) {}
  ~Ledger() {
    if (file_ >= 0) close(file_);
  }
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  bool ok() const { return !wanted_ || file_ >= 0; }

  bool Write(const TraceRequest& request) {
    if (!wanted_) return true;
    std::string line = std::to_string(kSpansPerTrace);
    for (const TraceId& id : request.traces) line += ' ' + Hex(id);
    line += '\n';
    const std::lock_guard lock(mutex_);
    return write(file_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  }

 private:
  const int file_;
  const bool wanted_;
  std::mutex mutex_;
};

class Runner {
 public:
  Runner(const TraceGenerator& generator, const RunOptions& options, Ledger& ledger)
      : generator_(generator), options_(options), ledger_(ledger) {}

  void Work(Sender& sender) {
    while (!stop_ && !IsLate()) {
      const uint64_t index = next_++;
      if (index >= generator_.requests()) return;
      const TraceRequest request = generator_.Make(index);
      WaitForTurn(request.spans);
      Count(request, SendWithRetries(sender, request));
    }
  }

  Totals totals() const { return totals_; }

 private:
  bool IsLate() const {
    return options_.seconds > 0 &&
           Clock::now() - begin_ >= std::chrono::duration<double>(options_.seconds);
  }

  // Spaces the requests so that all connections together reach the rate.
  void WaitForTurn(uint64_t spans) {
    if (options_.rate <= 0) return;
    Clock::time_point mine;
    {
      const std::lock_guard lock(mutex_);
      mine = std::max(turn_, Clock::now() - std::chrono::seconds(1));
      turn_ = mine + std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double>(static_cast<double>(spans) / options_.rate));
    }
    std::this_thread::sleep_until(mine);
  }

  Answer SendWithRetries(Sender& sender, const TraceRequest& request) {
    Answer answer;
    int64_t backoff_ms = kFirstBackoffMs;
    for (int attempt = 0;; ++attempt) {
      answer = sender.Send(request.body);
      const bool may_retry = answer.kind == Answer::Kind::kRetry ||
                             (answer.kind == Answer::Kind::kUnreachable && !options_.stop_early);
      if (!may_retry || attempt == options_.retries) return answer;
      Note(answer);
      std::this_thread::sleep_for(std::chrono::milliseconds(
          answer.retry_after_ms > 0 ? answer.retry_after_ms : backoff_ms));
      backoff_ms = std::min(backoff_ms * 2, kLongestBackoffMs);
    }
  }

  void Note(const Answer& answer) {
    const std::lock_guard lock(mutex_);
    ++totals_.retries;
    if (totals_.first_reason.empty()) totals_.first_reason = answer.reason;
  }

  void Count(const TraceRequest& request, const Answer& answer) {
    const std::lock_guard lock(mutex_);
    if (totals_.first_reason.empty()) totals_.first_reason = answer.reason;
    if (answer.kind == Answer::Kind::kUnreachable) {
      totals_.unanswered += request.spans;
      if (options_.stop_early) stop_ = true;
      return;
    }
    if (answer.kind != Answer::Kind::kAccepted) {
      totals_.refused += request.spans;
      return;
    }
    const uint64_t refused = std::min(answer.refused, request.spans);
    totals_.accepted += request.spans - refused;
    totals_.refused += refused;
    totals_.wire_bytes += request.body.size();
    if (refused == 0 && !ledger_.Write(request)) stop_ = true;
  }

  const TraceGenerator& generator_;
  const RunOptions& options_;
  Ledger& ledger_;
  const Clock::time_point begin_ = Clock::now();
  std::atomic<uint64_t> next_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;  // guards what follows
  Clock::time_point turn_ = Clock::now();
  Totals totals_;
};

}  // namespace

Totals Run(const TraceGenerator& generator, const RunOptions& options,
           const std::function<std::unique_ptr<Sender>()>& make_sender, std::string* error) {
  Ledger ledger(options.log);
  if (!ledger.ok()) {
    *error = "log " + options.log + ": " + std::strerror(errno);
    return {};
  }
  Runner runner(generator, options, ledger);
  const Clock::time_point begin = Clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < options.connections; ++i) {
    threads.emplace_back([&] { runner.Work(*make_sender()); });
  }
  for (std::thread& thread : threads) thread.join();
  Totals totals = runner.totals();
  totals.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return totals;
}

}  // namespace orrery::load
