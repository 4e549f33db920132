# SPDX-License-Identifier: Apache-2.0
"""The messages of Tempo's query API by their field tables, for JSON and protobuf alike.

`read_json` and `read_protobuf` are as strict as Grafana's plugin and a bit more: a field that is in
no table, of another type, or missing where clients rely on it, is an error. Both give the same dicts
for the same answer, so that the forms can be compared.
"""
import json

from .otlp import KEY_VALUE
from .protobuf import Field, decode, encode

_ATTRIBUTES = dict(kind="message", repeated=True, message=KEY_VALUE)

SEARCH_METRICS = {
    "inspectedTraces": Field(1, "uint32"),
    "inspectedBytes": Field(2, "uint"),
    "totalBlocks": Field(3, "uint32"),
    "completedJobs": Field(4, "uint32"),
    "totalJobs": Field(5, "uint32"),
    "totalBlockBytes": Field(6, "uint"),
    "inspectedSpans": Field(7, "uint"),
}
METADATA_METRICS = {
    "inspectedBytes": Field(1, "uint"),
    "totalJobs": Field(2, "uint32"),
    "completedJobs": Field(3, "uint32"),
    "totalBlocks": Field(4, "uint32"),
    "totalBlockBytes": Field(5, "uint"),
}
SPAN = {
    "spanID": Field(1, "string"),
    "name": Field(2, "string"),
    "startTimeUnixNano": Field(3, "uint"),
    "durationNanos": Field(4, "uint"),
    "attributes": Field(5, **_ATTRIBUTES),
}
SPAN_SET = {
    "spans": Field(1, "message", repeated=True, message=SPAN),
    "matched": Field(2, "uint32"),
    "attributes": Field(3, **_ATTRIBUTES),
}
SERVICE_STATS = {"spanCount": Field(1, "uint32"), "errorCount": Field(2, "uint32")}
SERVICE_STATS_ENTRY = {"key": Field(1, "string"), "value": Field(2, "message", message=SERVICE_STATS)}
TRACE = {
    "traceID": Field(1, "string"),
    "rootServiceName": Field(2, "string"),
    "rootTraceName": Field(3, "string"),
    "startTimeUnixNano": Field(4, "uint"),
    "durationMs": Field(5, "uint32"),
    "spanSet": Field(6, "message", message=SPAN_SET),
    "spanSets": Field(7, "message", repeated=True, message=SPAN_SET),
    "serviceStats": Field(8, "message", repeated=True, message=SERVICE_STATS_ENTRY),
}
SEARCH_RESPONSE = {
    "traces": Field(1, "message", repeated=True, message=TRACE),
    "metrics": Field(2, "message", message=SEARCH_METRICS),
}
TAGS_RESPONSE = {
    "tagNames": Field(1, "string", repeated=True),
    "metrics": Field(2, "message", message=METADATA_METRICS),
}
SCOPE = {"name": Field(1, "string"), "tags": Field(2, "string", repeated=True)}
TAGS_V2_RESPONSE = {
    "scopes": Field(1, "message", repeated=True, message=SCOPE),
    "metrics": Field(2, "message", message=METADATA_METRICS),
}
VALUES_RESPONSE = {
    "tagValues": Field(1, "string", repeated=True),
    "metrics": Field(2, "message", message=METADATA_METRICS),
}
TAG_VALUE = {"type": Field(1, "string"), "value": Field(2, "string")}
VALUES_V2_RESPONSE = {
    "tagValues": Field(1, "message", repeated=True, message=TAG_VALUE),
    "metrics": Field(2, "message", message=METADATA_METRICS),
}
SAMPLE = {"value": Field(1, "double"), "timestampMs": Field(2, "int")}
EXEMPLAR = {"labels": Field(1, **_ATTRIBUTES), "value": Field(2, "double"), "timestampMs": Field(3, "int")}
SERIES = {
    "labels": Field(1, **_ATTRIBUTES),
    "samples": Field(2, "message", repeated=True, message=SAMPLE),
    "exemplars": Field(4, "message", repeated=True, message=EXEMPLAR),
}
PARTIAL_STATUS = ("COMPLETE", "PARTIAL")
QUERY_RANGE_RESPONSE = {
    "series": Field(1, "message", repeated=True, message=SERIES),
    "metrics": Field(2, "message", message=SEARCH_METRICS),
    "status": Field(3, "status"),
    "message": Field(4, "string"),
}
INSTANT_SERIES = {"labels": Field(1, **_ATTRIBUTES), "value": Field(2, "double")}
QUERY_INSTANT_RESPONSE = {**QUERY_RANGE_RESPONSE,
                          "series": Field(1, "message", repeated=True, message=INSTANT_SERIES)}

