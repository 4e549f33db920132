# SPDX-License-Identifier: Apache-2.0
"""Traces in over OTLP, and back out unchanged."""
import gzip
import json
import unittest

import grpc

from e2e.case import ServerCase
from support import http, otlp, zstd
from support.grpc_client import LOGS, TRACES, Client
from support.samples import everything, new_span_id, new_trace_id, span


class RoundTrip(ServerCase):
    """Every field of OTLP over every transport, read back by id in all four forms."""

    def send_over_http(self, sent, **options):
        answer = self.server.send(sent, **options)
        self.assertEqual(answer.status, 200, answer)
        return answer

    def test_http_protobuf(self):
        trace_id, sent = everything()
        answer = self.send_over_http(sent)
        self.assertEqual(answer.headers["Content-Type"], "application/x-protobuf")
        self.assertEqual(otlp.decode_as(otlp.EXPORT_RESPONSE, answer.body), {})
        self.assert_stored(sent, trace_id)

    def test_http_protobuf_gzip(self):
        trace_id, sent = everything()
        self.send_over_http(gzip.compress(otlp.encode(sent)), content_encoding="gzip")
        self.assert_stored(sent, trace_id)

    def test_http_protobuf_zstd(self):
        trace_id, sent = everything()
        self.send_over_http(zstd.stored(otlp.encode(sent)), content_encoding="zstd")
        self.assert_stored(sent, trace_id)

    def test_http_json(self):
        trace_id, sent = everything()
        body = json.dumps(otlp.to_json(sent)).encode()
        answer = self.send_over_http(body, content_type="application/json; charset=utf-8")
        self.assertTrue(answer.headers["Content-Type"].startswith("application/json"))
        self.assertEqual(answer.json(), {})
        self.assert_stored(sent, trace_id)

    def test_http_json_gzip_with_upper_case_ids_and_numbers(self):
        trace_id, sent = everything()
        wire = otlp.to_json(sent)
        for _, _, one in otlp.spans_of(wire):
            one["traceId"] = one["traceId"].upper()
            one["startTimeUnixNano"] = int(one["startTimeUnixNano"])
            one["unknownField"] = {"is": ["ignored"]}
        self.send_over_http(gzip.compress(json.dumps(wire).encode()),
                            content_type="application/json", content_encoding="gzip")
        self.assert_stored(sent, trace_id)

    def test_grpc(self):
        trace_id, sent = everything()
        client = Client(self.server.otlp_grpc)
        self.addCleanup(client.close)
        self.assertEqual(client.call(TRACES, otlp.encode(sent)), b"")
        self.assert_stored(sent, trace_id)

    def test_grpc_gzip(self):
        trace_id, sent = everything()
        client = Client(self.server.otlp_grpc)
        self.addCleanup(client.close)
        client.call(TRACES, otlp.encode(sent), gzip=True)
        self.assert_stored(sent, trace_id)

    def test_all_four_answers_say_the_same(self):
        trace_id, sent = everything()
        self.send_over_http(sent)
        protobuf, as_json = {"Accept": "application/protobuf"}, {"Accept": "application/json"}
        port = self.server.tempo
        v1 = http.get(port, f"/api/traces/{trace_id}", as_json)
        self.assertEqual(v1.headers["Content-Type"], "application/json")
        self.assertIn("batches", v1.json())
        self.assert_stored(sent, trace_id, otlp.from_tempo_json(v1.json()))
        v2 = http.get(port, f"/api/v2/traces/{trace_id}", as_json)
        self.assert_stored(sent, trace_id, otlp.from_tempo_json(v2.json()["trace"]))
        v2_protobuf = http.get(port, f"/api/v2/traces/{trace_id}", protobuf)
        self.assertEqual(v2_protobuf.headers["Content-Type"], "application/protobuf")
        self.assert_stored(sent, trace_id,
                           otlp.decode_as(otlp.TRACE_BY_ID_RESPONSE, v2_protobuf.body)["trace"])

    def test_flushed_block_says_the_same_as_the_head(self):
        trace_id, sent = everything()
        self.send_over_http(sent)
        self.server.flush()
        self.assert_stored(sent, trace_id)

    def test_trace_of_two_requests_is_one(self):
        trace_id = new_trace_id()
        first = otlp.traces_of("a", [span(trace_id, "first")])
        second = otlp.traces_of("b", [span(trace_id, "second")])
        self.send_over_http(first)
        self.server.flush()
        self.send_over_http(second)
        both = {"resourceSpans": first["resourceSpans"] + second["resourceSpans"]}
        self.assert_stored(both, trace_id)

    def test_the_same_span_sent_twice_is_there_once(self):
        trace_id, sent = everything()
        self.send_over_http(sent)
        self.send_over_http(sent)
        self.assert_stored(sent, trace_id)

    def test_span_that_just_ended_is_found_at_once(self):
        one = span(name="brand new")
        self.send_over_http(otlp.traces_of("fresh", [one]))
        found = self.server.search('{ resource.service.name = "fresh" }')
        self.assertEqual([t["traceID"].zfill(32) for t in found], [one["traceId"]])


