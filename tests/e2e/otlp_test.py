# SPDX-License-Identifier: Apache-2.0
"""Traces in over OTLP, and back out unchanged."""
import gzip
import json
import unittest

import grpc

from e2e.case import ServerCase
from support import http, otlp, protobuf, zstd
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

    def test_values_nested_deep(self):
        value = otlp.any_value("bottom")
        for _ in range(64):
            value = {"arrayValue": {"values": [value]}}
        one = span(attributes=[{"key": "deep", "value": value}])
        sent = otlp.traces_of("deep", [one])
        self.assertEqual(self.server.send(sent).status, 200)
        self.assert_stored(sent, one["traceId"])

    def test_a_thousand_attributes_come_back(self):
        many = {f"key.{i}": i for i in range(1024)}
        one = span(attributes=[{"key": k, "value": otlp.any_value(v)} for k, v in many.items()],
                   parentSpanId=new_span_id())
        sent = otlp.traces_of("wide", [one])
        self.assertEqual(otlp.decode_as(otlp.EXPORT_RESPONSE, self.server.send(sent).body), {})
        self.assert_stored(sent, one["traceId"])

    def test_a_prompt_of_megabytes_comes_back(self):
        one = span(attributes=otlp.attributes(prompt="läuft ✓ " * 300_000))
        sent = otlp.traces_of("long", [one])
        self.assertEqual(self.server.send(sent).status, 200)
        self.assert_stored(sent, one["traceId"])


class Throttled(ServerCase):
    """Senders of a server without memory are told when to come back, in the form of their transport."""

    flags = ("--memory-limit=1MiB",)

    def assert_retry_info(self, status):
        self.assertEqual(status["code"], 8)
        self.assertIn("memory limit", status["message"])
        self.assertEqual(status["details"][0]["typeUrl"], "type.googleapis.com/google.rpc.RetryInfo")
        delay = otlp.decode_as(otlp.RETRY_INFO, status["details"][0]["value"])["retryDelay"]
        self.assertGreater(delay["seconds"], 0)

    def test_http(self):
        answer = self.server.send(otlp.traces_of("x", [span()]))
        self.assertEqual(answer.status, 429, answer)
        self.assertGreater(int(answer.headers["Retry-After"]), 0)
        self.assert_retry_info(otlp.decode_as(otlp.RPC_STATUS, answer.body))
        wire = json.dumps(otlp.to_json(otlp.traces_of("x", [span()]))).encode()
        answer = self.server.send(wire, content_type="application/json")
        self.assertEqual(answer.status, 429, answer)
        detail = answer.json()["details"][0]
        self.assertEqual(detail["@type"], "type.googleapis.com/google.rpc.RetryInfo")
        self.assertRegex(detail["retryDelay"], r"^\d+s$")

    def test_grpc(self):
        client = Client(self.server.otlp_grpc)
        self.addCleanup(client.close)
        with self.assertRaises(grpc.RpcError) as refused:
            client.call(TRACES, otlp.encode(otlp.traces_of("x", [span()])))
        self.assertEqual(refused.exception.code(), grpc.StatusCode.RESOURCE_EXHAUSTED)
        details = dict(refused.exception.trailing_metadata())["grpc-status-details-bin"]
        self.assert_retry_info(otlp.decode_as(otlp.RPC_STATUS, details))

    def test_it_is_counted_and_queries_go_on(self):
        reason = 'reason="memory_limit"'
        before = self.server.metric_sum("orrery_ingest_refused_requests_total", reason)
        self.server.send(otlp.traces_of("x", [span()]))
        self.assertEqual(self.server.metric_sum("orrery_ingest_refused_requests_total", reason), before + 1)
        self.assertEqual(self.server.search("{ }"), [])


