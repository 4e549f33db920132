// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { durationBounds, nearestPoint, placePoint, type ScatterArea } from "./scatter";

const point = (atMs: number, durationMs: number): { atMs: number; durationMs: number; failed: boolean } =>
  ({ atMs, durationMs, failed: false });

it("bounds durations by powers of ten, with room for one decade at least", () => {
  expect(durationBounds([point(0, 12), point(0, 3400)])).toEqual({ leastMs: 10, mostMs: 10_000 });
  expect(durationBounds([point(0, 10)])).toEqual({ leastMs: 10, mostMs: 100 });
  expect(durationBounds([point(0, 0), point(0, 3)])).toEqual({ leastMs: 1, mostMs: 10 });
  expect(durationBounds([])).toEqual({ leastMs: 1, mostMs: 1000 });
});

const area: ScatterArea = { fromMs: 0, toMs: 100, leastMs: 1, mostMs: 100, widthPx: 200, heightPx: 112 };

it("places points linearly in time and by logarithm in duration", () => {
  expect(placePoint(area, 50, 10)).toEqual({ x: 100, y: 56 });
  expect(placePoint(area, 100, 100)).toEqual({ x: 200, y: 6 });
});

it("finds the nearest point in reach", () => {
  const points = [point(50, 10), point(52, 10)];
  expect(nearestPoint(area, points, 103, 56, 8)).toBe(1);
  expect(nearestPoint(area, points, 99, 58, 8)).toBe(0);
  expect(nearestPoint(area, points, 150, 56, 8)).toBeUndefined();
});