SEARCH_REQUEST = {
    "tags": Field(1, "message", repeated=True, message={"key": Field(1, "string"), "value": Field(2, "string")}),
    "minDurationMs": Field(2, "uint32"),
    "maxDurationMs": Field(3, "uint32"),
    "limit": Field(4, "uint32"),
    "start": Field(5, "uint32"),
    "end": Field(6, "uint32"),
    "query": Field(8, "string"),
    "spansPerSpanSet": Field(9, "uint32"),
    "rf1After": Field(10, "message", message={"seconds": Field(1, "int"), "nanos": Field(2, "int32")}),
}
TAGS_REQUEST = {
    "scope": Field(1, "string"),
    "query": Field(2, "string"),
    "start": Field(3, "uint32"),
    "end": Field(4, "uint32"),
    "maxTagsPerScope": Field(5, "uint32"),
    "staleValuesThreshold": Field(6, "uint32"),
}
VALUES_REQUEST = {
    "tagName": Field(1, "string"),
    "query": Field(2, "string"),
    "start": Field(4, "uint32"),
    "end": Field(5, "uint32"),
    "maxTagValues": Field(6, "uint32"),
    "staleValueThreshold": Field(7, "uint32"),
}
QUERY_RANGE_REQUEST = {
    "query": Field(1, "string"),
    "start": Field(2, "uint"),
    "end": Field(3, "uint"),
    "step": Field(4, "uint"),
    "exemplars": Field(16, "uint32"),
    "maxSeries": Field(17, "uint32"),
    "instant": Field(18, "bool"),
}
QUERY_INSTANT_REQUEST = {"query": Field(1, "string"), "start": Field(2, "uint"), "end": Field(3, "uint")}

# What clients use without asking whether it is there.
_NEEDED = [
    (SEARCH_RESPONSE, ("metrics",)),
    (TRACE, ("traceID", "rootServiceName", "startTimeUnixNano", "spanSet", "spanSets")),
    (SPAN_SET, ("spans", "matched")),
    (SPAN, ("spanID", "startTimeUnixNano")),
    (SERIES, ("labels", "samples")),
    (INSTANT_SERIES, ("labels",)),
    (SAMPLE, ("timestampMs",)),
    (EXEMPLAR, ("labels", "timestampMs")),
    (KEY_VALUE, ("key", "value")),
    (TAG_VALUE, ("type", "value")),
    (SEARCH_METRICS, ("completedJobs", "totalJobs")),
]


def _check_needed(message_type, value, where):
    for table, names in _NEEDED:
        if table is not message_type:
            continue
        for name in names:
            if name not in value:
                raise ValueError(f"{where}: {name} is missing in {value}")


def _number(text, where):
    if not isinstance(text, str) or not text.lstrip("-").isdigit():
        raise ValueError(f"{where}: 64-bit numbers are texts in JSON, this is {text!r}")
    return int(text)


def _from_json(field, value, where):
    kind = field.kind
    if kind == "message":
        return _message_from_json(field.message, value, where)
    if kind == "status":
        return PARTIAL_STATUS.index(value)
    if kind == "double":
        if value in ("NaN", "Infinity", "-Infinity"):
            return float(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        raise ValueError(f"{where}: {value!r} is no number")
    if kind in ("uint", "int"):
        return _number(value, where)
    wanted = {"string": str, "bool": bool, "uint32": int, "int32": int}[kind]
    if type(value) is not wanted:
        raise ValueError(f"{where}: {value!r} is no {wanted.__name__}")
    return value


def _message_from_json(message_type, value, where):
    if not isinstance(value, dict):
        raise ValueError(f"{where}: {value!r} is no object")
    out = {}
    for name, content in value.items():
        if name not in message_type:
            raise ValueError(f"{where}: {name} is in none of the tables; known are {sorted(message_type)}")
        field = message_type[name]
        place = f"{where}.{name}"
        if field.message is SERVICE_STATS_ENTRY:
            out[name] = [{"key": key, "value": _message_from_json(SERVICE_STATS, each, place)}
                         for key, each in content.items()]
        elif field.repeated:
            out[name] = [_from_json(field, each, f"{place}[{i}]") for i, each in enumerate(content)]
        else:
            out[name] = _from_json(field, content, place)
    _check_needed(message_type, out, where)
    return out


def _without_defaults(value):
    """As proto3 has it: lists and numbers at their default are as good as absent."""
    if isinstance(value, dict):
        return {k: _without_defaults(v) for k, v in value.items() if v not in (0, "", [], False)
                or k in ("stringValue", "boolValue", "intValue", "doubleValue")}
    if isinstance(value, list):
        return [_without_defaults(each) for each in value]
    return value


def _check_deep(message_type, value, where):
    _check_needed(message_type, value, where)
    for name, content in value.items():
        field = message_type[name]
        if field.kind != "message":
            continue
        for each in content if field.repeated else [content]:
            _check_deep(field.message, each, f"{where}.{name}")


def read_json(message_type, body):
    """An answer in JSON, checked; fields at their default are left out."""
    return _without_defaults(_message_from_json(message_type, json.loads(body), "answer"))


def read_protobuf(message_type, body):
    """An answer in protobuf, checked; fields at their default are left out."""
    out = decode(message_type, body, strict=True)
    _check_deep(message_type, out, "answer")
    return _without_defaults(out)


def request(message_type, **fields):
    return encode(message_type, fields)
