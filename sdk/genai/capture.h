// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace orrery::genai {

// Where the content of messages goes. Prompts and answers are private, so that nowhere is the
// default; OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT opts in.
enum class Capture {
  kNone,          // no_content, false
  kSpan,          // span_only, true: as attributes of the span
  kEvent,         // event_only: in an event of the span, gen_ai.client.inference.operation.details
  kSpanAndEvent,  // span_and_event
};

// The value that the variable's text stands for, in either case; nothing for a text that means none
// of them.
std::optional<Capture> ParseCapture(std::string_view text);

// What the environment said when it was first asked. An unknown value records nothing: a typing
// mistake must not publish a prompt.
Capture CaptureFromEnvironment();

}  // namespace orrery::genai
