# SPDX-License-Identifier: Apache-2.0
"""Spans to send."""
import secrets
import time

from . import otlp


def new_trace_id():
    return secrets.token_hex(16)


def new_span_id():
    return secrets.token_hex(8)


def now():
    return time.time_ns()


def span(trace_id=None, name="work", start=None, duration_ms=10, **fields):
    """A plain span that began half a second ago."""
    start = start if start is not None else now() - 500_000_000
    return {
        "traceId": trace_id or new_trace_id(),
        "spanId": new_span_id(),
        "name": name,
        "kind": 1,
        "startTimeUnixNano": start,
        "endTimeUnixNano": start + duration_ms * 1_000_000,
        **fields,
    }


EVERY_TYPE = {
    "text": "läuft ✓",
    "text.empty": "",
    "bool.true": True,
    "bool.false": False,
    "int": 42,
    "int.zero": 0,
    "int.least": -(2**63),
    "int.most": 2**63 - 1,
    "double": 2.5,
    "double.zero": 0.0,
    "double.tiny": 5e-324,
    "double.infinite": float("inf"),
    "bytes": b"\x00\xff\x7f",
    "bytes.empty": b"",
    "array": ["a", "b", ""],
    "array.mixed": [1, True, 0.5, "x", b"\x01", None, [2, [3]]],
    "array.empty": [],
    "map": {"inner": {"deep": [1, {"deeper": None}]}, "n": 1},
    "map.empty": {},
    "none": None,
}


def _pairs(values):
    return [{"key": key, "value": otlp.any_value(value)} for key, value in values.items()]


def everything():
    """One request that uses every field of OTLP's traces."""
    trace_id = new_trace_id()
    root = span(trace_id, "root with everything", kind=2, duration_ms=250)
    root.update(
        traceState="vendor=1,other=two",
        attributes=_pairs(EVERY_TYPE),
        droppedAttributesCount=3,
        droppedEventsCount=4,
        droppedLinksCount=5,
        flags=0x301,
        status={"code": 2, "message": "it broke: \"quoted\"\nand on two lines"},
        events=[
            {"timeUnixNano": root["startTimeUnixNano"] + 1, "name": "exception",
             "attributes": _pairs({"exception.type": "demo::Failure", **EVERY_TYPE}),
             "droppedAttributesCount": 6},
            {"timeUnixNano": root["startTimeUnixNano"] + 2, "name": ""},
        ],
        links=[
            {"traceId": new_trace_id(), "spanId": new_span_id(), "traceState": "a=b",
             "attributes": _pairs({"why": "because", "n": 1}), "droppedAttributesCount": 7,
             "flags": 0x101},
        ],
    )
    child = span(trace_id, "child", parentSpanId=root["spanId"], kind=3,
                 start=root["startTimeUnixNano"] + 5, status={"code": 1})
    other = span(trace_id, "other service", parentSpanId=child["spanId"], kind=5,
                 start=root["startTimeUnixNano"] + 9)
    first = otlp.traces_of("everything", [root, child], resource=EVERY_TYPE, scope={
        "name": "scope", "version": "1.2", "attributes": _pairs(EVERY_TYPE),
        "droppedAttributesCount": 8})
    first["resourceSpans"][0]["resource"]["droppedAttributesCount"] = 9
    first["resourceSpans"][0]["schemaUrl"] = "https://example.com/resource"
    first["resourceSpans"][0]["scopeSpans"][0]["schemaUrl"] = "https://example.com/scope"
    second = otlp.traces_of("second service", [other])
    return trace_id, {"resourceSpans": first["resourceSpans"] + second["resourceSpans"]}
