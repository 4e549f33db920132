// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { barAt, niceMost, placeBar } from "./timeBars";

describe("bars", () => {
  const area = { fromMs: 0, toMs: 1000, most: 10, widthPx: 100, heightPx: 50 };

  it("stand for the interval that ends at their time", () => {
    expect(placeBar(area, 100, { ms: 200, value: 5 })).toEqual({ x: 11, width: 8, y: 25, height: 25 });
    expect(placeBar(area, 100, { ms: 200, value: 0.001 }).height).toBe(1.5);
    // One that begins before the window is cut.
    expect(placeBar(area, 100, { ms: 50, value: 1 })).toMatchObject({ x: 1, width: 3 });
  });

  it("are found under the pointer", () => {
    const bars = [{ ms: 100, value: 1 }, { ms: 200, value: 1 }];
    expect([barAt(area, 100, bars, 1), barAt(area, 100, bars, 15), barAt(area, 100, bars, 90)]).toEqual([0, 1, undefined]);
  });

  it("have a round upper edge", () => {
    expect([0, 0.07, 1, 1.3, 2.2, 4, 6, 99].map(niceMost)).toEqual([1, 0.1, 1, 2, 2.5, 5, 10, 100]);
  });
});
