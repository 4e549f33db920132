// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { clockTicks } from "./clockTicks";

const at = (h: number, m = 0, s = 0): number => new Date(2026, 10, 23, h, m, s).getTime();
const offset = new Date(2026, 10, 23).getTimezoneOffset();
const texts = (from: number, to: number, wanted: number): string[] => clockTicks(from, to, wanted, offset).map((t) => t.text);

it("puts marks at round local times", () => {
  expect(texts(at(13, 7), at(14, 7), 6)).toEqual(["13:10", "13:20", "13:30", "13:40", "13:50", "14:00"]);
  expect(texts(at(14, 0, 2), at(14, 0, 17), 3)).toEqual(["14:00:05", "14:00:10", "14:00:15"]);
  expect(texts(at(0), at(24), 4)).toEqual(["11-23 00:00", "11-23 06:00", "11-23 12:00", "11-23 18:00", "11-24 00:00"]);
});

it("has none for an empty range", () => expect(clockTicks(5, 5, 4, 0)).toEqual([]));
