// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace orrery {

// What a caller can act on. The wire answers (HTTP and gRPC codes) are derived from it at the edge.
enum class StatusCode {
  kOk = 0,
  kInvalidArgument,    // The input is wrong and stays wrong; say where and what to write instead.
  kNotFound,           // The thing asked for does not exist.
  kCorruption,         // Stored bytes fail their checks.
  kResourceExhausted,  // A limit is reached; the same request may pass later.
  kUnavailable,        // Cannot serve now (starting, draining, disk full, lock held by another).
  kCancelled,          // The caller gave up.
  kDeadlineExceeded,   // The time given to the request ran out.
  kUnimplemented,      // Understood, but this version cannot do it.
  kInternal,           // A bug or an unexpected answer of the operating system.
};

// "invalid argument", "not found", ...
std::string_view StatusCodeName(StatusCode code);

// Status is the outcome of an operation that yields no value.
//
// Life:    a value; an Ok status holds no memory, a copy of a failure copies its message.
// Threads: as a value type.
class [[nodiscard]] Status {
 public:
  Status() = default;  // Ok.
  Status(StatusCode code, std::string message);

  bool ok() const { return failure_ == nullptr; }
  StatusCode code() const { return failure_ == nullptr ? StatusCode::kOk : failure_->code; }
  // Empty when ok. Lower case, no final stop.
  std::string_view message() const;

  // The same failure with "prefix: " in front of its message; Ok stays Ok.
  Status WithContext(std::string_view prefix) const;
  // "corruption: wal: segment 000017 at byte 32768: checksum mismatch", or "ok".
  std::string ToString() const;

  Status(const Status& other);
  Status& operator=(const Status& other);
  Status(Status&&) noexcept = default;
  Status& operator=(Status&&) noexcept = default;
  ~Status() = default;

 private:
  struct Failure {
    StatusCode code;
    std::string message;
  };
  std::unique_ptr<Failure> failure_;  // Null when ok.
};

inline Status OkStatus() { return Status(); }
Status InvalidArgument(std::string message);
Status NotFound(std::string message);
Status Corruption(std::string message);
Status ResourceExhausted(std::string message);
Status Unavailable(std::string message);
Status Cancelled(std::string message);
Status DeadlineExceeded(std::string message);
Status Unimplemented(std::string message);
Status Internal(std::string message);

}  // namespace orrery

// Returns from the enclosing function when `expr` (a Status) is a failure.
#define ORRERY_RETURN_IF_ERROR(expr)                                                        \
  do {                                                                                      \
    if (::orrery::Status orrery_status = (expr); !orrery_status.ok()) return orrery_status; \
  } while (false)
