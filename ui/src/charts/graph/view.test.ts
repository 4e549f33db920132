// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { fit, reveal, towards, zoomAt } from "./view";

const window = { widthPx: 800, heightPx: 400 };

it("fits a small picture into the middle and keeps a large one readable", () => {
  const small = fit({ widthPx: 300, heightPx: 100 }, window);
  expect(small.x + (300 * small.scale) / 2).toBeCloseTo(400);
  expect(small.y + (100 * small.scale) / 2).toBeCloseTo(200);
  const wide = fit({ widthPx: 9000, heightPx: 300 }, window);
  expect(wide.scale).toBe(0.5);
  expect(wide.x).toBeGreaterThan(0);
  expect(fit({ widthPx: 9000, heightPx: 300 }, window, 0.01).scale * 9000).toBeLessThanOrEqual(800);
});

it("zooms around a point and stops at its limits", () => {
  const view = { scale: 1, x: 10, y: 20 };
  const zoomed = zoomAt(view, 2, 110, 70);
  expect([(110 - zoomed.x) / zoomed.scale, (70 - zoomed.y) / zoomed.scale]).toEqual([100, 50]);
  expect(zoomAt(view, 1000, 0, 0).scale).toBe(3);
});

it("moves no further than needed", () => {
  const view = { scale: 1, x: 0, y: 0 };
  expect(reveal(view, window, 400, 200, 50)).toEqual(view);
  expect(reveal(view, window, 900, -10, 50)).toEqual({ scale: 1, x: -150, y: 60 });
});

it("finds the neighbour in a direction", () => {
  const x = Float64Array.from([0, 100, 100, 200]);
  const y = Float64Array.from([0, -20, 60, 0]);
  expect([towards(x, y, 0, 1, 0), towards(x, y, 1, 0, 1), towards(x, y, 3, 1, 0), towards(x, y, 3, -1, 0)]).toEqual([1, 2, 3, 1]);
});
