# SPDX-License-Identifier: Apache-2.0
"""OpenAI's clients under the instrumentations of others, against the mock LLM: their spans come back by id, with the
model, the tokens that the API billed, and the conversation.

SAMPLES=1 writes the spans to samples/ instead of comparing with what is there.
"""
import json
import os
import subprocess

from interop.case import BUILD, HERE, PYTHON, InteropCase, with_numbers
from support import http, otlp
from support.orrery import BIN, free_port, wait_until

SAMPLES = HERE / "samples"

# Calls of which an instrumentation says less than the API does.
# They look for usage in no chunk of a stream.
NO_USAGE = {("javascript-openllmetry", "streamed"), ("javascript-openinference", "streamed")}
NO_CONTENT = {"javascript-opentelemetry", "python-opentelemetry-old"}  # They send content as log records.


def attribute(span, *names):
    """The first of `names` that the span has, as a plain value."""
    for name in names:
        if name in span["attributes"]:
            kind, value = span["attributes"][name]
            return int(value) if kind == "int" else value
    return None


class OpenAi(InteropCase):
    def setUp(self):
        super().setUp()
        self.llm = free_port()
        mock = subprocess.Popen(
            [BIN / "orrery-demo-llm", "--port", str(self.llm), "--seed", "7", "--failure-rate", "0", "--fast-min", "0",
             "--fast-max", "0.05"], stderr=subprocess.DEVNULL,
            # Its own spans go nowhere: OpenLLMetry hands its trace on, and they would join it.
            env={**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"})
        self.addCleanup(mock.wait)
        self.addCleanup(mock.kill)
        wait_until(self.mock_answers, 20, "answer of the mock LLM")

    def mock_answers(self):
        try:
            return http.get(self.llm, "/").status > 0
        except OSError:
            return False

    def environment(self, name):
        latest = name == "python-opentelemetry"
        return {**os.environ, "NO_PROXY": "127.0.0.1",
                "OTEL_SEMCONV_STABILITY_OPT_IN": "gen_ai_latest_experimental" if latest else "",
                "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "span_only" if latest else "true"}

    def check(self, name, *command):
        done = subprocess.run(
            [*command, f"http://127.0.0.1:{self.server.otlp_http}", f"http://127.0.0.1:{self.llm}/v1"],
            capture_output=True, text=True, timeout=120, env=self.environment(name))
        self.assertEqual(done.returncode, 0, done.stderr)
        result = json.loads(done.stdout)
        spans = {span["spanId"]: span for span in with_numbers(result["spans"])}
        self.compare(spans)
        self.server.flush()
        self.compare(spans)
        in_order = sorted(spans.values(), key=lambda span: int(span["start"]))
        answered = [answer for answer in result["answers"] if answer["usage"]]
        self.assertEqual([answer["kind"] for answer in answered], ["plain", "streamed", "tool asked", "tool told"])
        for answer, of_call in zip(answered, in_order):
            self.compare_answer(name, answer, of_call)
            answer["traceId"] = of_call["traceId"]
        self.compare_sample(name, spans.values(), answered)

    def compare_answer(self, name, answer, of_call):
        """The stored span of the call says what the API said."""
        response_id = attribute(of_call, "gen_ai.response.id")
        if response_id is not None:
            self.assertEqual(response_id, answer["id"])
            found = self.server.search(f'{{ span.gen_ai.response.id = "{answer["id"]}" }}')
            self.assertEqual([trace["traceID"].zfill(32) for trace in found], [of_call["traceId"]])
        self.assertEqual(attribute(of_call, "gen_ai.response.model", "llm.model_name", "langfuse.observation.model.name"),
                         answer["model"])
        self.assertEqual(self.tokens(of_call), [None, None] if (name, answer["kind"]) in NO_USAGE else answer["usage"])
        content = self.content(of_call)
        if name in NO_CONTENT:
            self.assertIsNone(content)
        elif answer["text"]:
            self.assertEqual(content, answer["text"])
        else:
            self.assertIn("read_thermometer", content)

    def tokens(self, span):
        details = json.loads(attribute(span, "langfuse.observation.usage_details") or "{}")
        if details:
            return [details["input"], details["output"]]
        return [attribute(span, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"),
                attribute(span, "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens",
                          "llm.token_count.completion")]

    def content(self, span):
        """The answer's text, or the name of the tool that it calls."""
        messages = attribute(span, "gen_ai.output.messages")
        if messages is not None:
            part = json.loads(messages)[0]["parts"][0]
            return part.get("content") or part.get("name")
        output = attribute(span, "llm.output_messages.0.message.content",
                           "llm.output_messages.0.message.tool_calls.0.tool_call.function.name",
                           "langfuse.observation.output")
        if output is not None and output.startswith("{"):
            message = json.loads(output)
            return message.get("content") or json.dumps(message)
        return output

    def compare_sample(self, name, spans, answered):
        """The sample has the attributes that the instrumentation sends today."""
        file = SAMPLES / f"{name}.json"
        if os.environ.get("SAMPLES"):
            for path, content in [(file, self.sample(spans)), (SAMPLES / "answers" / f"{name}.json", answered)]:
                path.parent.mkdir(exist_ok=True)
                path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
        stored = json.loads(file.read_text())
        wanted = sorted((span["name"], sorted(span["attributes"])) for span in spans)
        self.assertEqual(sorted((span["name"], sorted(a["key"] for a in span["attributes"]))
                                for _, _, span in otlp.spans_of(stored)), wanted)

    def sample(self, spans):
        """The stored spans as OTLP/JSON, oldest first, without stack traces: they name folders of one machine."""
        resource_spans = []
        for trace_id in dict.fromkeys(span["traceId"] for span in sorted(spans, key=lambda span: int(span["start"]))):
            resource_spans += self.server.trace(trace_id)["resourceSpans"]
        for _, _, span in otlp.spans_of({"resourceSpans": resource_spans}):
            for event in span.get("events", []):
                event["attributes"] = [a for a in event.get("attributes", []) if a["key"] != "exception.stacktrace"]
        return otlp.to_json({"resourceSpans": resource_spans})

    def python(self, whose, shape=""):
        self.check(f"python-{whose}{shape}", PYTHON, HERE / "python" / "openai_calls.py", whose)

    def javascript(self, whose):
        self.check(f"javascript-{whose}", "node", BUILD / "js" / "openai_calls.mjs", whose)

    def test_python_opentelemetry(self):
        self.python("opentelemetry")

    def test_python_opentelemetry_in_the_shape_of_before_the_opt_in(self):
        self.python("opentelemetry", "-old")

    def test_python_openllmetry(self):
        self.python("openllmetry")

    def test_javascript_opentelemetry(self):
        self.javascript("opentelemetry")

    def test_javascript_openllmetry(self):
        self.javascript("openllmetry")

    def test_javascript_openinference(self):
        self.javascript("openinference")

    def test_javascript_langfuse(self):
        self.javascript("langfuse")
