// SPDX-License-Identifier: Apache-2.0
// Reads a trace from JSON: Tempo's form (base64 ids, enum names, defaults left out) and OTLP's (hex ids, enum numbers).
// The decoder checks every field by hand; a schema library is too slow for 50,000 spans. Attributes, events and links are
// decoded when they are first asked for, since a screen shows those of a few dozen spans.
import { isZeroId, readId } from "~/base/bytes";
import { nanos, type Nanos } from "~/base/time";
import {
  serviceOf, type Attribute, type AttributeValue, type Resource, type Scope, type Span, type SpanEvent, type SpanKind,
  type SpanLink, type SpanStatus, type Trace,
} from "./trace";

export class DecodeError extends Error {}

type Json = Readonly<Record<string, unknown>>;

const isObject = (x: unknown): x is Json => typeof x === "object" && x !== null && !Array.isArray(x);
const object = (x: unknown): Json => (isObject(x) ? x : {});
const list = (x: unknown): readonly unknown[] => (Array.isArray(x) ? x : []);
const text = (x: unknown): string => (typeof x === "string" ? x : "");

const isInteger = (x: unknown): x is number | string =>
  typeof x === "number" ? Number.isInteger(x) : typeof x === "string" && /^-?\d{1,20}$/.test(x);

function integer(x: unknown, where: string): bigint {
  if (x === undefined) return 0n;
  if (isInteger(x)) return BigInt(x);
  throw new DecodeError(`${where} is ${JSON.stringify(x)}; expected a whole number`);
}

function double(x: unknown): number {
  if (typeof x === "number") return x;
  if (x === "Infinity") return Infinity;
  if (x === "-Infinity") return -Infinity;
  return x === undefined ? 0 : NaN;
}

// Shown as it is when it is no number: one odd value must not hide the span.
function readInteger(x: unknown): AttributeValue {
  return isInteger(x) ? { type: "int", value: BigInt(x) } : { type: "string", value: String(x) };
}

function readValue(x: unknown): AttributeValue {
  const v = object(x);
  if (typeof v["stringValue"] === "string") return { type: "string", value: v["stringValue"] };
  if (v["intValue"] !== undefined) return readInteger(v["intValue"]);
  if (v["boolValue"] !== undefined) return { type: "bool", value: v["boolValue"] === true };
  if (v["doubleValue"] !== undefined) return { type: "double", value: double(v["doubleValue"]) };
  if (v["arrayValue"] !== undefined) {
    return { type: "list", value: list(object(v["arrayValue"])["values"]).map(readValue) };
  }
  if (v["kvlistValue"] !== undefined) {
    return { type: "map", value: readAttributes(object(v["kvlistValue"])["values"]) };
  }
  if (typeof v["bytesValue"] === "string") return { type: "bytes", value: v["bytesValue"] };
  return { type: "empty" };
}

function readAttributes(x: unknown): readonly Attribute[] {
  return list(x).map((item) => {
    const pair = object(item);
    return { key: text(pair["key"]), value: readValue(pair["value"]) };
  });
}

const kKinds: readonly SpanKind[] = ["unspecified", "internal", "server", "client", "producer", "consumer"];

function readKind(x: unknown): SpanKind {
  if (typeof x === "number") return kKinds[x] ?? "unspecified";
  const name = text(x).replace("SPAN_KIND_", "").toLowerCase();
  return kKinds.find((kind) => kind === name) ?? "unspecified";
}

function readStatus(x: unknown): SpanStatus {
  if (x === 2 || x === "STATUS_CODE_ERROR") return "error";
  if (x === 1 || x === "STATUS_CODE_OK") return "ok";
  return "unset";
}

function readEvent(x: unknown): SpanEvent {
  const e = object(x);
  const at = e["timeUnixNano"];
  return {
    at: nanos(isInteger(at) ? BigInt(at) : 0n),
    name: text(e["name"]),
    attributes: readAttributes(e["attributes"]),
  };
}

function readLink(x: unknown): SpanLink {
  const l = object(x);
  return {
    traceId: readId(l["traceId"], 16) ?? "",
    spanId: readId(l["spanId"], 8) ?? "",
    attributes: readAttributes(l["attributes"]),
  };
}

