# SPDX-License-Identifier: Apache-2.0
"""What a sender or reader may cost: lists and values over their limits, nesting, bombs, peers that
are slow, silent or many. The rest of the world is served meanwhile."""
import concurrent.futures
import gzip
import json
import socket
import threading
import time
import unittest

import grpc

from e2e.case import ServerCase
from support import http, otlp, protobuf, zstd
from support.grpc_client import TRACES, Client
from support.orrery import wait_until
from support.samples import new_trace_id, span

MIB = 1 << 20


def warning(answer):
    return otlp.decode_as(otlp.EXPORT_RESPONSE, answer.body).get("partialSuccess", {}).get("errorMessage", "")


class Trimming(ServerCase):
    """What is over a limit is left out, counted and told; the answer is the same after a replay."""

    flags = ("--otlp.limits.attributes=3", "--otlp.limits.key-size=32B", "--otlp.limits.value-size=16B",
             "--otlp.limits.events=2", "--otlp.limits.links=2",
             "--pipeline.add-resource-attributes=added.one=1,added.two=2,added.three=3")

    def test_a_span_over_every_limit(self):
        pairs = otlp.attributes(a="x" * 14 + "läuft", b=[b"0123456789abcdefgh"], c=1, d=2)
        one = span(attributes=[*otlp.attributes(**{"k" * 33: 1}), *pairs], droppedAttributesCount=1,
                   events=[{"name": str(i), "attributes": pairs} for i in range(4)],
                   links=[{"traceId": new_trace_id(), "attributes": pairs} for _ in range(3)])
        sent = otlp.traces_of("trimmed", [one], scope={"name": "s", "attributes": pairs})
        before = self.server.metrics()
        answer = self.server.send(sent)
        self.assertEqual(answer.status, 200, answer)
        for words in ("over the limit of 3", "key over 32 bytes", "2 events", "1 links", "cut to 16 bytes"):
            self.assertIn(words, warning(answer))
        self.assertNotIn("rejectedSpans", otlp.decode_as(otlp.EXPORT_RESPONSE, answer.body)["partialSuccess"])
        stored = self.check(one["traceId"])
        after = self.server.metrics()
        grown = {series.split('reason="')[1][:-2]: value - before[series] for series, value in after.items()
                 if series.startswith("orrery_ingest_trimmed_total") and 'transport="http"' in series}
        self.assertEqual(grown, {"attribute_count": 6, "key_size": 1, "nesting": 0, "event_count": 2,
                                 "link_count": 1, "value_size": 12})
        self.server.kill()
        self.server.start()
        self.assertEqual(self.check(one["traceId"]), stored)
        self.server.flush()
        self.assertEqual(self.check(one["traceId"]), stored)

    def check(self, trace_id):
        kept = {"a": "x" * 14 + "l", "b": [b"0123456789abcdef"], "c": 1}
        trace = self.server.trace(trace_id)
        resource_spans, scope_spans, stored = next(otlp.spans_of(trace))
        for holder, dropped in [(stored, 3), (stored["events"][1], 1), (stored["links"][1], 1),
                                (scope_spans["scope"], 1)]:
            self.assertEqual(otlp.plain_attributes(holder), kept)
            self.assertEqual(holder["droppedAttributesCount"], dropped)
        self.assertEqual((len(stored["events"]), stored["droppedEventsCount"]), (2, 2))
        self.assertEqual((len(stored["links"]), stored["droppedLinksCount"]), (2, 1))
        # service.name has come, two of the three that are added find room.
        self.assertEqual(len(resource_spans["resource"]["attributes"]), 3)
        self.assertEqual(resource_spans["resource"]["droppedAttributesCount"], 1)
        return otlp.normal(trace)


