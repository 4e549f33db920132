// SPDX-License-Identifier: Apache-2.0
#include "net/http_body_pipe.h"

#include <utility>

namespace orrery::net {

void HttpBodyPipe::Write(std::string piece) {
  {
    const MutexLock lock(mutex_);
    if (left_ || end_ != State::kWaiting) return;
    if (waiting_.empty()) {
      waiting_ = std::move(piece);
    } else {
      waiting_ += piece;
    }
  }
  Signal();
}

void HttpBodyPipe::End(State state) {
  {
    const MutexLock lock(mutex_);
    if (end_ != State::kWaiting) return;
    end_ = state;
  }
  Signal();
}

bool HttpBodyPipe::idle() const {
  const MutexLock lock(mutex_);
  return waiting_.empty() && !sending_;
}

bool HttpBodyPipe::left() const {
  const MutexLock lock(mutex_);
  return left_;
}

void HttpBodyPipe::Attach(std::function<void()> ready) {
  const MutexLock lock(mutex_);
  ready_ = std::move(ready);
}

HttpBodyPipe::State HttpBodyPipe::Take(std::string& piece) {
  const MutexLock lock(mutex_);
  if (end_ == State::kAborted) return end_;
  if (waiting_.empty()) return end_;
  piece = std::exchange(waiting_, std::string());
  sending_ = true;
  return State::kPiece;
}

void HttpBodyPipe::Sent() {
  const MutexLock lock(mutex_);
  sending_ = false;
}

void HttpBodyPipe::Leave() {
  const MutexLock lock(mutex_);
  left_ = true;
  waiting_ = std::string();
  ready_ = nullptr;
}

void HttpBodyPipe::Signal() {
  std::function<void()> ready;
  {
    const MutexLock lock(mutex_);
    ready = ready_;
  }
  if (ready) ready();
}

}  // namespace orrery::net
