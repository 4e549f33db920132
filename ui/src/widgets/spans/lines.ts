// SPDX-License-Identifier: Apache-2.0
// Matched spans of a search as rows of a table that can be sorted by any column.
import type { TraceSummary } from "~/api/tempo";
import { nanosToMs } from "~/base/time";

export interface SpanLine {
  readonly traceId: string;
  readonly spanId: string;
  readonly startMs: number;
  readonly service: string;
  readonly name: string;
  readonly durationNs: number;
  readonly status: string;
  readonly more: readonly string[];
}

export interface SpanOrder {
  readonly column: string;
  readonly descending: boolean;
}

// An answer names an attribute without its scope.
const bare = (column: string): string => column.replace(/^(span|resource|event|link|instrumentation)?\./, "");

export function spanLines(traces: readonly TraceSummary[], columns: readonly string[]): readonly SpanLine[] {
  return traces.flatMap((trace) => trace.spans.map((span) => {
    const text = (key: string): string => span.attributes.find((a) => a.key === key)?.text ?? "";
    return {
      traceId: trace.id, spanId: span.id, startMs: nanosToMs(span.start), service: text("service.name"), name: span.name,
      durationNs: span.durationNs, status: text("status"), more: columns.map((c) => text(bare(c))),
    };
  }));
}

export function readOrder(text: string | undefined): SpanOrder {
  const [column = "", direction] = (text ?? "start.desc").split(/\.(?=asc$|desc$)/);
  return { column, descending: direction !== "asc" };
}

export function sortLines(lines: readonly SpanLine[], columns: readonly string[], order: SpanOrder): readonly SpanLine[] {
  const at = columns.indexOf(order.column);
  const valueOf = (line: SpanLine): string | number => {
    switch (order.column) {
      case "start": return line.startMs;
      case "duration": return line.durationNs;
      case "service": return line.service;
      case "name": return line.name;
      case "status": return line.status;
      default: return line.more[at] ?? "";
    }
  };
  const compare = (a: string | number, b: string | number): number => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), "en", { numeric: true });
  };
  return [...lines].sort((a, b) => (order.descending ? -1 : 1) * compare(valueOf(a), valueOf(b)) || b.startMs - a.startMs);
}

const kShown = new Set(["status", "service.name", "name", "duration"]);

// The attributes that an answer has, in the order in which they come.
export function attributeColumns(traces: readonly TraceSummary[]): readonly string[] {
  const keys = new Set<string>();
  for (const trace of traces) for (const span of trace.spans) for (const { key } of span.attributes) keys.add(key);
  return [...keys].filter((key) => !kShown.has(key));
}