class Letter(ServerCase):
    """Corners of OTLP that senders may rely on."""

    def send_json(self, one):
        wire = otlp.traces_of("letter", [one])
        answer = self.server.send(json.dumps(wire).encode(), content_type="application/json")
        self.assertEqual((answer.status, answer.json()), (200, {}), answer)
        return next(otlp.spans_of(self.server.trace(one["traceId"].lower())))[2]

    def test_ids_that_begin_or_end_with_zeros_stay_whole(self):
        for trace_id in ("00" * 15 + "01", "01" + "00" * 15):
            one = span(trace_id, spanId="0000000000000100", parentSpanId="0100000000000000")
            sent = otlp.traces_of("zeros", [one])
            self.assertEqual(self.server.send(sent).status, 200)
            self.assert_stored(sent, trace_id)

    def test_null_is_absence_in_json(self):
        stored = self.send_json(span(attributes=[{"key": "a", "value": None}, {"key": "b", "value": {"stringValue": None}}],
                                     events=None, status=None, traceState=None, parentSpanId=None, flags=None))
        self.assertEqual(otlp.plain_attributes(stored), {"a": None, "b": None})
        self.assertNotIn("parentSpanId", stored)

    def test_wide_integers_are_texts_or_numbers_in_json(self):
        values = [2**63 - 1, str(2**63 - 1), -(2**63), str(-(2**63))]
        stored = self.send_json(span(attributes=[{"key": str(i), "value": {"intValue": v}} for i, v in enumerate(values)]))
        self.assertEqual(list(otlp.plain_attributes(stored).values()), [int(v) for v in values])

    def test_names_of_enums_are_taken_in_json(self):
        stored = self.send_json(span(kind="SPAN_KIND_CONSUMER", status={"code": "STATUS_CODE_ERROR"}))
        self.assertEqual((stored["kind"], stored["status"]["code"]), (5, 2))

    def test_base64_of_both_alphabets_with_and_without_padding(self):
        texts = ["+/8=", "-_8=", "-_8"]
        stored = self.send_json(span(attributes=[{"key": str(i), "value": {"bytesValue": t}} for i, t in enumerate(texts)]))
        self.assertEqual(list(otlp.plain_attributes(stored).values()), [b"\xfb\xff"] * 3)

    def test_snake_case_names_are_unknown_fields(self):
        one = span()
        del one["kind"]
        stored = self.send_json({**one, "parent_span_id": new_span_id(), "dropped_attributes_count": 3})
        self.assertNotIn("parentSpanId", stored)
        self.assertNotIn("droppedAttributesCount", stored)

    def test_parents_of_a_wrong_length_refuse_their_span(self):
        answer = self.server.send(otlp.traces_of("x", [span(parentSpanId="abcd")]))
        partial = otlp.decode_as(otlp.EXPORT_RESPONSE, answer.body)["partialSuccess"]
        self.assertEqual((answer.status, partial["rejectedSpans"]), (200, 1))
        self.assertIn("parent_span_id", partial["errorMessage"])

    def test_a_parent_of_zeros_is_none(self):
        one = span(parentSpanId="00" * 8)
        self.assertEqual(self.server.send(otlp.traces_of("x", [one])).status, 200)
        self.assertNotIn("parentSpanId", next(otlp.spans_of(self.server.trace(one["traceId"])))[2])

    def test_fields_of_the_future_and_reserved_ones_are_skipped(self):
        sent = otlp.traces_of("future", [span()])
        one = next(otlp.spans_of(sent))[2]
        group = b"\xa3\x06\x08\x01\xa4\x06"
        body = otlp.encode(sent) + protobuf.sized(1000, b"old") + protobuf.sized(77, b"new") + group
        self.assertEqual(self.server.send(body).status, 200)
        self.assert_stored(sent, one["traceId"])

    def test_media_types_of_any_case_with_parameters(self):
        for content_type in ("Application/X-Protobuf", "application/x-protobuf; charset=utf-8",
                             "application/x-protobuf ;messageType=ExportTraceServiceRequest"):
            answer = self.server.send(otlp.traces_of("x", [span()]), content_type=content_type)
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/x-protobuf"))

    def test_envelopes_without_spans_succeed(self):
        for traces in ({"resourceSpans": [{}]}, {"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}}]}]}):
            self.assertEqual(self.server.send(traces).status, 200)
            answer = self.server.send(json.dumps(traces).encode(), content_type="application/json")
            self.assertEqual((answer.status, answer.json()), (200, {}))

    def test_all_errors_are_a_status_in_the_encoding_of_the_request(self):
        for method, path, body, expected in [("POST", "/v1/traces", b"\xff", 400), ("GET", "/v1/traces", None, 405),
                                             ("POST", "/v1/nothing", b"", 404), ("POST", "/v1/logs", b"", 404),
                                             ("POST", "/v1/traces", b"\x0a" * 68_000_000, 413)]:
            for content_type in ("application/x-protobuf", "application/json"):
                answer = http.request(self.server.otlp_http, method, path, body, {"Content-Type": content_type})
                self.assertEqual(answer.status, expected, answer)
                self.assertEqual(answer.headers["Content-Type"], content_type)
                self.assertNotIn("Retry-After", answer.headers)
                status = (answer.json() if content_type == "application/json"
                          else otlp.decode_as(otlp.RPC_STATUS, answer.body))
                self.assertGreater(status["code"], 0)
                self.assertGreater(len(status["message"]), 10)

    def test_unknown_grpc_methods_are_unimplemented(self):
        client = Client(self.server.otlp_grpc)
        self.addCleanup(client.close)
        with self.assertRaises(grpc.RpcError) as refused:
            client.call(TRACES + "s", b"")
        self.assertEqual(refused.exception.code(), grpc.StatusCode.UNIMPLEMENTED)

    def test_browsers_of_other_origins_get_no_leave(self):
        answer = http.request(self.server.otlp_http, "OPTIONS", "/v1/traces", headers={
            "Origin": "http://elsewhere.example", "Access-Control-Request-Method": "POST"})
        self.assertEqual(answer.status, 405)
        self.assertNotIn("Access-Control-Allow-Origin", answer.headers)
        answer = http.request(self.server.otlp_http, "POST", "/v1/traces", b"", {
            "Origin": "http://elsewhere.example", "Content-Type": "application/x-protobuf"})
        self.assertEqual(answer.status, 403)

    def test_all_signals_that_are_refused_are_counted(self):
        for path, reason in (("/v1/logs", "logs"), ("/v1/metrics", "metrics"), ("/v1development/profiles", "profiles")):
            reason = f'reason="{reason}"'
            before = self.server.metric_sum("orrery_ingest_refused_requests_total", reason)
            http.request(self.server.otlp_http, "POST", path, b"", {"Content-Type": "application/x-protobuf"})
            self.assertEqual(self.server.metric_sum("orrery_ingest_refused_requests_total", reason), before + 1)


if __name__ == "__main__":
    unittest.main()