class Forms(ServerCase):
    """Values that are well-formed on the wire and wrong otherwise."""

    def test_ten_thousand_levels_cost_their_attribute(self):
        value = b""
        text = '{"intValue":1}'
        for _ in range(10_000):
            value = protobuf.sized(5, protobuf.sized(1, value))
        text = '{"arrayValue":{"values":[' * 10_000 + text + "]}}" * 10_000
        attribute = protobuf.sized(9, protobuf.sized(1, b"deep") + protobuf.sized(2, value))
        one, other = span(), span()
        body = protobuf.sized(1, protobuf.sized(2, protobuf.sized(2, protobuf.encode(otlp.SPAN, one) + attribute)))
        wire = json.dumps(otlp.traces_of("deep", [{**other, "attributes": "HERE"}]))
        wire = wire.replace('"HERE"', '[{"key":"deep","value":' + text + "}]")
        client = Client(self.server.otlp_grpc)
        self.addCleanup(client.close)
        before = self.server.metric_sum("orrery_ingest_trimmed_total", "nesting")
        self.assertIn("64 levels", warning(self.server.send(body)))
        self.assertIn("64 levels", self.server.send(wire.encode(), content_type="application/json").text)
        self.assertIn(b"64 levels", client.call(TRACES, body))
        self.assertEqual(self.server.metric_sum("orrery_ingest_trimmed_total", "nesting"), before + 3)
        for trace_id in (one["traceId"], other["traceId"]):
            stored = next(otlp.spans_of(self.server.trace(trace_id)))[2]
            self.assertEqual(stored["droppedAttributesCount"], 1)
            self.assertNotIn("attributes", stored)

    def test_nesting_without_end_is_refused_with_its_request(self):
        text = "[" * 1_000_000 + "]" * 1_000_000
        answer = self.server.send(text.encode(), content_type="application/json")
        self.assertEqual((answer.status, answer.json()["message"]), (400, "JSON nests too deep"))
        answer = self.server.send(b"\x0b" * 1_000_000)
        self.assertEqual(answer.status, 400, answer)

    def test_text_that_is_not_utf8_is_stored_and_answers_stay_valid(self):
        bad = b"caf\xe9 \xff\xed\xa0\x80"
        one = span()
        attribute = protobuf.sized(9, protobuf.sized(1, b"text." + bad) + protobuf.sized(2, protobuf.sized(1, bad)))
        named = protobuf.encode(otlp.SPAN, one) + protobuf.sized(5, bad) + attribute
        body = protobuf.sized(1, protobuf.sized(2, protobuf.sized(2, named)))
        self.assertEqual(self.server.send(body).status, 200)
        for _ in range(2):
            raw = http.get(self.server.tempo, f"/api/traces/{one['traceId']}", {"Accept": "application/protobuf"})
            self.assertIn(bad, raw.body)
            for path, query in [(f"/api/traces/{one['traceId']}", {}), (f"/api/v2/traces/{one['traceId']}", {}),
                                ("/api/search", {"q": "{ }"}), ("/api/v2/search/tags", {}),
                                ("/api/v2/search/tag/name/values", {})]:
                answer = http.get(self.server.tempo, path, {"Accept": "application/json"}, **query)
                self.assertEqual(answer.status, 200, answer)
                self.assertTrue(answer.json())  # Fails on bytes that are not UTF-8.
            self.server.flush()
        sent = otlp.traces_of("x", [span(name="HERE")])
        wire = json.dumps(sent).encode().replace(b"HERE", bad)
        self.assertEqual(self.server.send(wire, content_type="application/json").status, 400)

    def test_requests_that_grow_in_memory_are_refused_for_good(self):
        empty_attributes = b"\x4a\x00" * (5 * MIB)
        one = protobuf.encode(otlp.SPAN, span())
        body = protobuf.sized(1, protobuf.sized(2, protobuf.sized(2, one + b"\x5a\x00" * MIB + empty_attributes)))
        for limits in (empty_attributes, b"\x6a\x00" * (5 * MIB), b"\x5a\x00" * (5 * MIB)):
            body = protobuf.sized(1, protobuf.sized(2, protobuf.sized(2, one + limits)))
            # Far more than is kept: the limits of the span hold, so this is cheap.
            self.assertEqual(self.server.send(body).status, 200)
        items = protobuf.sized(2, protobuf.sized(5, b"\x0a\x00" * (5 * MIB)))
        body = protobuf.sized(1, protobuf.sized(2, protobuf.sized(2, one + protobuf.sized(9, items))))
        answer = self.server.send(body)
        self.assertEqual(answer.status, 413, answer)
        self.assertNotIn("Retry-After", answer.headers)


