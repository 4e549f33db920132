// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { layeredPlaces } from "./layered";
import { forcePlaces, gridPlaces, type Cell, type GraphShape, type Places } from "./layout";

const cell: Cell = { widthPx: 100, heightPx: 80 };
// A root, its two children, and a chain below the second.
const shape: GraphShape = { nodes: 6, edges: [[0, 1], [0, 2], [2, 3], [3, 4], [3, 5]] };

const layouts: readonly (readonly [string, () => Places])[] = [
  ["layered", () => layeredPlaces(shape, cell)],
  ["force", () => forcePlaces(shape, cell)],
  ["grid", () => gridPlaces(shape, cell, 1.5)],
];

describe.each(layouts)("%s", (_, place) => {
  const places = place();

  it("keeps every node inside the picture, with its cell", () => {
    for (let i = 0; i < shape.nodes; i += 1) {
      expect(places.x[i]).toBeGreaterThanOrEqual(cell.widthPx / 2);
      expect(places.x[i]).toBeLessThanOrEqual(places.widthPx - cell.widthPx / 2 + 1e-6);
      expect(places.y[i]).toBeGreaterThanOrEqual(cell.heightPx / 2);
      expect(places.y[i]).toBeLessThanOrEqual(places.heightPx - cell.heightPx / 2 + 1e-6);
    }
  });

  it("lets no two nodes overlap much, and is always the same", () => {
    for (let a = 0; a < shape.nodes; a += 1) {
      for (let b = a + 1; b < shape.nodes; b += 1) {
        const [dx, dy] = [Math.abs((places.x[a] ?? 0) - (places.x[b] ?? 0)), Math.abs((places.y[a] ?? 0) - (places.y[b] ?? 0))];
        expect(dx >= cell.widthPx * 0.6 || dy >= cell.heightPx * 0.6, `${a} and ${b}: ${dx}, ${dy}`).toBe(true);
      }
    }
    expect(place()).toEqual(places);
  });
});

it("puts a child to the right of its parent", () => {
  const places = layeredPlaces(shape, cell);
  for (const [from, to] of shape.edges) expect((places.x[to] ?? 0) - (places.x[from] ?? 0)).toBeGreaterThanOrEqual(cell.widthPx);
});

it("takes no nodes, and one", () => {
  expect(gridPlaces({ nodes: 0, edges: [] }, cell, 1).widthPx).toBe(0);
  expect(forcePlaces({ nodes: 1, edges: [] }, cell)).toMatchObject({ widthPx: 100, heightPx: 80 });
  expect(layeredPlaces({ nodes: 1, edges: [] }, cell)).toMatchObject({ widthPx: 100, heightPx: 80 });
});
