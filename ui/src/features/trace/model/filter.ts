// SPDX-License-Identifier: Apache-2.0
// Which rows of a trace match the text and the pills. All given conditions must hold.
import { valueText, type Attribute, type Span } from "~/api/trace";
import { criticalPath } from "./criticalPath";
import type { TraceTree } from "./tree";

export const kPills = ["errors", "critical", "slow"] as const;
export type Pill = (typeof kPills)[number];

// A span counts as slow when its own work, children aside, takes at least this share of the trace.
export const kSlowShare = 0.1;

export interface SpanFilter {
  readonly text: string;
  readonly pills: readonly Pill[];
}

export const isActive = (f: SpanFilter): boolean => f.text.trim() !== "" || f.pills.length > 0;

const inAttributes = (attributes: readonly Attribute[], needle: string): boolean =>
  attributes.some((a) => a.key.toLowerCase().includes(needle) || valueText(a.value).toLowerCase().includes(needle));

function spanContains(span: Span, needle: string): boolean {
  return (
    span.name.toLowerCase().includes(needle) ||
    span.resource.service.toLowerCase().includes(needle) ||
    span.id === needle ||
    span.kind === needle ||
    span.status === needle ||
    span.statusMessage.toLowerCase().includes(needle) ||
    inAttributes(span.attributes, needle) ||
    span.events.some((e) => e.name.toLowerCase().includes(needle) || inAttributes(e.attributes, needle))
  );
}

export function criticalRows(tree: TraceTree): Set<number> {
  return new Set(criticalPath(tree).map((s) => s.row));
}

function pillRows(tree: TraceTree, pill: Pill): (row: number) => boolean {
  switch (pill) {
    case "errors":
      return (row) => tree.spans[row]?.status === "error";
    case "slow":
      return (row) => tree.totalNs > 0 && (tree.selfNs[row] ?? 0) >= kSlowShare * tree.totalNs;
    case "critical": {
      const rows = criticalRows(tree);
      return (row) => rows.has(row);
    }
  }
}

// Rows in order; undefined when nothing is filtered.
export function matchingRows(tree: TraceTree, filter: SpanFilter): readonly number[] | undefined {
  if (!isActive(filter)) return undefined;
  const tests = filter.pills.map((pill) => pillRows(tree, pill));
  const needle = filter.text.trim().toLowerCase();
  const rows: number[] = [];
  for (let row = 0; row < tree.spans.length; row += 1) {
    const span = tree.spans[row];
    if (span === undefined || !tests.every((test) => test(row))) continue;
    if (needle === "" || spanContains(span, needle)) rows.push(row);
  }
  return rows;
}
