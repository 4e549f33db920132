# SPDX-License-Identifier: Apache-2.0
"""The demo's programs beside a server, and their traces as trees."""
import os
import subprocess

from e2e.case import ServerCase
from support import http, otlp
from support.orrery import BIN, free_port, wait_until

KINDS = ["unspecified", "internal", "server", "client"]

CALL_MOCK_LLM = """\
        server-api call_mock_llm internal
          server-api POST client
            mock-llm-backend POST /v1/chat/completions server
              mock-llm-backend generate_mock_response internal
"""
CALL_OPENAI = """\
        server-api call_openai_chat internal
          server-api chat gpt-4o-mini client
"""
UP_TO_PROMPT = """\
simple.cpp.client client_request.{call} internal
  simple.cpp.client GET client
    server-api GET /calculate server
      server-api process_prompt internal
"""
TEST_OPENAI = """\
simple.cpp.client client_request.call_test_openai internal
  simple.cpp.client GET client
    server-api GET /test-openai server
      server-api test_sync_openai_call internal
""" + CALL_OPENAI


def chain(call):
    """The whole tree of call_fast or call_slow."""
    return UP_TO_PROMPT.format(call=call) + CALL_MOCK_LLM + CALL_OPENAI


def tree_of(trace):
    """One line for each span: service, name and kind, below its parent and in the order of starts."""
    children = {}
    for resource_spans, _, span in otlp.spans_of(trace):
        service = otlp.plain_attributes(resource_spans["resource"])["service.name"]
        children.setdefault(span.get("parentSpanId", ""), []).append((span["startTimeUnixNano"], service, span))
    lines = []

    def walk(parent, depth):
        for _, service, span in sorted(children.pop(parent, []), key=lambda child: child[0]):
            lines.append(f"{'  ' * depth}{service} {span['name']} {KINDS[span['kind']]}\n")
            walk(span["spanId"], depth + 1)

    walk("", 0)
    return "".join(lines) + "".join(f"(without a parent) {span['name']}\n"
                                    for orphans in children.values() for _, _, span in orphans)


class DemoCase(ServerCase):
    """A server, a quick mock LLM that never fails, and the demo server; no key."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.api, cls.llm = free_port(), free_port()
        cls.programs = []
        cls.addClassCleanup(cls.stop_programs)
        cls.launch("orrery-demo-llm", "--port", cls.llm, "--failure-rate", 0, "--fast-min", 0,
                   "--fast-max", 0.01, "--slow-min", 0.05, "--slow-max", 0.06)
        cls.api_process = cls.launch_server(cls.api, cls.llm)

    @classmethod
    def launch_server(cls, port, llm, *arguments, **environment):
        """A demo server that answers, and behind it a mock LLM that does."""
        process = cls.launch("orrery-demo-server", "--port", port, "--llm-url", f"http://127.0.0.1:{llm}", *arguments,
                             **environment)
        wait_until(lambda: cls.answers(port, "/ping") and cls.answers(llm, "/"), 20, "demo")
        return process

    @classmethod
    def log_of(cls, name):
        return cls.server.data_dir.parent / f"{name}.log"

    @classmethod
    def launch(cls, name, *arguments, **environment):
        with open(cls.log_of(name), "ab") as log:
            process = subprocess.Popen([BIN / name, *map(str, arguments)], env=cls.environment(**environment),
                                       stderr=log)
        cls.programs.append(process)
        return process

    @classmethod
    def environment(cls, **more):
        """Ours without anything about OpenAI: the tests say what they want of it."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("OPENAI_")}
        return {**inherited, "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{cls.server.otlp_grpc}", **more}

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

    def spans_by_name(self, trace):
        return {span["name"]: (span, otlp.plain_attributes(span)) for _, _, span in otlp.spans_of(trace)}
