// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { formatBytes, formatCost, formatCount, formatPercent, plural } from "./units";

it.each([
  [0, "0"], [940, "940"], [3400, "3.4 k"], [12_000_000, "12 M"], [999_960, "1 M"], [-1500, "−1.5 k"],
])("counts %d as %s", (n, text) => expect(formatCount(n)).toBe(text));

it.each([[812, "812 B"], [1234, "1.2 kB"], [3_400_000, "3.4 MB"]])("sizes %d as %s", (n, text) =>
  expect(formatBytes(n)).toBe(text));

it("gives small shares more digits", () => {
  expect(formatPercent(0.0321)).toBe("3.21 %");
  expect(formatPercent(0.98765)).toBe("98.8 %");
});

it.each([[0, "$0.00"], [0.00214, "$0.0021"], [0.25, "$0.25"], [12.345, "$12.35"]])("prices %d as %s", (usd, text) => expect(formatCost(usd)).toBe(text));

it("separates thousands and picks the plural", () => {
  expect(plural(1, "match", "matches")).toBe("1 match");
  expect(plural(50008, "span")).toBe("50 008 spans");
});
