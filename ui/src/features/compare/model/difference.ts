// SPDX-License-Identifier: Apache-2.0
// Two traces as one tree: spans with the same service and name on the same path belong together.
import type { Span, Trace } from "~/api/trace";

// What one trace has of an operation.
export interface Side {
  readonly count: number;
  readonly errors: number;
  readonly totalNs: number;
  // Time in which such a span ran and none of its children did.
  readonly selfNs: number;
  // From the start of the trace to the first of them.
  readonly offsetNs: number;
  readonly spanId: string;
}

export type Verdict = "only-a" | "only-b" | "slower" | "faster" | "same";

export interface DifferenceNode {
  readonly key: string;
  readonly service: string;
  readonly name: string;
  readonly depth: number;
  readonly a: Side | undefined;
  readonly b: Side | undefined;
  readonly verdict: Verdict;
}

interface Growing {
  readonly service: string;
  readonly name: string;
  readonly sides: [MutableSide | undefined, MutableSide | undefined];
  readonly children: Map<string, Growing>;
}
type MutableSide = { -readonly [K in keyof Side]: Side[K] };

// Less than this is noise.
const kLeastShare = 0.1;
const kLeastNs = 1e5;

const lengthNs = (span: Span): number => Number(span.end - span.start);

// The time of a span that none of its children covers.
export function selfTime(span: Span, children: readonly Span[]): number {
  let covered = 0;
  let until = span.start;
  for (const child of [...children].sort((x, y) => Number(x.start - y.start))) {
    const from = child.start > until ? child.start : until;
    const to = child.end < span.end ? child.end : span.end;
    if (to <= from) continue;
    covered += Number(to - from);
    until = to;
  }
  return Math.max(0, lengthNs(span) - covered);
}

function childrenOf(trace: Trace): { readonly roots: readonly Span[]; readonly below: ReadonlyMap<string, readonly Span[]> } {
  const known = new Set(trace.spans.map((s) => s.id));
  const below = new Map<string, Span[]>();
  const roots: Span[] = [];
  for (const span of trace.spans) {
    if (span.parentId === undefined || span.parentId === span.id || !known.has(span.parentId)) roots.push(span);
    else below.set(span.parentId, [...(below.get(span.parentId) ?? []), span]);
  }
  return { roots, below };
}

export const originOf = (trace: Trace): bigint => trace.spans.reduce((least, s) => (s.start < least ? s.start : least), trace.spans[0]?.start ?? 0n);
export const totalNs = (trace: Trace): number =>
  Number(trace.spans.reduce((last, s) => (s.end > last ? s.end : last), originOf(trace)) - originOf(trace));

function addTrace(roots: Map<string, Growing>, trace: Trace, side: 0 | 1): void {
  const origin = originOf(trace);
  const { roots: first, below } = childrenOf(trace);
  const open: { readonly span: Span; readonly into: Map<string, Growing> }[] = first.map((span) => ({ span, into: roots }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { span, into } = next;
    const key = `${span.resource.service}\n${span.name}`;
    let node = into.get(key);
    if (node === undefined) {
      node = { service: span.resource.service, name: span.name, sides: [undefined, undefined], children: new Map() };
      into.set(key, node);
    }
    const children = below.get(span.id) ?? [];
    const sum = (node.sides[side] ??= { count: 0, errors: 0, totalNs: 0, selfNs: 0, offsetNs: Infinity, spanId: span.id });
    sum.count += 1;
    sum.errors += span.status === "error" ? 1 : 0;
    sum.totalNs += lengthNs(span);
    sum.selfNs += selfTime(span, children);
    sum.offsetNs = Math.min(sum.offsetNs, Number(span.start - origin));
    for (const child of children) open.push({ span: child, into: node.children });
  }
}

export function verdictOf(a: Side | undefined, b: Side | undefined): Verdict {
  if (b === undefined) return "only-a";
  if (a === undefined) return "only-b";
  const change = b.totalNs - a.totalNs;
  if (Math.abs(change) < kLeastNs || Math.abs(change) < kLeastShare * a.totalNs) return "same";
  return change > 0 ? "slower" : "faster";
}

function settle(path: string, nodes: Map<string, Growing>, depth: number, into: DifferenceNode[]): void {
  const offset = (node: Growing): number => Math.min(...node.sides.map((s) => s?.offsetNs ?? Infinity));
  for (const [key, node] of [...nodes].sort(([, x], [, y]) => offset(x) - offset(y))) {
    const [a, b] = node.sides;
    into.push({ key: `${path}/${key}`, service: node.service, name: node.name, depth, a, b, verdict: verdictOf(a, b) });
    settle(`${path}/${key}`, node.children, depth + 1, into);
  }
}

// In the order of the tree.
export function differenceRows(a: Trace, b: Trace): readonly DifferenceNode[] {
  const roots = new Map<string, Growing>();
  addTrace(roots, a, 0);
  addTrace(roots, b, 1);
  const rows: DifferenceNode[] = [];
  settle("", roots, 0, rows);
  return rows;
}

export interface OperationRow {
  readonly service: string;
  readonly name: string;
  readonly a: Side | undefined;
  readonly b: Side | undefined;
  // B less A, in self time.
  readonly changeNs: number;
}

const merged = (x: Side | undefined, y: Side | undefined): Side | undefined => x === undefined || y === undefined ? (x ?? y) : {
  count: x.count + y.count, errors: x.errors + y.errors, totalNs: x.totalNs + y.totalNs, selfNs: x.selfNs + y.selfNs,
  offsetNs: Math.min(x.offsetNs, y.offsetNs), spanId: x.spanId,
};

// By service and name alone, the largest change of self time first.
export function operationRows(rows: readonly DifferenceNode[]): readonly OperationRow[] {
  const byName = new Map<string, { service: string; name: string; a: Side | undefined; b: Side | undefined }>();
  for (const { service, name, a, b } of rows) {
    const key = `${service}\n${name}`;
    const before = byName.get(key);
    byName.set(key, { service, name, a: merged(before?.a, a), b: merged(before?.b, b) });
  }
  return [...byName.values()]
    .map((row) => ({ ...row, changeNs: (row.b?.selfNs ?? 0) - (row.a?.selfNs ?? 0) }))
    .sort((x, y) => Math.abs(y.changeNs) - Math.abs(x.changeNs));
}
