// SPDX-License-Identifier: Apache-2.0
#include "base/status.h"

#include "base/check.h"

namespace orrery {

std::string_view StatusCodeName(StatusCode code) {
  switch (code) {
    case StatusCode::kOk:
      return "ok";
    case StatusCode::kInvalidArgument:
      return "invalid argument";
    case StatusCode::kNotFound:
      return "not found";
    case StatusCode::kCorruption:
      return "corruption";
    case StatusCode::kResourceExhausted:
      return "resource exhausted";
    case StatusCode::kUnavailable:
      return "unavailable";
    case StatusCode::kCancelled:
      return "cancelled";
    case StatusCode::kDeadlineExceeded:
      return "deadline exceeded";
    case StatusCode::kUnimplemented:
      return "unimplemented";
    case StatusCode::kInternal:
      return "internal";
  }
  return "unknown";
}

Status::Status(StatusCode code, std::string message) {
  ORRERY_CHECK(code != StatusCode::kOk);
  failure_ = std::make_unique<Failure>(Failure{code, std::move(message)});
}

std::string_view Status::message() const {
  return failure_ == nullptr ? std::string_view() : std::string_view(failure_->message);
}

Status Status::WithContext(std::string_view prefix) const {
  if (ok()) return Status();
  return Status(failure_->code, std::string(prefix) + ": " + failure_->message);
}

std::string Status::ToString() const {
  if (ok()) return "ok";
  return std::string(StatusCodeName(failure_->code)) + ": " + failure_->message;
}

Status::Status(const Status& other)
    : failure_(other.failure_ == nullptr ? nullptr : std::make_unique<Failure>(*other.failure_)) {}

Status& Status::operator=(const Status& other) {
  if (this != &other) {
    failure_ = other.failure_ == nullptr ? nullptr : std::make_unique<Failure>(*other.failure_);
  }
  return *this;
}

Status InvalidArgument(std::string message) {
  return Status(StatusCode::kInvalidArgument, std::move(message));
}
Status NotFound(std::string message) { return Status(StatusCode::kNotFound, std::move(message)); }
Status Corruption(std::string message) {
  return Status(StatusCode::kCorruption, std::move(message));
}
Status ResourceExhausted(std::string message) {
  return Status(StatusCode::kResourceExhausted, std::move(message));
}
Status Unavailable(std::string message) {
  return Status(StatusCode::kUnavailable, std::move(message));
}
Status Cancelled(std::string message) { return Status(StatusCode::kCancelled, std::move(message)); }
Status DeadlineExceeded(std::string message) {
  return Status(StatusCode::kDeadlineExceeded, std::move(message));
}
Status Unimplemented(std::string message) {
  return Status(StatusCode::kUnimplemented, std::move(message));
}
Status Internal(std::string message) { return Status(StatusCode::kInternal, std::move(message)); }

}  // namespace orrery
