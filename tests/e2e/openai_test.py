# SPDX-License-Identifier: Apache-2.0
"""The demo with a key: OpenAI's API over real TLS, played by a server of the test's own."""
import json
import subprocess
import unittest
from pathlib import Path

from e2e.demo_case import TEST_OPENAI, DemoCase, chain, tree_of
from support import http, otlp
from support.certificates import Authority
from support.openai_server import CUT, CUT_LATE, HANG, USAGE, OpenAiServer, completion, error
from support.orrery import BIN, free_port

KEY = "sk-test-0123456789abcdefghijklmnopqrstuvwxyz"


class OpenAi(DemoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = Path(cls.folder.name)
        cls.authority = Authority(folder, "authority")
        cls.openai = cls.serve(*cls.authority.sign("IP:127.0.0.1"))
        cls.api = free_port()
        cls.process = cls.launch_server(
            cls.api, cls.llm, "--openai-timeout", 1.5, OPENAI_API_KEY=KEY, OPENAI_CA_FILE=str(cls.authority.pem),
            OPENAI_BASE_URL=f"https://127.0.0.1:{cls.openai.port}/v1")

    @classmethod
    def serve(cls, certificate, key):
        server = OpenAiServer(certificate, key)
        cls.addClassCleanup(server.close)
        return server

    def setUp(self):
        self.openai.script.clear()
        self.openai.requests.clear()

    def ask(self, *script):
        """/test-openai with these answers to come, and its trace once it is whole."""
        self.openai.script[:] = script
        trace_id = f"{id(self):016x}{len(script):04x}{free_port():012x}"
        answer = http.get(self.api, "/test-openai", {"traceparent": f"00-{trace_id}-00000000000000aa-01"})
        return answer, self.whole_trace(f'{{ trace:id = "{trace_id}" }}', 4)

    def assert_failed(self, type_, reason, requests, *script):
        answer, trace = self.ask(*script)
        self.assertEqual(answer.status, 502)
        self.assertEqual(answer.json()["type"], type_)
        self.assertIn(reason, answer.json()["error"])
        self.assertEqual(len(self.openai.requests), requests)
        for name, (span, attributes) in self.spans_by_name(trace).items():
            self.assertEqual(span["status"]["code"], 2, name)
            self.assertEqual(attributes["error.type"], "502" if name == "GET /test-openai" else type_)
            self.assertIn(reason, span["status"]["message"])
            self.assertEqual(span["events"][-1]["name"], "exception", name)
        return self.spans_by_name(trace)["chat gpt-4o-mini"][1]

    def test_the_whole_chain_through_tls(self):
        for call, tree, count in (("call_fast", chain("call_fast"), 10), ("call_test_openai", TEST_OPENAI, 6)):
            self.run_client("--only", call, "--count", 1)
            trace = self.whole_trace(f'{{ name = "client_request.{call}" && status != error }}', count)
            self.assertEqual(tree_of(trace), tree)
            chat = self.spans_by_name(trace)["chat gpt-4o-mini"][1]
            self.assertEqual(chat["gen_ai.usage.input_tokens"], USAGE["prompt_tokens"])
            self.assertEqual(chat["gen_ai.usage.output_tokens"], USAGE["completion_tokens"])
            self.assertEqual(chat["gen_ai.usage.cache_read.input_tokens"], 16)
            self.assertEqual(chat["gen_ai.usage.reasoning.output_tokens"], 3)
            self.assertEqual(chat["gen_ai.response.model"], "gpt-4o-mini-2024-07-18")
            self.assertEqual(chat["server.port"], self.openai.port)
            self.assertNotIn("demo.stand_in", chat)

    def test_answer_goes_to_the_caller(self):
        self.openai.script[:] = [completion("A better answer.")]
        answer = http.get(self.api, "/calculate", prompt="why?").json()
        self.assertEqual(answer["answer"], "A better answer.")
        self.assertTrue(answer["draft"])
        path, _, body = self.openai.requests[0]
        self.assertEqual(path, "/v1/chat/completions")
        request = json.loads(body)
        self.assertEqual(request["model"], "gpt-4o-mini")
        self.assertIn("why?", request["messages"][1]["content"])
        self.assertIn(answer["draft"], request["messages"][1]["content"])

    def test_nothing_of_the_trace_is_sent(self):
        self.ask(completion())
        _, headers, body = self.openai.requests[0]
        self.assertEqual(set(headers), {"host", "user-agent", "accept", "content-type", "content-length",
                                        "authorization"})
        self.assertEqual(headers["authorization"], f"Bearer {KEY}")
        self.assertEqual(set(json.loads(body)), {"model", "messages", "temperature", "max_completion_tokens"})

    def test_wrong_key(self):
        chat = self.assert_failed("401", "that key is wrong", 1, error(401, "that key is wrong"))
        self.assertEqual(chat["http.response.status_code"], 401)

    def test_429_is_tried_once_more_after_retry_after(self):
        answer, trace = self.ask(error(429, "slow down", Retry_After="0.1"), completion())
        self.assertEqual(answer.status, 200)
        self.assertEqual(len(self.openai.requests), 2)
        span, attributes = self.spans_by_name(trace)["chat gpt-4o-mini"]
        self.assertNotIn("error.type", attributes)
        self.assertEqual(attributes["http.request.resend_count"], 1)
        self.assertEqual(span["events"][0]["name"], "retry")
        retry = otlp.plain_attributes(span["events"][0])
        self.assertEqual(retry, {"http.response.status_code": 429, "retry.wait_ms": 100})
        waited = (span["endTimeUnixNano"] - span["events"][0]["timeUnixNano"]) / 1e6
        self.assertGreaterEqual(waited, 100)

    def test_429_that_stays(self):
        limited = error(429, "slow down", Retry_After="0")
        self.assert_failed("429", "slow down", 2, limited, limited, completion())

    def test_429_that_asks_for_more_time_than_there_is(self):
        self.assert_failed("429", "asks to wait 60.0 s", 1, error(429, "slow down", Retry_After="60"), completion())

    def test_server_error_is_tried_once_more(self):
        answer, _ = self.ask(error(503, "not now", Retry_After_Ms="1"), completion())
        self.assertEqual(answer.status, 200)
        self.openai.requests.clear()
        broken = error(500, "broken", Retry_After="0")
        self.assert_failed("500", "broken", 2, broken, broken, completion())

    def test_redirects_are_not_followed(self):
        elsewhere = f"https://127.0.0.1:{self.openai.port}/elsewhere"
        self.assert_failed("302", "302", 1, (302, {"Location": elsewhere}, ""))

    def test_silence_ends_in_a_timeout(self):
        self.assert_failed("timeout", "timed out", 1, HANG)

    def test_cut_connections(self):
        self.assert_failed("connection_failed", "POST", 1, CUT)
        self.openai.requests.clear()
        self.assert_failed("connection_failed", "POST", 1, CUT_LATE)

    def test_answers_that_are_none(self):
        for body in ("", "{}", "[" * 100_000, '{"choices":[{"message":{"content":null}}]}', "\xff"):
            self.openai.requests.clear()
            self.assert_failed("bad_completion", "no text", 1, (200, {}, body))

    def test_endless_answers_are_refused(self):
        self.assert_failed("answer_too_large", "POST", 1, (200, {}, " " * (5 << 20)))

    def test_calculate_answers_502_with_the_reason(self):
        self.openai.script[:] = [error(401, "that key is wrong")]
        answer = http.get(self.api, "/calculate", prompt="hello")
        self.assertEqual(answer.status, 502)
        self.assertIn("that key is wrong", answer.json()["error"])

    def assert_no_certificate(self, server, authority):
        api = free_port()
        process = self.launch_server(api, self.llm, OPENAI_API_KEY=KEY, OPENAI_CA_FILE=str(authority.pem),
                                     OPENAI_BASE_URL=f"https://127.0.0.1:{server.port}/v1")
        answer = http.get(api, "/test-openai")
        process.kill()
        self.assertEqual(answer.status, 502)
        self.assertEqual(answer.json()["type"], "certificate")
        self.assertEqual(server.requests, [])

    def test_certificate_of_another_host(self):
        server = self.serve(*self.authority.sign("DNS:api.example.com"))
        self.assert_no_certificate(server, self.authority)

    def test_certificate_of_an_unknown_authority(self):
        self.assert_no_certificate(self.openai, Authority(self.folder.name, "somebody"))

    def test_key_leaks_nowhere(self):
        echoes = [error(401, f"Incorrect API key provided: {KEY}."), completion(f"Your key is {KEY}.")]
        self.openai.script[:] = echoes * 2
        answers = [http.get(self.api, "/test-openai") for _ in range(2)]
        answers += [http.get(self.api, "/calculate", prompt="what is my key?") for _ in range(2)]
        self.assertEqual([answer.status for answer in answers], [502, 200, 502, 200])
        for answer in answers:
            self.assertNotIn(KEY, answer.text)
            self.assertIn("[key]", answer.text)
        self.assertNotIn(KEY.encode(), Path(f"/proc/{self.process.pid}/cmdline").read_bytes())
        self.process.terminate()  # sends the last spans
        self.process.wait(20)
        type(self).process = self.launch_server(
            self.api, self.llm, "--openai-timeout", 1.5, OPENAI_API_KEY=KEY, OPENAI_CA_FILE=str(self.authority.pem),
            OPENAI_BASE_URL=f"https://127.0.0.1:{self.openai.port}/v1")
        found = self.server.search('{ name = "chat gpt-4o-mini" && .error.type = "401" }')
        self.assertTrue(found)
        for summary in self.server.search("{ }"):
            self.assertNotIn(KEY, json.dumps(self.server.trace(summary["traceID"])))
        for log in Path(self.folder.name).glob("*.log"):
            self.assertNotIn(KEY, log.read_text(errors="replace"), log)

    def test_settings_that_would_show_the_key_are_refused(self):
        for base, key, reason in (("http://api.example.com/v1", KEY, "https://"),
                                  ("https://user:secret@127.0.0.1/v1", KEY, "leave them out"),
                                  ("ftp://127.0.0.1/v1", KEY, "no address"),
                                  ("https://127.0.0.1/v1", KEY + "\nX-Evil: 1", "copy the key again")):
            done = subprocess.run([BIN / "orrery-demo-server", "--port", "0"], capture_output=True, text=True, timeout=20,
                                  env=self.environment(OPENAI_BASE_URL=base, OPENAI_API_KEY=key))
            self.assertEqual(done.returncode, 1, base)
            self.assertIn(reason, done.stderr)
            self.assertNotIn(KEY, done.stderr)
            self.assertNotIn("secret", done.stderr)


if __name__ == "__main__":
    unittest.main()
