# SPDX-License-Identifier: Apache-2.0
"""The demo: a chain of three services whose traces arrive in Orrery."""
import json
import os
import signal
import subprocess
import unittest

from e2e.case import ServerCase
from support import http, otlp
from support.orrery import BIN, free_port, wait_until

INTERNAL, SERVER, CLIENT = 1, 2, 3

# (service, span, kind) from the root down; each is the child of the one before.
CHAIN = [
    ("simple.cpp.client", "client_request.call_fast", INTERNAL),
    ("simple.cpp.client", "GET", CLIENT),
    ("server-api", "GET /calculate", SERVER),
    ("server-api", "process_prompt", INTERNAL),
    ("server-api", "call_mock_llm", INTERNAL),
    ("server-api", "POST", CLIENT),
    ("mock-llm-backend", "POST /v1/chat/completions", SERVER),
    ("mock-llm-backend", "generate_mock_response", INTERNAL),
]


class Demo(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.api, cls.llm = free_port(), free_port()
        cls.programs = []
        cls.addClassCleanup(cls.stop_programs)
        cls.launch("orrery-demo-llm", "--port", cls.llm, "--failure-rate", 0, "--fast-min", 0,
                   "--fast-max", 0.01, "--slow-min", 0.05, "--slow-max", 0.06)
        cls.launch("orrery-demo-server", "--port", cls.api, "--llm-url", f"http://127.0.0.1:{cls.llm}")
        wait_until(lambda: cls.answers(cls.api, "/ping") and cls.answers(cls.llm, "/"), 20, "demo")

    @classmethod
    def launch(cls, name, *arguments):
        process = subprocess.Popen([BIN / name, *map(str, arguments)], env=cls.environment(),
                                   stderr=subprocess.DEVNULL)
        cls.programs.append(process)
        return process

    @classmethod
    def environment(cls):
        return {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{cls.server.otlp_grpc}"}

    @classmethod
    def stop_programs(cls):
        for process in cls.programs:
            if process.poll() is None:
                process.kill()
            process.wait()

    @staticmethod
    def answers(port, path):
        try:
            return http.get(port, path).status > 0
        except OSError:
            return False

    def run_client(self, *arguments):
        done = subprocess.run(
            [BIN / "orrery-demo-client", "--url", f"http://127.0.0.1:{self.api}", "--rate", "50",
             *map(str, arguments)],
            env=self.environment(), capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def whole_trace(self, query, spans):
        """The newest trace of the query, once all its services have sent their spans."""

        def complete():
            found = self.server.search(query, limit=1)
            trace = found and self.server.trace(found[0]["traceID"])
            return trace if trace and len(list(otlp.spans_of(trace))) == spans else None

        return wait_until(complete, 20, f"trace of {spans} spans for {query}")

    def chain_of(self, trace):
        """The spans from the root down, as (service, span)."""
        by_parent = {}
        for resource_spans, _, span in otlp.spans_of(trace):
            service = otlp.plain_attributes(resource_spans["resource"])["service.name"]
            by_parent.setdefault(span.get("parentSpanId", ""), []).append((service, span))
        chain, parent = [], ""
        while parent in by_parent:
            children = by_parent.pop(parent)
            self.assertEqual(len(children), 1)
            chain.append(children[0])
            parent = children[0][1]["spanId"]
        self.assertEqual(by_parent, {}, "spans outside the chain")
        return chain

    def names(self, chain):
        return [(service, span["name"], span["kind"]) for service, span in chain]

    def test_fast_call(self):
        self.run_client("--only", "call_fast", "--count", 1)
        chain = self.chain_of(self.whole_trace('{ name = "client_request.call_fast" && status != error }', 8))
        self.assertEqual(self.names(chain), CHAIN)
        for service, span in chain:
            attributes = otlp.plain_attributes(span)
            self.assertEqual("peer.service" in attributes, span["name"] == "POST", span["name"])
            self.assertNotIn("error.type", attributes)
            if span["kind"] != INTERNAL:
                self.assertEqual(attributes["http.response.status_code"], 200)
                self.assertIn(attributes["http.request.method"], span["name"])
        calls = dict((span["name"], otlp.plain_attributes(span)) for _, span in chain)
        self.assertEqual(calls["POST"]["peer.service"], "mock-llm-backend")
        self.assertEqual(calls["POST"]["server.port"], self.llm)
        self.assertEqual(calls["GET /calculate"]["http.route"], "/calculate")
        self.assertIn("/calculate?prompt=", calls["GET"]["url.full"])

    def test_slow_call_and_ping(self):
        self.run_client("--only", "call_slow", "--count", 1)
        chain = self.chain_of(self.whole_trace('{ name = "client_request.call_slow" }', 8))
        self.assertEqual(self.names(chain)[1:], CHAIN[1:])
        self.run_client("--only", "ping_server", "--count", 1)
        chain = self.chain_of(self.whole_trace('{ name = "client_request.healthcheck_ping" }', 3))
        self.assertEqual(self.names(chain), [
            ("simple.cpp.client", "client_request.healthcheck_ping", INTERNAL),
            ("simple.cpp.client", "GET", CLIENT),
            ("server-api", "GET /ping", SERVER)])

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
        server = self.launch("orrery-demo-server", "--port", api, "--llm-url", f"http://127.0.0.1:{broken}")
        wait_until(lambda: self.answers(api, "/ping") and self.answers(broken, "/"), 20, "demo")
        answer = http.get(api, "/calculate", prompt="hello")
        self.assertEqual(answer.status, 502)
        self.assertIn("model", answer.json()["error"])
        self.run_client("--only", "call_fast", "--count", 1, "--url", f"http://127.0.0.1:{api}")
        trace = self.whole_trace('{ name = "client_request.call_fast" && status = error }', 8)
        chain = self.chain_of(trace)
        self.assertEqual(self.names(chain), CHAIN)
        for _, span in chain:
            attributes = otlp.plain_attributes(span)
            self.assertEqual(span["status"]["code"], 2, span["name"])
            self.assertEqual(span["status"]["message"], attributes["error.message"])
            self.assertTrue(attributes["error.type"])
            event = otlp.plain_attributes(span["events"][0])
            self.assertEqual(span["events"][0]["name"], "exception")
            self.assertEqual(event["exception.message"], attributes["error.message"])
            self.assertIn("demo::", event["exception.stacktrace"])
        statuses = [otlp.plain_attributes(span).get("http.response.status_code") for _, span in chain]
        self.assertEqual(statuses, [None, 502, 502, None, None, 500, 500, None])
        for process in (llm, server):
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(20), 0)

    def test_mock_speaks_the_chat_completions_api(self):
        body = json.dumps({"model": "mock-fast", "messages": [{"role": "user", "content": "hi"}]})
        answer = http.request(self.llm, "POST", "/v1/chat/completions", body).json()
        self.assertEqual(answer["object"], "chat.completion")
        self.assertEqual(answer["choices"][0]["message"]["role"], "assistant")
        self.assertEqual(answer["usage"]["total_tokens"],
                         answer["usage"]["prompt_tokens"] + answer["usage"]["completion_tokens"])
        refused = http.request(self.llm, "POST", "/v1/chat/completions", "{}")
        self.assertEqual(refused.status, 400)
        self.assertEqual(refused.json()["error"]["param"], "model")

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
