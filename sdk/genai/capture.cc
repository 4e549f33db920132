// SPDX-License-Identifier: Apache-2.0
#include "sdk/genai/capture.h"

#include <cstdlib>
#include <string>

namespace orrery::genai {

std::optional<Capture> ParseCapture(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (lower.empty() || lower == "false" || lower == "no_content") return Capture::kNone;
  if (lower == "true" || lower == "span_only") return Capture::kSpan;
  if (lower == "event_only") return Capture::kEvent;
  if (lower == "span_and_event") return Capture::kSpanAndEvent;
  return std::nullopt;
}

Capture CaptureFromEnvironment() {
  static const Capture capture = [] {
    const char* text = std::getenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT");
    return ParseCapture(text != nullptr ? text : "").value_or(Capture::kNone);
  }();
  return capture;
}

}  // namespace orrery::genai