class Refusals(ServerCase):
    """What is wrong is refused with a reason, and hurts nothing else."""

    def test_bad_spans_are_refused_alone(self):
        good = span()
        bad = [span(traceId="abcd"), span(spanId="00" * 8), span(startTimeUnixNano=0), span(traceId="")]
        answer = self.server.send(otlp.traces_of("partial", [*bad, good]))
        self.assertEqual(answer.status, 200, answer)
        partial = otlp.decode_as(otlp.EXPORT_RESPONSE, answer.body)["partialSuccess"]
        self.assertEqual(partial["rejectedSpans"], 4)
        self.assertIn("trace_id", partial["errorMessage"])
        self.assertIn("start_time_unix_nano", partial["errorMessage"])
        self.assert_stored(otlp.traces_of("partial", [good]), good["traceId"])

    def test_partial_success_in_json(self):
        wire = otlp.to_json(otlp.traces_of("partial", [span(traceId="abcd"), span()]))
        answer = self.server.send(json.dumps(wire).encode(), content_type="application/json")
        self.assertEqual(answer.status, 200, answer)
        partial = answer.json()["partialSuccess"]
        self.assertEqual(partial["rejectedSpans"], "1")
        self.assertIn("trace_id", partial["errorMessage"])

    def test_partial_success_over_grpc(self):
        client = Client(self.server.otlp_grpc)
        self.addCleanup(client.close)
        body = client.call(TRACES, otlp.encode(otlp.traces_of("partial", [span(spanId="abcd"), span()])))
        partial = otlp.decode_as(otlp.EXPORT_RESPONSE, body)["partialSuccess"]
        self.assertEqual(partial["rejectedSpans"], 1)
        self.assertIn("span_id", partial["errorMessage"])

    def test_end_before_start_is_stored_with_duration_zero(self):
        one = span()
        one["endTimeUnixNano"] = one["startTimeUnixNano"] - 5
        self.assertEqual(self.server.send(otlp.traces_of("backwards", [one])).status, 200)
        stored = next(otlp.spans_of(self.server.trace(one["traceId"])))[2]
        self.assertEqual(stored["endTimeUnixNano"], one["startTimeUnixNano"])

    def test_undecodable_bodies(self):
        for content_type, body in [("application/x-protobuf", b"\x0a\xff\xff\xff\xff"),
                                   ("application/json", b'{"resourceSpans": [')]:
            answer = self.server.send(body, content_type=content_type)
            self.assertEqual(answer.status, 400, answer)
            self.assertTrue(answer.headers["Content-Type"].startswith(content_type))
            status = (answer.json() if content_type == "application/json"
                      else otlp.decode_as(otlp.RPC_STATUS, answer.body))
            self.assertGreater(len(status["message"]), 10)

    def test_json_error_says_where(self):
        wire = otlp.to_json(otlp.traces_of("x", [span()]))
        wire["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["startTimeUnixNano"] = "soon"
        answer = self.server.send(json.dumps(wire).encode(), content_type="application/json")
        self.assertEqual(answer.status, 400, answer)
        self.assertIn("startTimeUnixNano", answer.json()["message"])

    def test_garbage_in_place_of_gzip(self):
        answer = self.server.send(b"this is not gzip", content_encoding="gzip")
        self.assertEqual(answer.status, 400, answer)

    def test_unknown_encodings_and_types(self):
        body = otlp.encode(otlp.traces_of("x", [span()]))
        self.assertEqual(self.server.send(body, content_encoding="br").status, 415)
        self.assertEqual(self.server.send(body, content_type="text/plain").status, 415)

    def test_methods_other_than_post(self):
        answer = http.get(self.server.otlp_http, "/v1/traces")
        self.assertEqual(answer.status, 405, answer)
        self.assertIn("POST", answer.headers["Allow"])

    def test_unknown_path(self):
        self.assertEqual(http.get(self.server.otlp_http, "/v2/nothing").status, 404)

    def test_logs_are_refused_in_one_sentence(self):
        answer = http.request(self.server.otlp_http, "POST", "/v1/logs", b"{}",
                              {"Content-Type": "application/json"})
        self.assertEqual(answer.status, 404, answer)
        self.assertIn("logs", answer.json()["message"])
        client = Client(self.server.otlp_grpc)
        self.addCleanup(client.close)
        with self.assertRaises(grpc.RpcError) as refused:
            client.call(LOGS, b"")
        self.assertEqual(refused.exception.code(), grpc.StatusCode.UNIMPLEMENTED)
        self.assertIn("logs", refused.exception.details())

    def test_undecodable_grpc_message(self):
        client = Client(self.server.otlp_grpc)
        self.addCleanup(client.close)
        with self.assertRaises(grpc.RpcError) as refused:
            client.call(TRACES, b"\x0a\xff\xff\xff\xff")
        self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)

    def test_refusals_are_counted(self):
        before = self.metric_sum("refused")
        self.server.send(otlp.traces_of("x", [span(traceId="ab")]))
        self.assertGreater(self.metric_sum("refused"), before)

    def metric_sum(self, part):
        text = http.get(self.server.admin, "/metrics").text
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                   if line.startswith("orrery_") and part in line)

    def test_empty_requests_succeed(self):
        self.assertEqual(self.server.send(b"").status, 200)
        answer = self.server.send(b"{}", content_type="application/json")
        self.assertEqual((answer.status, answer.json()), (200, {}))
        client = Client(self.server.otlp_grpc)
        self.addCleanup(client.close)
        self.assertEqual(client.call(TRACES, b""), b"")


