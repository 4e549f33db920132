// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import {
  absoluteRange, isRelative, parseMoment, rangeLabel, rangeProblem, resolveRange, shiftRange, toSeconds, zoomOutRange,
} from "./range";

const now = new Date(2026, 10, 23, 14, 0, 0).getTime();

describe("parseMoment", () => {
  it("reads moments relative to now", () => {
    expect(parseMoment("now", now)).toBe(now);
    expect(parseMoment("now-15m", now)).toBe(now - 900_000);
    expect(parseMoment(" now + 1h ", now)).toBe(now + 3_600_000);
  });

  it("reads unix milliseconds and local dates", () => {
    expect(parseMoment(String(now), 0)).toBe(now);
    expect(parseMoment("2026-11-23 14:00", 0)).toBe(now);
    expect(parseMoment("2026-11-23T14:00:05", 0)).toBe(now + 5000);
  });

  it.each(["", "yesterday", "now-", "now-5y", "2026-02-31", "2026-11-23 25:00"])("refuses %j", (text) =>
    expect(parseMoment(text, now)).toBeUndefined());
});

it("resolves only ranges that run forwards", () => {
  expect(resolveRange({ from: "now-1h", to: "now" }, now)).toEqual({ fromMs: now - 3_600_000, toMs: now });
  expect(resolveRange({ from: "now", to: "now-1h" }, now)).toBeUndefined();
  expect(rangeProblem({ from: "now", to: "now-1h" }, now)).toContain("swap");
  expect(rangeProblem({ from: "soon", to: "now" }, now)).toContain('"soon"');
  expect(rangeProblem({ from: "now-1h", to: "now" }, now)).toBeUndefined();
});

it("widens to whole seconds and never to none", () => {
  expect(toSeconds({ fromMs: 1500, toMs: 2500 })).toEqual({ start: 1, end: 3 });
  expect(toSeconds({ fromMs: 2000, toMs: 2000.5 })).toEqual({ start: 2, end: 3 });
});

it("shifts by half and zooms out to twice the length, not past now", () => {
  const hour = absoluteRange({ fromMs: now - 7_200_000, toMs: now - 3_600_000 });
  expect(shiftRange(hour, 1, now)).toEqual({ from: String(now - 5_400_000), to: String(now - 1_800_000) });
  expect(zoomOutRange(hour, now)).toEqual({ from: String(now - 9_000_000), to: String(now - 1_800_000) });
  expect(zoomOutRange({ from: "now-1h", to: "now" }, now)).toEqual({ from: String(now - 7_200_000), to: String(now) });
});

it("names ranges for people", () => {
  expect(rangeLabel({ from: "now-1h", to: "now" }, now)).toBe("Last 1 hour");
  expect(rangeLabel({ from: "now-15m", to: "now" }, now)).toBe("Last 15 minutes");
  expect(rangeLabel({ from: String(now - 60_000), to: String(now) }, now)).toBe("2026-11-23 13:59:00 – 14:00:00");
  expect(isRelative({ from: "now-1h", to: "now" })).toBe(true);
  expect(isRelative({ from: "now-2h", to: "now-1h" })).toBe(false);
});
