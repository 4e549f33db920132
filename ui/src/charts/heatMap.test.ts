// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { boxOf, cellAt, heatCells, placeBox, rowBounds } from "./heatMap";

describe("heat map", () => {
  const points = (...values: readonly number[]): { ms: number; value: number }[] => values.map((value, i) => ({ ms: (i + 1) * 100, value }));
  const cells = heatCells([{ seconds: 0.25, points: points(1, 0, 2) }, { seconds: 2, points: points(0, 5, 0) }], { fromMs: 0, toMs: 300 }, 100);
  const area = { widthPx: 300, heightPx: 80 };

  it("has a row for each power of two between the least and the most", () => {
    expect([cells.least, cells.rows, cells.most]).toEqual([-2, 4, 5]);
    expect(cells.counts.map((row) => row.slice(1, 4))).toEqual([[1, 0, 2], [0, 0, 0], [0, 0, 0], [0, 5, 0]]);
    expect(rowBounds(cells, 3)).toEqual({ leastNs: 1e9, mostNs: 2e9 });
  });

  it("selects whole rows, and draws what it selects", () => {
    const box = boxOf(cells, area, { x: 250, y: 5 }, { x: 100, y: 30 });
    expect(box).toEqual({ fromMs: 100, toMs: 250, leastNs: 0.5e9, mostNs: 2e9 });
    expect(placeBox(cells, area, box)).toEqual({ x: 100, y: 0, width: 150, height: 40 });
  });

  it("finds the cell under the pointer", () => {
    expect(cellAt(cells, area, 150, 10)).toEqual({ row: 3, column: 2 });
    expect(cellAt(cells, area, 150, 90)).toBeUndefined();
  });
});
