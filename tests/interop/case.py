# SPDX-License-Identifier: Apache-2.0
"""What the interop tests are made of: a server, and stored spans in the form of the senders' output."""
import base64
import os
import tempfile
import unittest
from pathlib import Path

from support import http, otlp
from support.orrery import Orrery

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ.get("ORRERY_INTEROP_BUILD", HERE.parents[1] / "build" / "interop"))
PYTHON = BUILD / "python" / "bin" / "python"
KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]


def typed(value):
    """An AnyValue in the form of the senders' output."""
    if not value:
        return ["empty"]
    (kind, content), = value.items()
    if kind == "boolValue":
        return ["bool", content]
    if kind == "intValue":
        return ["int", str(content)]
    if kind == "doubleValue":
        return ["double", float(content)]
    if kind == "stringValue":
        return ["string", content]
    if kind == "bytesValue":
        return ["bytes", base64.b64encode(content).decode()]
    if kind == "kvlistValue":
        return ["map", {p["key"]: typed(p.get("value", {})) for p in content.get("values", [])}]
    return ["array", [typed(item) for item in content.get("values", [])]]


def typed_map(holder):
    return {pair["key"]: typed(pair.get("value", {})) for pair in holder.get("attributes", [])}


def describe(resource_spans, scope_spans, span):
    """A stored span in the form of the senders' output."""
    scope, status = scope_spans["scope"], span.get("status", {})
    return {
        "traceId": span["traceId"],
        "spanId": span["spanId"],
        "parentSpanId": span.get("parentSpanId", ""),
        "traceState": span.get("traceState", ""),
        "name": span["name"],
        "kind": KINDS[span.get("kind", 0)],
        "start": str(span["startTimeUnixNano"]),
        "end": str(span["endTimeUnixNano"]),
        "attributes": typed_map(span),
        "droppedAttributes": span.get("droppedAttributesCount", 0),
        "droppedEvents": span.get("droppedEventsCount", 0),
        "droppedLinks": span.get("droppedLinksCount", 0),
        "status": [otlp.STATUS_CODES[status.get("code", 0)], status.get("message", "")],
        "events": [[e.get("name", ""), str(e["timeUnixNano"]), typed_map(e)] for e in span.get("events", [])],
        "links": [[li["traceId"], li["spanId"], li.get("traceState", ""), typed_map(li)]
                  for li in span.get("links", [])],
        "resource": typed_map(resource_spans["resource"]),
        "scope": [scope.get("name", ""), scope.get("version", ""), typed_map(scope)],
        "schemaUrls": [resource_spans.get("schemaUrl", ""), scope_spans.get("schemaUrl", "")],
    }


def with_numbers(value):
    """The senders print doubles in their language's way; as numbers they compare."""
    if isinstance(value, list):
        if len(value) == 2 and value[0] == "double":
            return ["double", float(value[1])]
        return [with_numbers(item) for item in value]
    if isinstance(value, dict):
        return {key: with_numbers(item) for key, item in value.items()}
    return value


class InteropCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="orrery-interop-")
        self.addCleanup(folder.cleanup)
        self.server = Orrery(Path(folder.name) / "data")
        self.addCleanup(self.server.close)
        self.server.start()

    def compare(self, sent):
        """Every span that was sent (span id -> span) is stored in its trace, field by field equal, and no other."""
        for trace_id in {span["traceId"] for span in sent.values()}:
            self.compare_trace(trace_id, {k: span for k, span in sent.items() if span["traceId"] == trace_id})

    def compare_trace(self, trace_id, sent):
        stored = {span["spanId"]: describe(*place, span)
                  for *place, span in otlp.spans_of(self.server.trace(trace_id))}
        self.assertEqual(set(stored), set(sent))
        for span_id, span in sent.items():
            for field, value in span.items():
                self.assertEqual(stored[span_id][field], value, f"{field} of {span['name']}")
        answer = http.get(self.server.tempo, f"/api/traces/{trace_id}", {"Accept": "application/json"})
        as_json = otlp.from_tempo_json(answer.json())
        self.assertEqual(otlp.normal(as_json), otlp.normal(self.server.trace(trace_id)))
