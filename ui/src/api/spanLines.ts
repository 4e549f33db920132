// SPDX-License-Identifier: Apache-2.0
// Matched spans of a search as rows of a table.
import type { SpanLine } from "~/base/spanLines";
import { nanosToMs } from "~/base/time";
import type { TraceSummary } from "./tempo";

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

const kShown = new Set(["status", "service.name", "name", "duration"]);

// The attributes that an answer has, in the order in which they come.
export function attributeColumns(traces: readonly TraceSummary[]): readonly string[] {
  const keys = new Set<string>();
  for (const trace of traces) for (const span of trace.spans) for (const { key } of span.attributes) keys.add(key);
  return [...keys].filter((key) => !kShown.has(key));
}
