// SPDX-License-Identifier: Apache-2.0
// Reads Tempo's v2 answer for one trace from protobuf, which is less than half of its JSON and needs no parsing of text.
// Attributes, events and links are decoded when they are first asked for, since a screen shows those of a few dozen spans.
import { isZeroId } from "~/base/bytes";
import { nanos, type Nanos } from "~/base/time";
import { formatWhole } from "~/base/units";
import { DecodeError } from "./otlpJson";
import { ProtoReader } from "./protoReader";
import {
  serviceOf, type Attribute, type AttributeValue, type Resource, type Scope, type Span, type SpanEvent, type SpanKind,
  type SpanLink, type SpanStatus, type Trace,
} from "./trace";

const kKinds: readonly SpanKind[] = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const kStatuses: readonly SpanStatus[] = ["unset", "ok", "error"];

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function readValue(r: ProtoReader): AttributeValue {
  let value: AttributeValue = { type: "empty" };
  while (r.next()) {
    switch (r.field) {
      case 1: value = { type: "string", value: r.text() }; break;
      case 2: value = { type: "bool", value: r.small() !== 0 }; break;
      case 3: value = { type: "int", value: r.int64() }; break;
      case 4: value = { type: "double", value: r.double() }; break;
      case 5: value = { type: "list", value: repeated(r.message(), 1, readValue) }; break;
      case 6: value = { type: "map", value: repeated(r.message(), 1, readAttribute) }; break;
      case 7: value = { type: "bytes", value: base64(r.raw()) }; break;
      default: r.skip();
    }
  }
  return value;
}

function readAttribute(r: ProtoReader): Attribute {
  let key = "";
  let value: AttributeValue = { type: "empty" };
  while (r.next()) {
    if (r.field === 1) key = r.text();
    else if (r.field === 2) value = readValue(r.message());
    else r.skip();
  }
  return { key, value };
}

// All messages of one field.
function repeated<T>(r: ProtoReader, field: number, read: (r: ProtoReader) => T): readonly T[] {
  const found: T[] = [];
  while (r.next()) {
    if (r.field === field) found.push(read(r.message()));
    else r.skip();
  }
  return found;
}

function readEvent(r: ProtoReader): SpanEvent {
  let at = nanos(0n);
  let name = "";
  const attributes: Attribute[] = [];
  while (r.next()) {
    if (r.field === 1) at = nanos(r.fixed64());
    else if (r.field === 2) name = r.text();
    else if (r.field === 3) attributes.push(readAttribute(r.message()));
    else r.skip();
  }
  return { at, name, attributes };
}

function readLink(r: ProtoReader): SpanLink {
  let traceId = "";
  let spanId = "";
  const attributes: Attribute[] = [];
  while (r.next()) {
    if (r.field === 1) traceId = r.hex();
    else if (r.field === 2) spanId = r.hex();
    else if (r.field === 4) attributes.push(readAttribute(r.message()));
    else r.skip();
  }
  return { traceId, spanId, attributes };
}

class DecodedSpan implements Span {
  id = "";
  parentId: string | undefined;
  name = "";
  kind: SpanKind = "unspecified";
  start: Nanos = nanos(0n);
  end: Nanos = nanos(0n);
  status: SpanStatus = "unset";
  statusMessage = "";
  readonly #bytes: Uint8Array;
  readonly #from: number;
  readonly #to: number;
  #attributes: readonly Attribute[] | undefined;
  #events: readonly SpanEvent[] | undefined;
  #links: readonly SpanLink[] | undefined;

  constructor(r: ProtoReader, readonly traceId: string, readonly resource: Resource, readonly scope: Scope) {
    this.#bytes = r.bytes;
    this.#from = r.at;
    this.#to = r.end;
    while (r.next()) {
      switch (r.field) {
        case 2: this.id = r.hex(); break;
        case 4: this.parentId = r.hex(); break;
        case 5: this.name = r.text(); break;
        case 6: this.kind = kKinds[r.small()] ?? "unspecified"; break;
        case 7: this.start = nanos(r.fixed64()); break;
        case 8: this.end = nanos(r.fixed64()); break;
        case 15: this.#readStatus(r.message()); break;
        default: r.skip();
      }
    }
    if (this.parentId === "" || (this.parentId !== undefined && isZeroId(this.parentId))) this.parentId = undefined;
    if (this.end < this.start) this.end = this.start;
  }

  get attributes(): readonly Attribute[] {
    return (this.#attributes ??= repeated(this.#again(), 9, readAttribute));
  }

  get events(): readonly SpanEvent[] {
    return (this.#events ??= repeated(this.#again(), 11, readEvent));
  }

  get links(): readonly SpanLink[] {
    return (this.#links ??= repeated(this.#again(), 13, readLink));
  }

  #again(): ProtoReader {
    return new ProtoReader(this.#bytes, this.#from, this.#to);
  }

  #readStatus(r: ProtoReader): void {
    while (r.next()) {
      if (r.field === 2) this.statusMessage = r.text();
      else if (r.field === 3) this.status = kStatuses[r.small()] ?? "unset";
      else r.skip();
    }
  }
}

function readScope(r: ProtoReader): Scope {
  let name = "";
  let version = "";
  while (r.next()) {
    if (r.field === 1) name = r.text();
    else if (r.field === 2) version = r.text();
    else r.skip();
  }
  return { name, version };
}

// The parts may come in any order: spans wait until their scope and resource are known.
function readGroup(r: ProtoReader, traceId: string, spans: Span[], mostSpans: number): void {
  let resource: Resource = { service: serviceOf([]), attributes: [] };
  const scoped: ProtoReader[] = [];
  while (r.next()) {
    if (r.field === 1) {
      const attributes = repeated(r.message(), 1, readAttribute);
      resource = { service: serviceOf(attributes), attributes };
    } else if (r.field === 2) scoped.push(r.message());
    else r.skip();
  }
  for (const s of scoped) {
    let scope: Scope = { name: "", version: "" };
    const found: ProtoReader[] = [];
    while (s.next()) {
      if (s.field === 1) scope = readScope(s.message());
      else if (s.field === 2) found.push(s.message());
      else s.skip();
    }
    if (spans.length + found.length > mostSpans) throw new TooManySpansError(`the trace has more than ${formatWhole(mostSpans)} spans`);
    for (const span of found) spans.push(new DecodedSpan(span, traceId, resource, scope));
  }
}

export class TooManySpansError extends DecodeError {}

// Throws DecodeError when the bytes are no such answer, TooManySpansError before it holds more than `mostSpans`.
export function decodeTraceProto(bytes: Uint8Array, traceId: string, mostSpans = Infinity): Trace {
  const spans: Span[] = [];
  let partial = false;
  let message = "";
  try {
    const r = new ProtoReader(bytes);
    while (r.next()) {
      if (r.field === 1) {
        for (const trace = r.message(); trace.next();) {
          if (trace.field === 1) readGroup(trace.message(), traceId, spans, mostSpans);
          else trace.skip();
        }
      } else if (r.field === 3) partial = r.small() === 1;
      else if (r.field === 4) message = r.text();
      else r.skip();
    }
  } catch (error) {
    if (error instanceof RangeError) throw new DecodeError(`the trace can't be read: ${error.message}`);
    throw error;
  }
  const warning = [partial ? "only a part of this trace was returned" : "", message].filter((part) => part !== "").join(": ");
  return { id: traceId, spans, warning: warning === "" ? undefined : warning, raw: undefined };
}
