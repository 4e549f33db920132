// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { formatAgo, formatDuration, msToNanos, nanosToMs } from "./time";

describe("formatDuration", () => {
  it.each([
    [0, "0 s"],
    [940, "940 ns"],
    [26_880, "26.88 µs"],
    [785_090_000, "785.09 ms"],
    [1_510_000_000, "1.51 s"],
    [44_000_000, "44 ms"],
    [125e9, "2 min 5 s"],
    [3 * 3600e9 + 12 * 60e9, "3 h 12 min"],
    [2 * 86400e9 + 3600e9, "2 d 1 h"],
    [-1_500_000, "−1.5 ms"],
  ])("prints %d ns as %s", (ns, text) => expect(formatDuration(ns)).toBe(text));

  it.each([
    [999_999, "1 ms"],
    [999_999_999, "1 s"],
    [59_999_000_000, "1 min"],
    [3_599_900_000_000, "1 h"],
    [86_399_900_000_000, "1 d"],
  ])("moves %d ns up to the next unit when rounding reaches it", (ns, text) => expect(formatDuration(ns)).toBe(text));
});

it("keeps microseconds between nanoseconds and milliseconds", () => {
  expect(nanosToMs(msToNanos(1_700_000_000_123))).toBe(1_700_000_000_123);
});

it("tells how long ago in one unit", () => {
  expect(formatAgo(0, 42_000)).toBe("42 s ago");
  expect(formatAgo(0, 7_200_000)).toBe("2 h ago");
});
