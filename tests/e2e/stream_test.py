# SPDX-License-Identifier: Apache-2.0
"""Answers that come in pieces: Tempo's gRPC service beside HTTP on one port, NDJSON for browsers, and
what happens to a query whose client goes away."""
import json
import socket
import subprocess
import unittest
import urllib.parse

import grpc

from e2e.case import ServerCase
from support import http, otlp, tempo_messages as tempo
from support.grpc_client import Client
from support.orrery import BIN, wait_until
from support.samples import now, span

SERVICE = "/tempopb.StreamingQuerier/"
# Reads whole traces, all of them.
SLOW = '{ } >> { span.gen_ai.input.messages =~ ".*no prompt has these words.*" }'


def load(server, spans):
    """Traces of an LLM application, as orrery-load makes them, in blocks."""
    subprocess.run([BIN / "orrery-load", "--spans", str(spans), "--seed", "1", "--spread", "300",
                    "--url", f"http://127.0.0.1:{server.otlp_http}/v1/traces",
                    "--flush", f"http://127.0.0.1:{server.admin}/flush"],
                   stdout=subprocess.DEVNULL, check=True)


class Grpc(ServerCase):
    """Every method, with requests written and answers read by the field tables."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client = Client(cls.server.tempo)
        cls.addClassCleanup(cls.client.close)
        cls.start = now() - 120 * 10**9
        cls.sent = [span(None, f"name {i}", cls.start + i * 10**9, 10 + i, kind=2,
                         attributes=otlp.attributes(user__id=f"u-{i % 3}", n=i)) for i in range(40)]
        cls.server.send(otlp.traces_of("streamed", cls.sent))

    def ask(self, method, request_type, response_type, **fields):
        body = tempo.request(request_type, **fields)
        return [tempo.read_protobuf(response_type, message)
                for message in self.client.stream(SERVICE + method, body)]

    def search(self, query, **fields):
        return self.ask("Search", tempo.SEARCH_REQUEST, tempo.SEARCH_RESPONSE, query=query, **fields)

    def failure(self, method, body):
        with self.assertRaises(grpc.RpcError) as caught:
            list(self.client.stream(SERVICE + method, body))
        return caught.exception

    def test_search_ends_with_everything(self):
        messages = self.search('{ resource.service.name = "streamed" }', limit=100,
                               start=self.start // 10**9 - 60, end=now() // 10**9 + 60)
        found = [trace["traceID"].zfill(32) for trace in messages[-1]["traces"]]
        self.assertEqual(found, [one["traceId"] for one in reversed(self.sent)])
        self.assertEqual(messages[-1]["metrics"]["completedJobs"], messages[-1]["metrics"]["totalJobs"])

    def test_the_same_answer_as_http_gives(self):
        query = '{ span.user.id = "u-1" } | select(span.n)'
        json_answer = http.get(self.server.tempo, "/api/search", q=query, limit=100)
        self.assertEqual(self.search(query, limit=100)[-1]["traces"],
                         tempo.read_json(tempo.SEARCH_RESPONSE, json_answer.body)["traces"])

    def test_search_by_tags_and_durations(self):
        messages = self.search("", tags=[{"key": "service.name", "value": "streamed"},
                                         {"key": "user.id", "value": "u-2"}], limit=100)
        self.assertEqual(len(messages[-1]["traces"]), 13)
        messages = self.search("", minDurationMs=20, maxDurationMs=25, limit=100)
        self.assertEqual([t["durationMs"] for t in messages[-1]["traces"]], [25, 24, 23, 22, 21, 20])

    def test_probe_of_a_data_source_that_is_saved(self):
        second = now() // 10**9
        messages = self.search("{}", start=second - 900, end=second, limit=1, rf1After={})
        self.assertEqual(len(messages[-1]["traces"]), 1)
        self.assertEqual(self.search('{ name = "nobody" }')[-1].get("traces", []), [])

    def test_large_answers_are_split(self):
        text = "x" * 2000
        sent = [span(None, "large", attributes=otlp.attributes(text=text)) for _ in range(1500)]
        for at in range(0, len(sent), 500):
            self.server.send(otlp.traces_of("large", sent[at : at + 500]))
        body = tempo.request(tempo.SEARCH_REQUEST, limit=2000,
                             query='{ resource.service.name = "large" } | select(span.text)')
        messages = list(self.client.stream(SERVICE + "Search", body))
        self.assertLessEqual(max(map(len, messages)), (1 << 20) + 10_000)
        traces = {trace["traceID"] for message in messages
                  for trace in tempo.read_protobuf(tempo.SEARCH_RESPONSE, message).get("traces", [])}
        self.assertEqual(len(traces), 1500)

    def test_metrics_range(self):
        messages = self.ask("MetricsQueryRange", tempo.QUERY_RANGE_REQUEST, tempo.QUERY_RANGE_RESPONSE,
                            query='{ resource.service.name = "streamed" } | count_over_time() by (span.user.id)',
                            start=self.start - 10**9, end=self.start + 60 * 10**9, step=10 * 10**9)
        by_user = {series["labels"][0]["value"]["stringValue"]:
                   sum(sample.get("value", 0) for sample in series["samples"])
                   for series in messages[-1]["series"]}
        self.assertEqual(by_user, {"u-0": 14, "u-1": 13, "u-2": 13})
        # The samples lie on the step.
        times = {sample["timestampMs"] for series in messages[-1]["series"] for sample in series["samples"]}
        self.assertEqual({time % 10_000 for time in times}, {0})

    def test_metrics_instant(self):
        for method, request, extra in [
                ("MetricsQueryInstant", tempo.QUERY_INSTANT_REQUEST, {}),
                ("MetricsQueryRange", tempo.QUERY_RANGE_REQUEST, {"instant": True})]:
            messages = self.ask(method, request, tempo.QUERY_INSTANT_RESPONSE,
                                query='{ resource.service.name = "streamed" } | count_over_time()',
                                start=self.start - 10**9, end=self.start + 60 * 10**9, **extra)
            self.assertEqual(messages[-1]["series"][0]["value"], 40, method)

    def test_tags_and_values(self):
        scopes = {scope["name"]: scope["tags"] for scope in self.ask(
            "SearchTagsV2", tempo.TAGS_REQUEST, tempo.TAGS_V2_RESPONSE,
            query='{ resource.service.name = "streamed" }')[-1]["scopes"]}
        self.assertEqual(scopes["span"], ["n", "user.id"])
        only = self.ask("SearchTagsV2", tempo.TAGS_REQUEST, tempo.TAGS_V2_RESPONSE, scope="resource")
        self.assertEqual([scope["name"] for scope in only[-1]["scopes"]], ["resource"])
        self.assertIn("user.id", self.ask("SearchTags", tempo.TAGS_REQUEST, tempo.TAGS_RESPONSE)[-1]["tagNames"])
        values = self.ask("SearchTagValuesV2", tempo.VALUES_REQUEST, tempo.VALUES_V2_RESPONSE,
                          tagName="span.user.id")[-1]["tagValues"]
        self.assertEqual(values, [{"type": "string", "value": f"u-{i}"} for i in range(3)])
        self.assertEqual(self.ask("SearchTagValues", tempo.VALUES_REQUEST, tempo.VALUES_RESPONSE,
                                  tagName="user.id")[-1]["tagValues"], ["u-0", "u-1", "u-2"])

    def test_what_is_refused(self):
        for method, body, code, words in [
                ("Search", tempo.request(tempo.SEARCH_REQUEST, query="{ name = }"), "INVALID_ARGUMENT", "1:"),
                ("Search", tempo.request(tempo.SEARCH_REQUEST, query="{ }", start=20), "INVALID_ARGUMENT", "end"),
                ("Search", tempo.request(tempo.SEARCH_REQUEST, query="{ }", limit=300_000),
                 "INVALID_ARGUMENT", "exceeds max limit"),
                ("Search", b"\x42\x7fabc", "INVALID_ARGUMENT", "byte"),
                ("MetricsQueryRange", tempo.request(tempo.QUERY_RANGE_REQUEST, query="{ }"),
                 "INVALID_ARGUMENT", "metrics function"),
                ("SearchTagsV2", tempo.request(tempo.TAGS_REQUEST, scope="nowhere"),
                 "INVALID_ARGUMENT", "invalid scope: nowhere"),
                ("SearchTagValuesV2", tempo.request(tempo.VALUES_REQUEST, tagName="not a tag"),
                 "INVALID_ARGUMENT", "please provide a valid tagName"),
                ("Nothing", b"", "UNIMPLEMENTED", "no method")]:
            with self.subTest(method=method, body=body):
                error = self.failure(method, body)
                self.assertEqual((error.code().name, words in error.details()), (code, True), error.details())

    def test_metadata_of_grafana_is_accepted(self):
        body = tempo.request(tempo.SEARCH_REQUEST, query="{ }", limit=1)
        metadata = [("x-scope-orgid", "team"), ("authorization", "Basic dTpw"), ("user-agent", "grafana")]
        self.assertEqual(len(list(self.client.stream(SERVICE + "Search", body, metadata=metadata))), 1)

    def test_http_goes_on_beside_it(self):
        self.search("{ }")
        self.assertEqual(http.get(self.server.tempo, "/api/echo").text, "echo\n")
        # One byte at a time, so that the first ones could be anything.
        with socket.create_connection(("127.0.0.1", self.server.tempo), timeout=10) as slow:
            for byte in b"GET /api/echo HTTP/1.0\r\n\r\n":
                slow.sendall(bytes([byte]))
            self.assertIn(b"200 OK", slow.recv(1000))


class Ndjson(ServerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        load(cls.server, 300_000)

    def lines(self, path, **query):
        answer = http.get(self.server.web, "/api/orrery/v1/" + path, **query)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Content-Type"], "application/x-ndjson")
        return [json.loads(line) for line in answer.text.splitlines()]

    def test_search_tells_how_far_it_is(self):
        lines = self.lines("search", q=SLOW, limit=10)
        progress = [line["metrics"] for line in lines]
        done = [metrics.get("completedJobs", 0) for metrics in progress]
        self.assertEqual(done, sorted(done))
        self.assertEqual(progress[-1]["completedJobs"], progress[-1]["totalJobs"])
        self.assertEqual([line.get("done", False) for line in lines],
                         [False] * (len(lines) - 1) + [True])

    def test_the_last_line_is_the_whole_answer(self):
        query = '{ resource.service.name = "server-api" } >> { status = error }'
        last = self.lines("search", q=query, limit=500)[-1]
        whole = http.get(self.server.tempo, "/api/search", q=query, limit=500).json()
        self.assertEqual(last["traces"], whole["traces"])
        query = "{ nestedSetParent < 0 } | rate() by (resource.service.name)"
        last = self.lines("metrics/query_range", q=query, since="10m", step="10s")[-1]
        self.assertGreater(len(last["series"]), 0)
        self.assertTrue(last["done"])

    def test_parts_are_traces_of_the_answer(self):
        lines = self.lines("search", q="{ } >> { status = error }", limit=100_000)
        whole = {trace["traceID"] for trace in lines[-1]["traces"]}
        parts = [trace["traceID"] for line in lines[:-1] for trace in line["traces"]]
        self.assertEqual(len(parts), len(set(parts)))
        self.assertLessEqual(set(parts), whole)

    def test_what_fails_at_once_has_its_status(self):
        answer = http.get(self.server.web, "/api/orrery/v1/search", q="{ name = }")
        self.assertEqual(answer.status, 400, answer)
        self.assertIn("1:", answer.text)


class ClientsThatLeave(ServerCase):
    """One query at a time, so that one that runs on would be in the way."""

    flags = ("--query.concurrency=1",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        load(cls.server, 300_000)

    def cancelled(self, server):
        return self.server.metric_sum("orrery_http_error_responses_total", f'server="{server}"', 'code="499"')

    def leave(self, port, path):
        query = urllib.parse.urlencode({"q": SLOW, "limit": 10})
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(f"GET {path}?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            # It is being worked on when a second one has to wait for it.
            self.assertEqual(http.get(port, "/api/echo" if port == self.server.tempo else "/").status, 200)

    def test_a_query_stops_when_its_client_leaves(self):
        for name, port, path in [("tempo", self.server.tempo, "/api/search"),
                                 ("http", self.server.web, "/api/orrery/v1/search")]:
            def left():
                self.leave(port, path)
                return self.server.metric_sum("orrery_http_clients_left_total", f'server="{name}"') > 0
            wait_until(left, 60, f"query of {name} whose client left")
        wait_until(lambda: self.cancelled("tempo") > 0 or self.leave(self.server.tempo, "/api/search"), 60,
                   "query that was answered 499")
        self.assertEqual(http.get(self.server.tempo, "/api/search", q="{ status = error }").status, 200)

    def test_a_stream_stops_when_its_client_cancels(self):
        client = Client(self.server.tempo)
        body = tempo.request(tempo.SEARCH_REQUEST, query=SLOW)

        def left():
            client.stream(SERVICE + "Search", body).cancel()
            return self.server.metric_sum("orrery_grpc_clients_left_total") > 0
        wait_until(left, 60, "stream whose client left")
        client.close()
        self.assertEqual(http.get(self.server.tempo, "/api/search", q="{ status = error }").status, 200)


if __name__ == "__main__":
    unittest.main()
