// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { nearestLine, placeLine, runsOf } from "./lines";

const area = { fromMs: 0, toMs: 100, most: 10, widthPx: 100, heightPx: 50 };
const at = (ms: number, value: number): { ms: number; value: number } => ({ ms, value });

it("places the largest value at the upper edge", () => {
  expect([placeLine(area, at(0, 0)), placeLine(area, at(50, 10))]).toEqual([{ x: 0, y: 50 }, { x: 50, y: 0 }]);
});

it("breaks where a step is missing", () => {
  expect(runsOf([at(10, 1), at(20, 1), at(40, 1), at(50, 1)], 10).map((run) => run.map((p) => p.ms))).toEqual([[10, 20], [40, 50]]);
});

it("finds the nearest point of all series", () => {
  const lines = [{ points: [at(10, 1), at(50, 9)] }, { points: [at(50, 2)] }];
  expect(nearestLine(area, lines, 52, 38)).toMatchObject({ line: 1, point: { ms: 50 } });
  expect(nearestLine(area, [], 0, 0)).toBeUndefined();
});
