// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { apart, barPlace, placeLabel, ticks } from "./timeScale";

it("puts marks at round times inside the extent", () => {
  expect(ticks({ fromNs: 0, toNs: 1000 }, 5)).toEqual([0, 200, 400, 600, 800, 1000]);
  expect(ticks({ fromNs: 130, toNs: 470 }, 4)).toEqual([200, 300, 400]);
  expect(ticks({ fromNs: 5, toNs: 5 }, 4)).toEqual([]);
});

it("cuts bars at the edges and drops those outside", () => {
  const extent = { fromNs: 100, toNs: 200 };
  expect(barPlace(extent, 50, 100)).toEqual({ left: 0, width: 50 });
  expect(barPlace(extent, 150, 500)).toEqual({ left: 50, width: 50 });
  expect(barPlace(extent, 0, 50)).toBeUndefined();
  expect(barPlace(extent, 300, 50)).toBeUndefined();
});

it.each([
  ["beside a short bar", { left: 0, width: 50 }, 400, [], "right"],
  ["before a bar that ends late", { left: 50, width: 50 }, 400, [], "left"],
  ["inside a bar without room around it", { left: 0, width: 100 }, 400, [], "end"],
  ["away from a mark at the end", { left: 0, width: 100 }, 400, [99], "start"],
  ["away from marks at both ends", { left: 0, width: 100 }, 400, [1, 99], "middle"],
  ["away from a mark just behind the bar", { left: 50, width: 25 }, 400, [77], "left"],
  ["nowhere when marks are everywhere", { left: 0, width: 100 }, 400, [1, 50, 99], undefined],
  ["nowhere when the bar is too short", { left: 10, width: 85 }, 60, [], undefined],
])("puts a label %s", (_, place, width, marks, side) => expect(placeLabel(place, width, 60, marks)?.side).toBe(side));

it("thins marks out by the last one that was kept", () => {
  const marks = [0, 0.4, 0.8, 1.2, 5, 5.1].map((at) => ({ at }));
  expect(apart(marks, 1).map((m) => m.at)).toEqual([0, 1.2, 5]);
});
