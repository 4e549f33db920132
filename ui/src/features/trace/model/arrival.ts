// SPDX-License-Identifier: Apache-2.0
// Whether a trace is whole. Spans are sent when they end, so a root that is missing usually has not ended yet.
import type { Span } from "~/api/trace";
import { nanos, nanosToMs } from "~/base/time";
import type { TraceTree } from "./tree";

export type Arrival =
  | { readonly state: "whole" }
  // Some spans name a parent that is not here, besides those of a missing root.
  | { readonly state: "gaps"; readonly orphans: number }
  // No root, and the newest span ended not long ago.
  | { readonly state: "running"; readonly sinceMs: number }
  | { readonly state: "rootless" };

// Longer than exporters wait before they send, and than most calls take.
export const kRunningMs = 120_000;

// How long ago the newest span ended, when the root is missing and that is not long; else undefined.
export function runningForMs(spans: readonly Span[], nowMs: number): number | undefined {
  if (spans.some((span) => span.parentId === undefined)) return undefined;
  const lastEnd = spans.reduce((last, span) => (span.end > last ? span.end : last), nanos(0n));
  const sinceMs = Math.max(0, nowMs - nanosToMs(lastEnd));
  return sinceMs < kRunningMs ? sinceMs : undefined;
}

export function arrival(tree: TraceTree, nowMs: number): Arrival {
  const orphans = tree.orphan.reduce((sum, o) => sum + o, 0);
  if (tree.spans.some((span) => span.parentId === undefined)) return orphans === 0 ? { state: "whole" } : { state: "gaps", orphans };
  const sinceMs = runningForMs(tree.spans, nowMs);
  return sinceMs === undefined ? { state: "rootless" } : { state: "running", sinceMs };
}
