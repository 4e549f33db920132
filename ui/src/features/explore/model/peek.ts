// SPDX-License-Identifier: Apache-2.0
// A trace in a narrow place: its spans in the order of their tree, as bars.
import type { Span, Trace } from "~/api/trace";

export interface PeekRow {
  readonly span: Span;
  readonly depth: number;
  // Shares of the trace's length.
  readonly left: number;
  readonly width: number;
}

export function peekRows(trace: Trace, most: number): readonly PeekRow[] {
  const known = new Set(trace.spans.map((s) => s.id));
  const children = new Map<string, Span[]>();
  const roots: Span[] = [];
  for (const span of [...trace.spans].sort((a, b) => Number(a.start - b.start))) {
    const parent = span.parentId !== undefined && span.parentId !== span.id && known.has(span.parentId) ? span.parentId : undefined;
    if (parent === undefined) roots.push(span);
    else children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const begin = trace.spans.reduce((least, s) => (s.start < least ? s.start : least), trace.spans[0]?.start ?? 0n);
  const end = trace.spans.reduce((last, s) => (s.end > last ? s.end : last), begin);
  const length = Math.max(1, Number(end - begin));
  const rows: PeekRow[] = [];
  const open: { readonly span: Span; readonly depth: number }[] = roots.reverse().map((span) => ({ span, depth: 0 }));
  for (let next = open.pop(); next !== undefined && rows.length < most; next = open.pop()) {
    const { span, depth } = next;
    rows.push({ span, depth, left: Number(span.start - begin) / length, width: Number(span.end - span.start) / length });
    for (const child of [...(children.get(span.id) ?? [])].reverse()) open.push({ span: child, depth: depth + 1 });
  }
  return rows;
}
