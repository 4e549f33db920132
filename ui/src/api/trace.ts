// SPDX-License-Identifier: Apache-2.0
// A trace as the page works with it. Values are immutable; times are unix nanoseconds.
import type { Nanos } from "~/base/time";

export type AttributeValue =
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "int"; readonly value: bigint }
  | { readonly type: "double"; readonly value: number }
  | { readonly type: "bytes"; readonly value: string }
  | { readonly type: "list"; readonly value: readonly AttributeValue[] }
  | { readonly type: "map"; readonly value: readonly Attribute[] }
  | { readonly type: "empty" };

export interface Attribute {
  readonly key: string;
  readonly value: AttributeValue;
}

export interface SpanEvent {
  readonly at: Nanos;
  readonly name: string;
  readonly attributes: readonly Attribute[];
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: readonly Attribute[];
}

export type SpanKind = "unspecified" | "internal" | "server" | "client" | "producer" | "consumer";
export type SpanStatus = "unset" | "ok" | "error";

export interface Resource {
  readonly service: string;
  readonly attributes: readonly Attribute[];
}

export interface Scope {
  readonly name: string;
  readonly version: string;
}

export interface Span {
  readonly id: string;
  readonly parentId: string | undefined;
  readonly traceId: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly start: Nanos;
  readonly end: Nanos;
  readonly status: SpanStatus;
  readonly statusMessage: string;
  readonly attributes: readonly Attribute[];
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
  readonly resource: Resource;
  readonly scope: Scope;
}

export interface Trace {
  readonly id: string;
  readonly spans: readonly Span[];
  // Set when the server returned only a part, and why.
  readonly warning: string | undefined;
  // The JSON as it came; undefined for a trace that came in another form.
  readonly raw: unknown;
}

// As people read it; also what text filters search in.
export function valueText(value: AttributeValue): string {
  switch (value.type) {
    case "string":
    case "bytes":
      return value.value;
    case "bool":
    case "int":
    case "double":
      return String(value.value);
    case "list":
      return `[${value.value.map(valueText).join(", ")}]`;
    case "map":
      return `{${value.value.map((a) => `${a.key}: ${valueText(a.value)}`).join(", ")}}`;
    case "empty":
      return "(empty)";
  }
}

// The name of a resource's service; the one that OpenTelemetry gives to a program without one.
export function serviceOf(resource: readonly Attribute[]): string {
  const name = findAttribute(resource, "service.name");
  return name?.type === "string" && name.value !== "" ? name.value : "unknown_service";
}

export const findAttribute = (attributes: readonly Attribute[], key: string): AttributeValue | undefined =>
  attributes.find((a) => a.key === key)?.value;
