// SPDX-License-Identifier: Apache-2.0
// The critical path: the stretches of spans that decided when the trace ended. Shortening anything else changes nothing.
//
// From the end of a span the walk goes back in time. The child that ended last hands over the path; it keeps it from its end
// to its start; then the walk goes on at the child's start. What no child covers belongs to the span itself. A child that
// outlives its parent is cut at the parent's end, one that begins before it at the parent's start.
import type { TraceTree } from "./tree";

export interface Stretch {
  readonly row: number;
  readonly fromNs: number;
  readonly toNs: number;
}

interface Frame {
  readonly row: number;
  // A child that began before its parent is cut at the parent's start.
  readonly startNs: number;
  cursor: number;
  // Children by end, latest last.
  readonly children: number[];
}

function childrenByEnd(tree: TraceTree, row: number): number[] {
  const found: number[] = [];
  const last = tree.lastRow[row] ?? row;
  for (let child = row + 1; child <= last; child = (tree.lastRow[child] ?? child) + 1) found.push(child);
  const end = (r: number): number => (tree.startNs[r] ?? 0) + (tree.durationNs[r] ?? 0);
  return found.sort((a, b) => end(a) - end(b));
}

function firstRoot(tree: TraceTree): number {
  // With several roots the longest decides.
  let best = -1;
  for (let row = 0; row < tree.spans.length; row = (tree.lastRow[row] ?? row) + 1) {
    if (best < 0 || (tree.durationNs[row] ?? 0) > (tree.durationNs[best] ?? 0)) best = row;
  }
  return best;
}

export function criticalPath(tree: TraceTree): readonly Stretch[] {
  const root = firstRoot(tree);
  if (root < 0) return [];
  const stretches: Stretch[] = [];
  const keep = (row: number, fromNs: number, toNs: number): void => {
    if (toNs > fromNs) stretches.push({ row, fromNs, toNs });
  };
  const frame = (row: number, startNs: number, until: number): Frame =>
    ({ row, startNs, cursor: until, children: childrenByEnd(tree, row) });
  const rootStart = tree.startNs[root] ?? 0;
  const stack = [frame(root, rootStart, rootStart + (tree.durationNs[root] ?? 0))];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const child = top.children.pop();
    if (child === undefined) {
      keep(top.row, top.startNs, top.cursor);
      stack.pop();
      continue;
    }
    const childStart = Math.max(tree.startNs[child] ?? 0, top.startNs);
    const childEnd = Math.min((tree.startNs[child] ?? 0) + (tree.durationNs[child] ?? 0), top.cursor);
    // It began after the walk's place, or it is over within its parent's past: no part of the path.
    if (childStart >= top.cursor || childEnd <= childStart) continue;
    keep(top.row, childEnd, top.cursor);
    top.cursor = childStart;
    stack.push(frame(child, childStart, childEnd));
  }
  return stretches;
}
