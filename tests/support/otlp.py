# SPDX-License-Identifier: Apache-2.0
"""OTLP traces as plain dicts with the names of OTLP/JSON, ids in hex, times as integers.

`encode` and `decode` go to protobuf and back, `to_json` to OTLP/JSON, `from_tempo_json` reads what
Tempo's API answers, and `normal` makes two of them comparable whatever way they took.
"""
import base64

from .protobuf import Field, decode as _decode, encode as _encode

ANY_VALUE = {}
KEY_VALUE = {"key": Field(1, "string"), "value": Field(2, "message", message=ANY_VALUE)}
ARRAY_VALUE = {"values": Field(1, "message", repeated=True, message=ANY_VALUE)}
KEY_VALUE_LIST = {"values": Field(1, "message", repeated=True, message=KEY_VALUE)}
ANY_VALUE.update(
    stringValue=Field(1, "string", oneof=True),
    boolValue=Field(2, "bool", oneof=True),
    intValue=Field(3, "int", oneof=True),
    doubleValue=Field(4, "double", oneof=True),
    arrayValue=Field(5, "message", oneof=True, message=ARRAY_VALUE),
    kvlistValue=Field(6, "message", oneof=True, message=KEY_VALUE_LIST),
    bytesValue=Field(7, "bytes", oneof=True),
)
_ATTRIBUTES = dict(kind="message", repeated=True, message=KEY_VALUE)
RESOURCE = {"attributes": Field(1, **_ATTRIBUTES), "droppedAttributesCount": Field(2, "uint")}
SCOPE = {
    "name": Field(1, "string"),
    "version": Field(2, "string"),
    "attributes": Field(3, **_ATTRIBUTES),
    "droppedAttributesCount": Field(4, "uint"),
}
EVENT = {
    "timeUnixNano": Field(1, "fixed64"),
    "name": Field(2, "string"),
    "attributes": Field(3, **_ATTRIBUTES),
    "droppedAttributesCount": Field(4, "uint"),
}
LINK = {
    "traceId": Field(1, "hex"),
    "spanId": Field(2, "hex"),
    "traceState": Field(3, "string"),
    "attributes": Field(4, **_ATTRIBUTES),
    "droppedAttributesCount": Field(5, "uint"),
    "flags": Field(6, "fixed32"),
}
STATUS = {"message": Field(2, "string"), "code": Field(3, "uint")}
SPAN = {
    "traceId": Field(1, "hex"),
    "spanId": Field(2, "hex"),
    "traceState": Field(3, "string"),
    "parentSpanId": Field(4, "hex"),
    "name": Field(5, "string"),
    "kind": Field(6, "uint"),
    "startTimeUnixNano": Field(7, "fixed64"),
    "endTimeUnixNano": Field(8, "fixed64"),
    "attributes": Field(9, **_ATTRIBUTES),
    "droppedAttributesCount": Field(10, "uint"),
    "events": Field(11, "message", repeated=True, message=EVENT),
    "droppedEventsCount": Field(12, "uint"),
    "links": Field(13, "message", repeated=True, message=LINK),
    "droppedLinksCount": Field(14, "uint"),
    "status": Field(15, "message", message=STATUS),
    "flags": Field(16, "fixed32"),
}
SCOPE_SPANS = {
    "scope": Field(1, "message", message=SCOPE),
    "spans": Field(2, "message", repeated=True, message=SPAN),
    "schemaUrl": Field(3, "string"),
}
RESOURCE_SPANS = {
    "resource": Field(1, "message", message=RESOURCE),
    "scopeSpans": Field(2, "message", repeated=True, message=SCOPE_SPANS),
    "schemaUrl": Field(3, "string"),
}
TRACES = {"resourceSpans": Field(1, "message", repeated=True, message=RESOURCE_SPANS)}
EXPORT_RESPONSE = {
    "partialSuccess": Field(
        1, "message", message={"rejectedSpans": Field(1, "int"), "errorMessage": Field(2, "string")}
    )
}
TRACE_BY_ID_RESPONSE = {
    "trace": Field(1, "message", message=TRACES),
    "status": Field(3, "uint"),
    "message": Field(4, "string"),
}
ANY = {"typeUrl": Field(1, "string"), "value": Field(2, "bytes")}
RPC_STATUS = {
    "code": Field(1, "int32"),
    "message": Field(2, "string"),
    "details": Field(3, "message", repeated=True, message=ANY),
}
RETRY_INFO = {
    "retryDelay": Field(1, "message", message={"seconds": Field(1, "int"), "nanos": Field(2, "int32")})
}
SEARCH_SPAN = {
    "spanID": Field(1, "string"),
    "name": Field(2, "string"),
    "startTimeUnixNano": Field(3, "uint"),
    "durationNanos": Field(4, "uint"),
    "attributes": Field(5, **_ATTRIBUTES),
}
SEARCH_SPAN_SET = {
    "spans": Field(1, "message", repeated=True, message=SEARCH_SPAN),
    "matched": Field(2, "uint"),
    "attributes": Field(3, **_ATTRIBUTES),
}
SERVICE_STATS = {
    "key": Field(1, "string"),
    "value": Field(2, "message", message={"spanCount": Field(1, "uint"), "errorCount": Field(2, "uint")}),
}
SEARCH_TRACE = {
    "traceID": Field(1, "string"),
    "rootServiceName": Field(2, "string"),
    "rootTraceName": Field(3, "string"),
    "startTimeUnixNano": Field(4, "uint"),
    "durationMs": Field(5, "uint"),
    "spanSet": Field(6, "message", message=SEARCH_SPAN_SET),
    "spanSets": Field(7, "message", repeated=True, message=SEARCH_SPAN_SET),
    "serviceStats": Field(8, "message", repeated=True, message=SERVICE_STATS),
}
SEARCH_RESPONSE = {
    "traces": Field(1, "message", repeated=True, message=SEARCH_TRACE),
    "metrics": Field(2, "message", message={
        "inspectedTraces": Field(1, "uint"), "inspectedBytes": Field(2, "uint"),
        "totalBlocks": Field(3, "uint"), "completedJobs": Field(4, "uint"), "totalJobs": Field(5, "uint"),
        "totalBlockBytes": Field(6, "uint"), "inspectedSpans": Field(7, "uint")}),
}
_METADATA = Field(2, "message", message={
    "inspectedBytes": Field(1, "uint"), "totalJobs": Field(2, "uint"), "completedJobs": Field(3, "uint"),
    "totalBlocks": Field(4, "uint")})