class LargeTraces(ServerCase):
    """A trace with more spans than may be read is answered in part."""

    flags = ("--query.max-trace-spans=1000",)

    def test_a_part_and_a_message(self):
        trace_id = new_trace_id()
        for part in range(3):
            spans = [span(trace_id, f"{part}", start=10**18 + part * 10**9 + i) for i in range(700)]
            self.assertEqual(self.server.send(otlp.traces_of("large", spans)).status, 200)
            for _ in range(2):
                self.check(trace_id, 700 * (part + 1))
                self.server.flush()

    def check(self, trace_id, spans):
        v1 = http.get(self.server.tempo, f"/api/traces/{trace_id}")
        v2 = http.get(self.server.tempo, f"/api/v2/traces/{trace_id}", {"Accept": "application/json"})
        found = http.get(self.server.tempo, "/api/search", q="{ }")
        answered = sum(1 for _ in otlp.spans_of(otlp.from_tempo_json(v2.json()["trace"])))
        self.assertEqual(len(found.json()["traces"]), 1)
        if spans <= 1000:
            self.assertEqual((v1.status, v2.json().get("status"), answered), (200, None, spans))
            self.assertNotIn("Warning", found.headers)
            return
        self.assertEqual(v1.status, 422, v1)
        self.assertIn("1000 spans", v1.text)
        self.assertEqual((v2.status, v2.json()["status"], answered), (200, "PARTIAL", 1000))
        self.assertIn("maximum of 1000 spans", v2.json()["message"])
        self.assertIn("more than 1000 spans", found.headers["Warning"])


