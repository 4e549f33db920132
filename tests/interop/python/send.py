# SPDX-License-Identifier: Apache-2.0
"""Sends spans of every shape with OpenTelemetry's Python SDK, and prints what the SDK recorded.

usage: send.py grpc|http/protobuf ENDPOINT

The output is one JSON object; README.md has its form. It is made from the SDK's own span objects,
not from what the exporter wrote.
"""
import base64
import json
import logging
import sys
from collections.abc import Mapping

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.span import TraceState

VALUES = {
    "text": "läuft ✓",
    "text.empty": "",
    "bool.true": True,
    "bool.false": False,
    "int": 42,
    "int.zero": 0,
    "int.negative": -7,
    "int.most": 2**63 - 1,
    "int.least": -(2**63),
    "double": 2.5,
    "double.whole": 3.0,
    "double.tiny": 5e-324,
    "texts": ["a", "", "c"],
    "bools": [True, False],
    "ints": [1, -2, 3],
    "doubles": [0.5, 1.0],
    "empty": [],
    "bytes": b"\x00\xff\x7f",
    "map": {"inner": {"deep": [1, "two", 0.5]}, "n": 1},
    "mixed": [1, "two", True, None],
}


class Strict:
    """An exporter that ends the program when the server does not take a batch."""

    def __init__(self, inner):
        self.inner = inner

    def export(self, spans):
        result = self.inner.export(spans)
        if result is not SpanExportResult.SUCCESS:
            sys.exit(f"export: {result}")
        return result

    def shutdown(self):
        self.inner.shutdown()

    def force_flush(self, timeout_millis=30000):
        return self.inner.force_flush(timeout_millis)


def exporter(protocol, endpoint):
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        return OTLPSpanExporter(endpoint=endpoint, insecure=True)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces")


def make_spans(tracer):
    remote = SpanContext(0x11112222333344445555666677778888, 0x1234567890ABCDEF, is_remote=True,
                         trace_flags=TraceFlags(1), trace_state=TraceState([("vendor", "x"), ("b", "2")]))
    parent = trace.set_span_in_context(trace.NonRecordingSpan(remote))
    link = Link(SpanContext(0xABCDEF, 0xFEDCBA, is_remote=False), VALUES)
    with tracer.start_as_current_span("root ✓", parent, SpanKind.SERVER, VALUES, [link]) as root:
        root.add_event("event with everything", VALUES)
        root.add_event("event with nothing")
        root.set_status(Status(StatusCode.OK))
        for kind in SpanKind:
            with tracer.start_as_current_span(f"kind {kind.name}", kind=kind):
                pass
        with tracer.start_as_current_span("failed") as failed:
            failed.record_exception(ValueError("no luck"))
            failed.set_status(Status(StatusCode.ERROR, "it failed"))
        with tracer.start_as_current_span("too much") as crowded:
            for number in range(200):
                crowded.set_attribute(f"key.{number}", number)
                crowded.add_event(f"event {number}")


def typed(value):
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["double", repr(value)]
    if isinstance(value, str):
        return ["string", value]
    if isinstance(value, bytes):
        return ["bytes", base64.b64encode(value).decode()]
    if value is None:
        return ["empty"]
    if isinstance(value, Mapping):
        return ["map", typed_map(value)]
    return ["array", [typed(item) for item in value]]


def typed_map(attributes):
    return {key: typed(value) for key, value in (attributes or {}).items()}


def describe(span):
    context, parent = span.get_span_context(), span.parent
    return {
        "traceId": f"{context.trace_id:032x}",
        "spanId": f"{context.span_id:016x}",
        "parentSpanId": f"{parent.span_id:016x}" if parent else "",
        "traceState": context.trace_state.to_header(),
        "name": span.name,
        "kind": span.kind.name,
        "start": str(span.start_time),
        "end": str(span.end_time),
        "attributes": typed_map(span.attributes),
        "droppedAttributes": span.dropped_attributes,
        "droppedEvents": span.dropped_events,
        "droppedLinks": span.dropped_links,
        "status": [span.status.status_code.name, span.status.description or ""],
        "events": [[e.name, str(e.timestamp), typed_map(e.attributes)] for e in span.events],
        # This SDK's exporter leaves the trace state of links out.
        "links": [[f"{li.context.trace_id:032x}", f"{li.context.span_id:016x}", "",
                   typed_map(li.attributes)] for li in span.links],
        "resource": typed_map(span.resource.attributes),
        "scope": [span.instrumentation_scope.name, span.instrumentation_scope.version or "",
                  typed_map(span.instrumentation_scope.attributes)],
        "schemaUrls": [span.resource.schema_url, span.instrumentation_scope.schema_url or ""],
    }


def main():
    protocol, endpoint = sys.argv[1:]
    logging.disable(logging.WARNING)  # The SDK has a line for each attribute over its limit.
    recorded = InMemorySpanExporter()
    provider = TracerProvider(
        resource=Resource.create({"service.name": "interop-python", **VALUES}, "https://example.com/r"),
        span_limits=SpanLimits(max_span_attributes=128, max_events=128))
    provider.add_span_processor(SimpleSpanProcessor(Strict(exporter(protocol, endpoint))))
    provider.add_span_processor(SimpleSpanProcessor(recorded))
    make_spans(provider.get_tracer("interop", "1.2.3", "https://example.com/s", {"scope.key": "scope value"}))
    provider.shutdown()
    json.dump([describe(span) for span in recorded.get_finished_spans()], sys.stdout)


if __name__ == "__main__":
    main()
