// SPDX-License-Identifier: Apache-2.0
// The node graph of a trace: a node for each span while they can be told apart, else one for all that are called the same on
// the same path.
import { formatPercent } from "~/base/units";
import { mergeSpans } from "./merged";
import type { TraceTree } from "./tree";

// More circles than this are no picture any more.
export const kSpanNodes = 120;
export const kMostNodes = 300;

export interface SpanNode {
  readonly service: string;
  readonly name: string;
  readonly count: number;
  readonly errors: number;
  readonly totalNs: number;
  readonly selfNs: number;
  // The span that the node opens: the only one, or the longest.
  readonly row: number;
}

export interface SpanGraph {
  readonly nodes: readonly SpanNode[];
  readonly edges: readonly (readonly [from: number, to: number])[];
  readonly merged: boolean;
  // Nodes that were left out, those with the least time.
  readonly hidden: number;
  // The node of each row; -1 for rows of hidden nodes.
  readonly nodeOf: Int32Array;
}

function perSpan(tree: TraceTree): SpanGraph {
  const nodes = tree.spans.map((span, row) => ({
    service: span.resource.service, name: span.name, count: 1, errors: span.status === "error" ? 1 : 0,
    totalNs: tree.durationNs[row] ?? 0, selfNs: tree.selfNs[row] ?? 0, row,
  }));
  const edges = [...tree.parent].flatMap((up, row) => (up < 0 ? [] : [[up, row] as const]));
  return { nodes, edges, merged: false, hidden: 0, nodeOf: Int32Array.from(tree.spans.keys()) };
}

export function spanGraph(tree: TraceTree): SpanGraph {
  if (tree.spans.length <= kSpanNodes) return perSpan(tree);
  const merged = mergeSpans(tree);
  // A parent has at least its child's work, and stands before it when the work is equal: no child is kept without its parent.
  const kept = [...merged.nodes.keys()].sort((a, b) => (merged.nodes[b]?.workNs ?? 0) - (merged.nodes[a]?.workNs ?? 0) || a - b)
    .slice(0, kMostNodes).sort((a, b) => a - b);
  const place = new Map(kept.map((node, i) => [node, i]));
  const nodes = kept.flatMap((node) => {
    const m = merged.nodes[node];
    if (m === undefined) return [];
    return [{ service: m.service, name: m.name, count: m.count, errors: m.errors, totalNs: m.totalNs, selfNs: m.selfNs, row: m.longest }];
  });
  const edges = kept.flatMap((node, i) => {
    const up = place.get(merged.nodes[node]?.parent ?? -1);
    return up === undefined ? [] : [[up, i] as const];
  });
  return { nodes, edges, merged: true, hidden: merged.nodes.length - kept.length, nodeOf: merged.nodeOf.map((n) => place.get(n) ?? -1) };
}

// Total with its share of the trace, own time with its share of the span; both in milliseconds, to be compared at a glance.
export function nodeLines(node: SpanNode, traceNs: number): readonly string[] {
  const ms = (ns: number): string => `${(ns / 1e6).toFixed(ns < 1e9 ? 2 : ns < 1e11 ? 1 : 0)} ms`;
  const share = (part: number, whole: number): string => (whole > 0 ? formatPercent(part / whole) : "0 %");
  return [ms(node.totalNs), share(node.totalNs, traceNs), ms(node.selfNs), share(node.selfNs, node.totalNs)];
}
