// SPDX-License-Identifier: Apache-2.0
// Which rectangles of a flame graph are seen, and where. Only what is wide enough and between the edges is laid out, so the cost
// follows the picture and not the data.
import type { FlameTree } from "./flameTree";

export interface FlameView {
  // The node that fills the width; -1 for all.
  readonly focus: number;
  readonly widthPx: number;
  readonly rowPx: number;
  // The part that is scrolled into view.
  readonly topPx: number;
  readonly heightPx: number;
}

export interface FlameRects {
  readonly node: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly width: readonly number[];
}

// Thinner ones can't be told apart.
const kLeastPx = 0.7;

export function layoutFlame(tree: FlameTree, view: FlameView): FlameRects {
  const rects = { node: [] as number[], x: [] as number[], y: [] as number[], width: [] as number[] };
  const from = view.focus < 0 ? 0 : (tree.start[view.focus] ?? 0);
  const span = Math.max(Number.MIN_VALUE, view.focus < 0 ? tree.total : (tree.value[view.focus] ?? 0));
  const scale = view.widthPx / span;
  const until = view.focus < 0 ? tree.labels.length - 1 : (tree.last[view.focus] ?? 0);
  const add = (node: number, x: number, width: number): void => {
    const y = (tree.depth[node] ?? 0) * view.rowPx;
    if (y + view.rowPx < view.topPx || y > view.topPx + view.heightPx) return;
    rects.node.push(node);
    rects.x.push(x);
    rects.y.push(y);
    rects.width.push(width);
  };
  for (let up = view.focus < 0 ? -1 : (tree.parent[view.focus] ?? -1); up >= 0; up = tree.parent[up] ?? -1) add(up, 0, view.widthPx);
  for (let node = Math.max(0, view.focus); node <= until; node += 1) {
    const width = (tree.value[node] ?? 0) * scale;
    const below = (tree.depth[node] ?? 0) * view.rowPx > view.topPx + view.heightPx;
    if (width < kLeastPx || below) {
      node = tree.last[node] ?? node;
      continue;
    }
    add(node, ((tree.start[node] ?? 0) - from) * scale, width);
  }
  return rects;
}

// The node under a point; -1 for none.
export function nodeAt(rects: FlameRects, rowPx: number, x: number, y: number): number {
  for (let i = 0; i < rects.node.length; i += 1) {
    const [left, top, width] = [rects.x[i] ?? 0, rects.y[i] ?? 0, rects.width[i] ?? 0];
    if (x >= left && x < left + width && y >= top && y < top + rowPx) return rects.node[i] ?? -1;
  }
  return -1;
}

export type Direction = "up" | "down" | "left" | "right";

// Where an arrow key leads: to the parent, the widest child, or the neighbour among the same parent's children.
export function neighbour(tree: FlameTree, node: number, direction: Direction): number {
  const parent = tree.parent[node] ?? -1;
  if (direction === "up") return parent < 0 ? node : parent;
  if (direction === "down") return (tree.last[node] ?? node) > node ? node + 1 : node;
  if (direction === "right") {
    const next = (tree.last[node] ?? node) + 1;
    return next < tree.labels.length && tree.parent[next] === parent ? next : node;
  }
  let before = node;
  for (let at = parent + 1; at < node; at = (tree.last[at] ?? at) + 1) before = at;
  return before;
}
