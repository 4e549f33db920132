// SPDX-License-Identifier: Apache-2.0
// Places for the nodes of a graph: a grid, and a simulation of springs that always ends in the same picture. The layered layout
// needs a library and stands in its own file, so that it can be loaded when it is asked for.

export interface GraphShape {
  readonly nodes: number;
  readonly edges: readonly (readonly [from: number, to: number])[];
}

// Room that one node takes, its label included.
export interface Cell {
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface Places {
  readonly x: Float64Array;
  readonly y: Float64Array;
  // Of the whole picture; every node with its cell lies inside.
  readonly widthPx: number;
  readonly heightPx: number;
}

// Moves everything so that the picture begins at 0, 0.
export function framed(x: Float64Array, y: Float64Array, cell: Cell): Places {
  const bound = (values: Float64Array): { least: number; most: number } =>
    values.reduce(({ least, most }, v) => ({ least: Math.min(least, v), most: Math.max(most, v) }), { least: Infinity, most: -Infinity });
  if (x.length === 0) return { x, y, widthPx: 0, heightPx: 0 };
  const [bx, by] = [bound(x), bound(y)];
  return {
    x: x.map((v) => v - bx.least + cell.widthPx / 2),
    y: y.map((v) => v - by.least + cell.heightPx / 2),
    widthPx: bx.most - bx.least + cell.widthPx,
    heightPx: by.most - by.least + cell.heightPx,
  };
}

// In reading order, about as wide as the given aspect.
export function gridPlaces(shape: GraphShape, cell: Cell, aspect: number): Places {
  const columns = Math.max(1, Math.round(Math.sqrt(shape.nodes * aspect * (cell.heightPx / cell.widthPx))));
  const x = Float64Array.from({ length: shape.nodes }, (_, i) => (i % columns) * cell.widthPx);
  const y = Float64Array.from({ length: shape.nodes }, (_, i) => Math.floor(i / columns) * cell.heightPx);
  return framed(x, y, cell);
}

const kSteps = 240;

// Nodes push each other away, edges pull together, and the heat that limits each step goes down. Everything starts on a
// spiral, so there is no chance in it. Quadratic: 400 nodes take about 100 ms.
export function forcePlaces(shape: GraphShape, cell: Cell): Places {
  const n = shape.nodes;
  const ideal = Math.max(cell.widthPx, cell.heightPx) * 0.95;
  const x = Float64Array.from({ length: n }, (_, i) => Math.cos(i * 2.4) * ideal * 0.6 * Math.sqrt(i));
  const y = Float64Array.from({ length: n }, (_, i) => Math.sin(i * 2.4) * ideal * 0.6 * Math.sqrt(i));
  const dx = new Float64Array(n);
  const dy = new Float64Array(n);
  const pull = (a: number, b: number, force: (distance: number) => number): void => {
    const [ux, uy] = [(x[b] ?? 0) - (x[a] ?? 0), (y[b] ?? 0) - (y[a] ?? 0)];
    const distance = Math.max(1, Math.hypot(ux, uy));
    const f = force(distance) / distance;
    dx[a] = (dx[a] ?? 0) + ux * f;
    dy[a] = (dy[a] ?? 0) + uy * f;
    dx[b] = (dx[b] ?? 0) - ux * f;
    dy[b] = (dy[b] ?? 0) - uy * f;
  };
  for (let step = 0; step < kSteps; step += 1) {
    dx.fill(0);
    dy.fill(0);
    for (let a = 0; a < n; a += 1) {
      for (let b = a + 1; b < n; b += 1) pull(a, b, (d) => (-ideal * ideal) / d);
    }
    for (const [from, to] of shape.edges) pull(from, to, (d) => (d * d) / ideal);
    const heat = ideal * (1 - step / kSteps);
    for (let i = 0; i < n; i += 1) {
      // A little weight towards the middle keeps parts together that no edge joins.
      const [mx, my] = [(dx[i] ?? 0) - (x[i] ?? 0) * 0.4, (dy[i] ?? 0) - (y[i] ?? 0) * 0.4];
      const length = Math.max(1, Math.hypot(mx, my));
      x[i] = (x[i] ?? 0) + (mx / length) * Math.min(length, heat);
      y[i] = (y[i] ?? 0) + (my / length) * Math.min(length, heat);
    }
  }
  return framed(x, y, cell);
}
