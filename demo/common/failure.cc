// SPDX-License-Identifier: Apache-2.0
#include "demo/common/failure.h"

#include <typeinfo>
#include <utility>

#include <boost/core/demangle.hpp>
#include <boost/stacktrace.hpp>
#include <opentelemetry/semconv/error_attributes.h>
#include <opentelemetry/semconv/exception_attributes.h>
#include <opentelemetry/trace/tracer.h>

namespace demo {

namespace semconv = opentelemetry::semconv;

namespace {

constexpr size_t kMaxFrames = 64;

// The demo's own frames, innermost first; those of libraries and of nameless functions say little.
std::string OwnFrames() {
  std::string text;
  const boost::stacktrace::stacktrace stack(0, kMaxFrames);
  for (const auto& frame : stack) {
    const std::string name = frame.name();
    if (!name.starts_with("demo::") || name.find("Failure::") != std::string::npos) continue;
    text += "  at " + name.substr(0, name.find_first_of("([")) + "\n";
  }
  return text;
}

}  // namespace

Failure::Failure(std::string type, const std::string& message)
    : std::runtime_error(message), type_(std::move(type)), stack_(OwnFrames()) {}

HttpFailure::HttpFailure(int status, const std::string& message)
    : Failure(std::to_string(status), message), status_(status) {}

void RecordFailure(const std::exception& error, const std::string& type) {
  const auto span = opentelemetry::trace::Tracer::GetCurrentSpan();
  const std::string name = boost::core::demangle(typeid(error).name());
  const auto* failure = dynamic_cast<const Failure*>(&error);
  const std::string own_type = failure != nullptr ? failure->type() : name;
  const std::string stack = failure != nullptr ? failure->stack() : "";
  span->SetStatus(opentelemetry::trace::StatusCode::kError, error.what());
  span->SetAttribute(semconv::error::kErrorType, type.empty() ? own_type : type);
  span->SetAttribute("error.message", error.what());
  span->AddEvent("exception", {{semconv::exception::kExceptionType, name},
                               {semconv::exception::kExceptionMessage, error.what()},
                               {semconv::exception::kExceptionStacktrace, stack}});
}

}  // namespace demo