TAG_TEXTS = {"texts": Field(1, "string", repeated=True), "metrics": _METADATA}
TAG_SCOPES = {
    "scopes": Field(1, "message", repeated=True, message={
        "name": Field(1, "string"), "tags": Field(2, "string", repeated=True)}),
    "metrics": _METADATA,
}
TAG_VALUES = {
    "tagValues": Field(1, "message", repeated=True, message={
        "type": Field(1, "string"), "value": Field(2, "string")}),
    "metrics": _METADATA,
}

KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
STATUS_CODES = ["UNSET", "OK", "ERROR"]


def encode(traces):
    return _encode(TRACES, traces)


def decode(data):
    return _decode(TRACES, data)


def decode_as(message_type, data):
    return _decode(message_type, data)


def attributes(**values):
    """attributes(a="x", n=3) -> OTLP attributes; '__' in a name stands for '.'."""
    return [{"key": key.replace("__", "."), "value": any_value(v)} for key, v in values.items()]


def any_value(value):
    if value is None:
        return {}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": value}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, bytes):
        return {"bytesValue": value}
    if isinstance(value, (list, tuple)):
        return {"arrayValue": {"values": [any_value(item) for item in value]}}
    pairs = [{"key": k, "value": any_value(v)} for k, v in value.items()]
    return {"kvlistValue": {"values": pairs}}