class Bombs(ServerCase):
    """A gigabyte in a small body costs bounded memory and a clear refusal."""

    limit = 256 * MIB
    flags = ("--memory-limit=256MiB",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gzip_bomb = gzip.compress(bytes(8 * MIB), 9) * 128
        cls.zstd_bomb = zstd.repeated(b"\x0a", b"\x01", 1 << 30)

    def throw_one(self, kind):
        if kind == "grpc":
            client = Client(self.server.otlp_grpc)
            try:
                client.call(TRACES, self.gzip_bomb)
            except grpc.RpcError as refused:
                retried = any(key == "grpc-status-details-bin" for key, _ in refused.trailing_metadata())
                return refused.code().name + (" later" if retried else "")
            finally:
                client.close()
            return "OK"
        answer = self.server.send(self.gzip_bomb if kind == "gzip" else self.zstd_bomb, content_encoding=kind)
        return f"{answer.status}" + (" later" if "Retry-After" in answer.headers else "")

    def test_one_at_a_time_is_refused_for_good(self):
        self.assertEqual(self.throw_one("gzip"), "413")
        self.assertEqual(self.throw_one("zstd"), "413")
        self.assertEqual(self.throw_one("grpc"), "RESOURCE_EXHAUSTED")
        self.assertLess(self.server.peak_bytes(), self.limit)

    def took(self, traces):
        """Whether a request is taken; when memory is short, its sender is told to come again."""
        answer = self.server.send(traces)
        if answer.status != 200:
            self.assertIn(answer.status, (429, 503), answer)
            self.assertIn("Retry-After", answer.headers)
        return answer.status == 200

    def test_many_at_once_while_others_are_served(self):
        kinds = ["gzip", "zstd", "grpc"] * 20
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            thrown = [pool.submit(self.throw_one, kind) for kind in kinds]
            served = 0
            while not all(one.done() for one in thrown) or served < 20:
                one = span()
                wait_until(lambda: self.took(otlp.traces_of("served", [one])), 30, "span that is taken")
                self.assertIsNotNone(self.server.trace(one["traceId"]))
                served += 1
        outcomes = {one.result() for one in thrown}
        self.assertLessEqual(outcomes, {"413", "429 later", "503 later", "RESOURCE_EXHAUSTED",
                                        "RESOURCE_EXHAUSTED later"})
        self.assertLess(self.server.peak_bytes(), self.limit)


class Peers(ServerCase):
    """Senders and readers that dawdle are cut off; others do not notice."""

    flags = ("--memory-limit=256MiB", "--http.max-connections=400")
    head = b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"

    def connect(self, port):
        peer = socket.create_connection(("127.0.0.1", port))
        self.addCleanup(peer.close)
        return peer

    def closed(self, peer):
        """Whether the server has ended the connection; reads what it has said."""
        peer.setblocking(False)
        try:
            while peer.recv(65536):
                pass
            return True
        except BlockingIOError:
            return False
        except ConnectionError:
            return True

    def serve_until(self, condition, seconds=45):
        """Sends and asks as a usual client does until the condition holds."""
        deadline = time.monotonic() + seconds
        slowest = 0
        while not condition():
            self.assertLess(time.monotonic(), deadline, "the peers are still connected")
            begin = time.monotonic()
            one = span()
            self.assertEqual(self.server.send(otlp.traces_of("served", [one])).status, 200)
            self.assertIsNotNone(self.server.trace(one["traceId"]))
            slowest = max(slowest, time.monotonic() - begin)
            time.sleep(0.05)
        return slowest

    def test_slow_senders_and_silent_ones(self):
        timeouts = self.server.metric_sum("orrery_http_timeouts_total", "otlp_http")
        trickling = [self.connect(self.server.otlp_http) for _ in range(50)]
        for peer in trickling:
            peer.sendall(self.head + b"Content-Length: 8000000\r\n\r\n")
        stalled = [self.connect(self.server.otlp_http) for _ in range(50)]
        for peer in stalled:
            peer.sendall(self.head + b"Content-Length: 8000000\r\n\r\n" + bytes(200_000))
        in_head = [self.connect(self.server.otlp_http) for _ in range(50)]
        for peer in in_head:
            peer.sendall(self.head)
        chunked = [self.connect(self.server.otlp_http) for _ in range(20)]
        for peer in chunked:
            peer.sendall(self.head + b"Transfer-Encoding: chunked\r\n\r\n10\r\nhalf")
        stop = threading.Event()

        def trickle():
            while not stop.wait(0.5):
                for peer in trickling:
                    try:
                        peer.send(b"\x0a")
                    except OSError:
                        pass

        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            everybody = trickling + stalled + in_head + chunked
            self.serve_until(lambda: all(self.closed(peer) for peer in everybody))
        finally:
            stop.set()
            thread.join()
        self.assertGreaterEqual(self.server.metric_sum("orrery_http_timeouts_total", "otlp_http"), timeouts + 100)
        self.assertLess(self.server.peak_bytes(), 256 * MIB)

    def test_readers_who_never_read(self):
        trace_id = new_trace_id()
        for _ in range(10):
            spans = [span(trace_id, attributes=otlp.attributes(text="x" * 900)) for _ in range(1000)]
            self.assertEqual(self.server.send(otlp.traces_of("long", spans)).status, 200)
        readers = []
        for _ in range(60):
            peer = socket.socket()
            self.addCleanup(peer.close)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            peer.connect(("127.0.0.1", self.server.tempo))
            peer.sendall(b"GET /api/traces/" + trace_id.encode() + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
            readers.append(peer)
        connections = lambda: self.server.metrics()['orrery_http_connections{server="tempo"}']
        wait_until(lambda: connections() >= 60, what="60 readers")
        refused = lambda: self.server.metric_sum("orrery_http_refused_answers_total", "tempo")
        cut_off = lambda: self.server.metric_sum("orrery_http_timeouts_total", "tempo")
        self.serve_until(lambda: refused() + cut_off() >= 60)
        self.assertGreater(refused(), 0)
        self.assertGreater(cut_off(), 0)
        self.assertLess(self.server.peak_bytes(), 256 * MIB)

    def test_more_connections_than_may_be(self):
        crowd = [self.connect(self.server.otlp_http) for _ in range(600)]
        refused = lambda: self.server.metric_sum("orrery_http_refused_connections_total", "otlp_http")
        wait_until(lambda: refused() >= 200, what="200 refused connections")

        def is_served():
            try:
                return self.server.send(otlp.traces_of("in the crowd", [span()])).status == 200
            except ConnectionError:
                return False

        wait_until(is_served, 10, "answer while the crowd says nothing")
        for peer in crowd:
            peer.close()
        wait_until(lambda: self.server.metrics()['orrery_http_connections{server="otlp_http"}'] < 10,
                   what="end of the crowd")
        self.assertEqual(self.server.send(otlp.traces_of("after", [span()])).status, 200)

    def test_a_crowd_that_says_nothing_over_grpc(self):
        crowd = [self.connect(self.server.otlp_grpc) for _ in range(1000)]
        client = Client(self.server.otlp_grpc)
        self.addCleanup(client.close)
        deadline = time.monotonic() + 45
        while not all(self.closed(peer) for peer in crowd):
            self.assertLess(time.monotonic(), deadline, "the silent peers are still connected")
            one = span()
            client.call(TRACES, otlp.encode(otlp.traces_of("served", [one])))
            self.assertIsNotNone(self.server.trace(one["traceId"]))
            time.sleep(0.05)
        self.assertLess(self.server.peak_bytes(), 256 * MIB)


if __name__ == "__main__":
    unittest.main()
