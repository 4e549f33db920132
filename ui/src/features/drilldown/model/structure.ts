// SPDX-License-Identifier: Apache-2.0
// Spans of many traces as one tree: those with the same service and name on the same path are one node.
import type { MatchedSpan, TraceSummary } from "~/api/tempo";

export interface StructureNode {
  readonly key: string;
  readonly service: string;
  readonly name: string;
  readonly depth: number;
  readonly count: number;
  readonly errors: number;
  readonly meanNs: number;
  // How long after the root's start, on average.
  readonly meanOffsetNs: number;
  // A trace that has it, the newest one.
  readonly traceId: string;
  readonly spanId: string;
  readonly children: readonly StructureNode[];
}

export interface StructureTree {
  readonly root: StructureNode;
  readonly spans: number;
  readonly longestNs: number;
}

interface Growing {
  service: string;
  name: string;
  count: number;
  errors: number;
  durationNs: number;
  offsetNs: number;
  traceId: string;
  spanId: string;
  readonly children: Map<string, Growing>;
}

const attribute = (span: MatchedSpan, key: string): string => span.attributes.find((a) => a.key === key)?.text ?? "";

function grow(into: Map<string, Growing>, trace: TraceSummary, span: MatchedSpan, rootStart: bigint): Growing {
  const service = attribute(span, "service.name");
  const key = `${service}\n${span.name}`;
  let node = into.get(key);
  if (node === undefined) {
    node = { service, name: span.name, count: 0, errors: 0, durationNs: 0, offsetNs: 0, traceId: trace.id, spanId: span.id, children: new Map() };
    into.set(key, node);
  }
  node.count += 1;
  node.errors += attribute(span, "status") === "error" ? 1 : 0;
  node.durationNs += span.durationNs;
  node.offsetNs += Number(span.start - rootStart);
  return node;
}

// The parent of a span is the innermost of those found that contains it; what lies between was not asked for.
function addTrace(roots: Map<string, Growing>, trace: TraceSummary): void {
  const placed = trace.spans
    .map((span) => ({ span, left: Number(attribute(span, "nestedSetLeft")), right: Number(attribute(span, "nestedSetRight")) }))
    .filter(({ left, right }) => left > 0 && right > left)
    .sort((a, b) => a.left - b.left);
  const open: { readonly right: number; readonly node: Growing; readonly start: bigint }[] = [];
  for (const { span, left, right } of placed) {
    while ((open.at(-1)?.right ?? Infinity) < left) open.pop();
    const parent = open.at(-1);
    const start = open[0]?.start ?? span.start;
    open.push({ right, node: grow(parent?.node.children ?? roots, trace, span, start), start });
  }
}

function settle(key: string, node: Growing, depth: number): StructureNode {
  const path = `${key}/${node.service}\n${node.name}`;
  return {
    key: path, service: node.service, name: node.name, depth, count: node.count, errors: node.errors,
    meanNs: node.durationNs / node.count, meanOffsetNs: node.offsetNs / node.count,
    traceId: node.traceId, spanId: node.spanId,
    children: [...node.children.values()].map((child) => settle(path, child, depth + 1)).sort((a, b) => a.meanOffsetNs - b.meanOffsetNs),
  };
}

const countSpans = (node: StructureNode): number => node.children.reduce((sum, child) => sum + countSpans(child), node.count);
const endOf = (node: StructureNode): number =>
  node.children.reduce((end, child) => Math.max(end, endOf(child)), node.meanOffsetNs + node.meanNs);

// One tree for each root operation, the one with the most traces first.
export function structureTrees(traces: readonly TraceSummary[]): readonly StructureTree[] {
  const roots = new Map<string, Growing>();
  for (const trace of traces) addTrace(roots, trace);
  return [...roots.values()]
    .map((root) => settle("", root, 0))
    .sort((a, b) => b.count - a.count)
    .map((root) => ({ root, spans: countSpans(root), longestNs: endOf(root) }));
}

// The rows of a tree, but for what is below closed nodes.
export function visibleNodes(root: StructureNode, closed: ReadonlySet<string>): readonly StructureNode[] {
  return closed.has(root.key) ? [root] : [root, ...root.children.flatMap((child) => visibleNodes(child, closed))];
}