def plain_value(value):
    """The Python value of an AnyValue; None when it is empty."""
    for kind, content in value.items():
        if kind == "arrayValue":
            return [plain_value(item) for item in content.get("values", [])]
        if kind == "kvlistValue":
            return {p["key"]: plain_value(p.get("value", {})) for p in content.get("values", [])}
        if kind == "intValue":
            return int(content)
        if kind == "doubleValue":
            return float(content)
        return content
    return None


def traces_of(service, spans, resource=None, scope=None):
    """One request: `spans` of one service and one scope."""
    described = {"service.name": service, **(resource or {})}
    pairs = [{"key": key, "value": any_value(value)} for key, value in described.items()]
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": pairs},
                "scopeSpans": [{"scope": scope or {"name": "test"}, "spans": spans}],
            }
        ]
    }


def spans_of(traces):
    """Yields (resource spans, scope spans, span)."""
    for resource_spans in traces.get("resourceSpans", []):
        for scope_spans in resource_spans.get("scopeSpans", []):
            for span in scope_spans.get("spans", []):
                yield resource_spans, scope_spans, span


def plain_attributes(holder):
    return {p["key"]: plain_value(p.get("value", {})) for p in holder.get("attributes", [])}


# JSON ------------------------------------------------------------------------------------------

_WIDE = ("timeUnixNano", "startTimeUnixNano", "endTimeUnixNano", "intValue")


def to_json(value, name=None):
    """The dict as OTLP/JSON wants it: 64-bit integers as strings, bytes in base64."""
    if isinstance(value, dict):
        return {key: to_json(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, float) and value != value:
        return "NaN"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if name in _WIDE:
        return str(value)
    return value


def from_tempo_json(value, name=None):
    """A trace out of Tempo's JSON: ids in base64, enums by name, `batches` for `resourceSpans`."""
    if isinstance(value, dict):
        out = {}
        for key, item in value.items():
            out["resourceSpans" if key == "batches" else key] = from_tempo_json(item, key)
        return out
    if isinstance(value, list):
        return [from_tempo_json(item) for item in value]
    if name in ("traceId", "spanId", "parentSpanId"):
        return base64.b64decode(value, validate=True).hex()
    if name == "bytesValue":
        return base64.b64decode(value, validate=True)
    if name in _WIDE:
        return int(value)
    if name == "doubleValue":
        return float(value)
    if name == "kind" and isinstance(value, str):
        return KINDS.index(value.removeprefix("SPAN_KIND_"))
    if name == "code" and isinstance(value, str):
        return STATUS_CODES.index(value.removeprefix("STATUS_CODE_"))
    return value


# Comparison ------------------------------------------------------------------------------------


def _without_defaults(value):
    if isinstance(value, dict):
        cleaned = {}
        for key, item in value.items():
            item = _without_defaults(item)
            of_any_value = key.endswith("Value")
            if not of_any_value and item in (0, "", b"", [], {}) and key != "value":
                continue
            if key == "doubleValue":
                item = repr(item)  # Tells -0.0 from 0.0 and equals itself for NaN.
            cleaned[key] = item
        if set(cleaned) == {"key"}:
            cleaned["value"] = {}
        return cleaned
    if isinstance(value, list):
        return [_without_defaults(item) for item in value]
    return value


def normal(traces):
    """Spans by id, each with its resource and scope; equal for equal content."""
    out = {}
    for resource_spans, scope_spans, span in spans_of(traces):
        key = (span["traceId"], span["spanId"])
        if key in out:
            raise AssertionError(f"span {key} is there twice")
        out[key] = _without_defaults(
            {
                "resource": resource_spans.get("resource", {}),
                "resourceSchemaUrl": resource_spans.get("schemaUrl", ""),
                "scope": scope_spans.get("scope", {}),
                "scopeSchemaUrl": scope_spans.get("schemaUrl", ""),
                "span": span,
            }
        )
    return out