class Sizes(ServerCase):
    """Limits on requests, before and after inflating."""

    def bomb(self):
        one = span(attributes=otlp.attributes(zeros="0" * 100_000_000))
        return otlp.encode(otlp.traces_of("bomb", [one]))

    def test_body_over_the_limit(self):
        answer = self.server.send(self.bomb())
        self.assertEqual(answer.status, 413, answer)

    def test_inflated_body_over_the_limit(self):
        packed = gzip.compress(self.bomb(), 1)
        self.assertLess(len(packed), 1_000_000)
        answer = self.server.send(packed, content_encoding="gzip")
        self.assertEqual(answer.status, 413, answer)
        # A string of a gigabyte that fits into 32 kB.
        packed = zstd.repeated(b"\x0a", b"\x01", 1 << 30)
        answer = self.server.send(packed, content_encoding="zstd")
        self.assertEqual(answer.status, 413, answer)
        client = Client(self.server.otlp_grpc)
        self.addCleanup(client.close)
        with self.assertRaises(grpc.RpcError) as refused:
            client.call(TRACES, self.bomb(), gzip=True)
        self.assertEqual(refused.exception.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)

    def test_value_nested_too_deep(self):
        value = otlp.any_value("bottom")
        for _ in range(200):  # The encoder of these tests recurses, too.
            value = {"arrayValue": {"values": [value]}}
        one = span(attributes=[{"key": "deep", "value": value}])
        answer = self.server.send(otlp.traces_of("deep", [one]))
        self.assertEqual(answer.status, 400, answer)
        self.assertEqual(self.server.send(otlp.traces_of("fine", [span()])).status, 200)

    def test_thousands_of_attributes_come_back(self):
        many = {f"key.{i}": i for i in range(5000)}
        one = span(attributes=[{"key": k, "value": otlp.any_value(v)} for k, v in many.items()],
                   parentSpanId=new_span_id())
        sent = otlp.traces_of("wide", [one])
        self.assertEqual(self.server.send(sent).status, 200)
        self.assert_stored(sent, one["traceId"])


if __name__ == "__main__":
    unittest.main()
