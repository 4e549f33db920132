// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <stdexcept>
#include <string>

namespace demo {

// Failure is what the demo programs throw: a message, a short stable type for dashboards
// (`error.type`), and the call stack of the throw.
class Failure : public std::runtime_error {
 public:
  Failure(std::string type, const std::string& message);

  const std::string& type() const { return type_; }
  const std::string& stack() const { return stack_; }

 private:
  std::string type_;
  std::string stack_;
};

// An answer with an error status, from the client's view; type() is the status, as the semantic
// conventions want it.
class HttpFailure : public Failure {
 public:
  HttpFailure(int status, const std::string& message);

  int status() const { return status_; }

 private:
  int status_;
};

// Marks the thread's active span as failed: status, `error.type`, `error.message` and an exception
// event. An empty `type` takes the exception's own.
void RecordFailure(const std::exception& error, const std::string& type = "");

// Runs `work` and marks the active span as failed when it throws; the error goes on up, so that
// every span of the chain tells of it.
template <typename Work>
auto WithFailures(Work work) {
  try {
    return work();
  } catch (const std::exception& error) {
    RecordFailure(error);
    throw;
  }
}

}  // namespace demo
