# SPDX-License-Identifier: Apache-2.0
"""The demo without a key: a chain of client, server, mock LLM and what stands in for OpenAI."""
import json
import os
import signal
import subprocess
import unittest

from e2e.demo_case import CALL_MOCK_LLM, TEST_OPENAI, UP_TO_PROMPT, DemoCase, chain, tree_of
from support import http, otlp
from support.orrery import BIN, free_port

INTERNAL = 1


class Demo(DemoCase):
    def test_fast_call(self):
        self.run_client("--only", "call_fast", "--count", 1)
        trace = self.whole_trace('{ name = "client_request.call_fast" && status != error }', 10)
        self.assertEqual(tree_of(trace), chain("call_fast"))
        spans = self.spans_by_name(trace)
        for name, (span, attributes) in spans.items():
            self.assertEqual("peer.service" in attributes, name in ("POST", "chat gpt-4o-mini"), name)
            self.assertNotIn("error.type", attributes)
            if span["kind"] != INTERNAL:
                self.assertEqual(attributes["http.response.status_code"], 200)
        self.assertEqual(spans["POST"][1]["peer.service"], "mock-llm-backend")
        self.assertEqual(spans["POST"][1]["server.port"], self.llm)
        self.assertEqual(spans["GET /calculate"][1]["http.route"], "/calculate")
        self.assertIn("/calculate?prompt=", spans["GET"][1]["url.full"])

    def test_stand_in_is_marked_and_answers_as_openai(self):
        self.run_client("--only", "call_test_openai", "--count", 1)
        trace = self.whole_trace('{ name = "client_request.call_test_openai" && status != error }', 6)
        self.assertEqual(tree_of(trace), TEST_OPENAI)
        _, chat = self.spans_by_name(trace)["chat gpt-4o-mini"]
        self.assertEqual(chat["peer.service"], "openai")
        self.assertIs(chat["demo.stand_in"], True)
        self.assertEqual(chat["gen_ai.operation.name"], "chat")
        self.assertEqual(chat["gen_ai.provider.name"], "openai")
        self.assertEqual(chat["gen_ai.request.model"], "gpt-4o-mini")
        self.assertEqual(chat["gen_ai.response.model"], "mock-gpt-4o-mini")
        self.assertEqual(chat["gen_ai.response.finish_reasons"], ["stop"])
        self.assertGreater(chat["gen_ai.usage.input_tokens"], 0)
        self.assertGreater(chat["gen_ai.usage.output_tokens"], 0)
        self.assertIn("stands in", self.log_of("orrery-demo-server").read_text())
        self.assertNotIn("Say hello", json.dumps(trace))  # content is opt-in

    def test_tokens_stand_on_one_span_alone(self):
        self.run_client("--only", "call_fast", "--count", 1)
        trace = self.whole_trace('{ name = "client_request.call_fast" && status != error }', 10)
        for name, (_, attributes) in self.spans_by_name(trace).items():
            genai = [key for key in attributes if key.startswith("gen_ai.")]
            self.assertEqual(bool(genai), name == "chat gpt-4o-mini", (name, genai))
        generated = self.spans_by_name(trace)["generate_mock_response"][1]
        self.assertGreater(generated["mock.completion_tokens"], 0)

    def test_content_is_recorded_when_asked_for(self):
        api = free_port()
        self.launch_server(api, self.llm, OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT="span_only")
        answer = http.get(api, "/test-openai").json()
        trace = self.whole_trace('{ span.gen_ai.input.messages != nil }', 4)
        chat = self.spans_by_name(trace)["chat gpt-4o-mini"][1]
        self.assertIn("Say hello", chat["gen_ai.input.messages"])
        said, = json.loads(chat["gen_ai.output.messages"])
        self.assertEqual(said["parts"], [{"type": "text", "content": answer["answer"]}])

    def test_slow_call_and_ping(self):
        self.run_client("--only", "call_slow", "--count", 1)
        trace = self.whole_trace('{ name = "client_request.call_slow" }', 10)
        self.assertEqual(tree_of(trace), chain("call_slow"))
        self.run_client("--only", "ping_server", "--count", 1)
        trace = self.whole_trace('{ name = "client_request.healthcheck_ping" }', 3)
        self.assertEqual(tree_of(trace), "simple.cpp.client client_request.healthcheck_ping internal\n"
                                         "  simple.cpp.client GET client\n"
                                         "    server-api GET /ping server\n")

    def test_resource_says_host_and_system(self):
        self.run_client("--only", "ping_server", "--count", 1)
        trace = self.whole_trace('{ name = "client_request.healthcheck_ping" }', 3)
        for resource_spans, _, _ in otlp.spans_of(trace):
            resource = otlp.plain_attributes(resource_spans["resource"])
            self.assertEqual(resource["host.name"], os.uname().nodename)
            self.assertEqual(resource["os.type"], "linux")

    def test_failure_is_red_all_the_way_up(self):
        broken = free_port()
        llm = self.launch("orrery-demo-llm", "--port", broken, "--failure-rate", 1, "--fast-min", 0,
                          "--fast-max", 0.01)
        api = free_port()
        server = self.launch_server(api, broken)
        answer = http.get(api, "/calculate", prompt="hello")
        self.assertEqual(answer.status, 502)
        self.assertIn("model", answer.json()["error"])
        self.run_client("--only", "call_fast", "--count", 1, "--url", f"http://127.0.0.1:{api}")
        trace = self.whole_trace('{ name = "client_request.call_fast" && status = error }', 8)
        self.assertEqual(tree_of(trace), UP_TO_PROMPT.format(call="call_fast") + CALL_MOCK_LLM)
        statuses = {}
        for name, (span, attributes) in self.spans_by_name(trace).items():
            self.assertEqual(span["status"]["code"], 2, name)
            self.assertEqual(span["status"]["message"], attributes["error.message"])
            self.assertTrue(attributes["error.type"])
            event = otlp.plain_attributes(span["events"][0])
            self.assertEqual(span["events"][0]["name"], "exception")
            self.assertEqual(event["exception.message"], attributes["error.message"])
            self.assertIn("demo::", event["exception.stacktrace"])
            if "http.response.status_code" in attributes:
                statuses[name] = attributes["http.response.status_code"]
        self.assertEqual(statuses, {"GET": 502, "GET /calculate": 502, "POST": 500,
                                    "POST /v1/chat/completions": 500})
        for process in (llm, server):
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(20), 0)

    def ask_mock(self, **request):
        body = json.dumps({"model": "mock-fast", "messages": [{"role": "user", "content": "hi"}], **request})
        return http.request(self.llm, "POST", "/v1/chat/completions", body)

    def test_mock_speaks_the_chat_completions_api(self):
        answer = self.ask_mock().json()
        self.assertEqual(answer["object"], "chat.completion")
        self.assertEqual(answer["choices"][0]["message"]["role"], "assistant")
        self.assertEqual(answer["usage"]["total_tokens"],
                         answer["usage"]["prompt_tokens"] + answer["usage"]["completion_tokens"])
        refused = http.request(self.llm, "POST", "/v1/chat/completions", "{}")
        self.assertEqual(refused.status, 400)
        self.assertEqual(refused.json()["error"]["param"], "model")

    def test_mock_is_repeatable_by_seed(self):
        one, two = (self.ask_mock(seed=7).json() for _ in range(2))
        self.assertEqual(one["choices"], two["choices"])
        self.assertEqual(one["usage"], two["usage"])

    def test_mock_streams_what_it_would_have_said(self):
        whole = self.ask_mock(seed=7).json()
        streamed = self.ask_mock(seed=7, stream=True, stream_options={"include_usage": True})
        self.assertEqual(streamed.headers["Content-Type"], "text/event-stream")
        *events, done, rest = streamed.text.split("\n\n")
        self.assertEqual((done, rest), ("data: [DONE]", ""))
        chunks = [json.loads(event.removeprefix("data: ")) for event in events]
        text = "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])
        self.assertEqual(text, whole["choices"][0]["message"]["content"])
        self.assertEqual(chunks[-1]["usage"], whole["usage"])
        self.assertEqual(chunks[-2]["choices"][0]["finish_reason"], "stop")

    def test_server_s_other_answers(self):
        self.assertEqual(http.get(self.api, "/ping").text, "pong\n")
        self.assertEqual(http.get(self.api, "/").json()["service"], "server-api")
        self.assertEqual(http.get(self.api, "/calculate").status, 400)

    def test_taken_port_is_named(self):
        done = subprocess.run([BIN / "orrery-demo-llm", "--port", str(self.llm)], env=self.environment(),
                              capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn(str(self.llm), done.stderr)
        self.assertIn("--port", done.stderr)


if __name__ == "__main__":
    unittest.main()