// All spans of a trace carry the same trace id; it is decoded once.
function traceIdReader(): (x: unknown) => string {
  let text: unknown;
  let id = "";
  return (x) => {
    if (x !== text) {
      text = x;
      id = readId(x, 16) ?? "";
    }
    return id;
  };
}

class DecodedSpan implements Span {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly traceId: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly start: Nanos;
  readonly end: Nanos;
  readonly status: SpanStatus;
  readonly #json: Json;
  #attributes: readonly Attribute[] | undefined;
  #events: readonly SpanEvent[] | undefined;
  #links: readonly SpanLink[] | undefined;

  constructor(x: unknown, readonly resource: Resource, readonly scope: Scope, traceId: (x: unknown) => string) {
    const s = object(x);
    const id = readId(s["spanId"], 8);
    if (id === undefined) throw new DecodeError(`span "${text(s["name"])}" has no usable spanId; expected 8 bytes`);
    const parent = readId(s["parentSpanId"], 8);
    const end = nanos(integer(s["endTimeUnixNano"], "endTimeUnixNano"));
    this.#json = s;
    this.id = id;
    this.parentId = parent === undefined || isZeroId(parent) ? undefined : parent;
    this.traceId = traceId(s["traceId"]);
    this.name = text(s["name"]);
    this.kind = readKind(s["kind"]);
    this.start = nanos(integer(s["startTimeUnixNano"], "startTimeUnixNano"));
    this.end = end < this.start ? this.start : end;
    this.status = readStatus(object(s["status"])["code"]);
  }

  get statusMessage(): string {
    return text(object(this.#json["status"])["message"]);
  }

  get attributes(): readonly Attribute[] {
    return (this.#attributes ??= readAttributes(this.#json["attributes"]));
  }

  get events(): readonly SpanEvent[] {
    return (this.#events ??= list(this.#json["events"]).map(readEvent));
  }

  get links(): readonly SpanLink[] {
    return (this.#links ??= list(this.#json["links"]).map(readLink));
  }
}

function readResource(x: unknown): Resource {
  const attributes = readAttributes(object(x)["attributes"]);
  return { service: serviceOf(attributes), attributes };
}

function resourceSpansOf(x: unknown): readonly unknown[] | undefined {
  if (!isObject(x)) return undefined;
  const inner = isObject(x["trace"]) ? x["trace"] : x;
  const found = inner["resourceSpans"] ?? inner["batches"];
  if (Array.isArray(found)) return found;
  // Tempo's v2 answer for an unknown id is an empty trace.
  return inner !== x && found === undefined ? [] : undefined;
}

// Takes a v2 answer, a v1 answer ("batches"), or plain OTLP/JSON. Throws DecodeError with a sentence for the user.
export function decodeTrace(x: unknown): Trace {
  const groups = resourceSpansOf(x);
  if (groups === undefined) {
    throw new DecodeError('no spans in this JSON; expected an object with "resourceSpans", "batches" or "trace"');
  }
  const spans: Span[] = [];
  const traceId = traceIdReader();
  for (const group of groups) {
    const g = object(group);
    const resource = readResource(g["resource"]);
    for (const scoped of list(g["scopeSpans"] ?? g["instrumentationLibrarySpans"])) {
      const s = object(scoped);
      const named = object(s["scope"] ?? s["instrumentationLibrary"]);
      const scope: Scope = { name: text(named["name"]), version: text(named["version"]) };
      for (const span of list(s["spans"])) spans.push(new DecodedSpan(span, resource, scope, traceId));
    }
  }
  const answer = object(x);
  const partial = answer["status"] === "PARTIAL" ? "only a part of this trace was returned" : "";
  const warning = [partial, text(answer["message"])].filter((part) => part !== "").join(": ");
  return {
    id: spans[0]?.traceId ?? "",
    spans,
    warning: warning === "" ? undefined : warning,
    raw: isObject(answer["trace"]) ? answer["trace"] : x,
  };
}
