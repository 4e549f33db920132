// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { MetricSeries } from "~/api/metrics";
import { seriesName, seriesRows, unitOf } from "./series";

const series = (labels: MetricSeries["labels"], ...values: readonly number[]): MetricSeries =>
  ({ labels, value: 0, points: values.map((value, i) => ({ ms: i, value })) });
const named = { key: "__name__", type: "string", text: "rate" };

it("names a series by its labels", () => {
  expect(seriesName(series([named]))).toBe("rate");
  expect(seriesName(series([{ key: "name", type: "string", text: "GET" }, { key: "p", type: "double", text: "0.9" }]))).toBe('name = "GET", p = 0.9');
});

it("sums a series up, the largest first", () => {
  const metrics = { window: { fromMs: 0, toMs: 1 }, stepMs: 1, partial: "", series: [series([named], 1, 0, 2), series([], 5), series([])] };
  expect(seriesRows(metrics, "rate").map((r) => [r.last, r.most, r.mean])).toEqual([[5, 5, 5], [2, 2, 1]]);
  expect(seriesRows(metrics, "seconds").map((r) => r.mean)).toEqual([5, 1.5]);
});

it("knows the unit of what a query computes", () => {
  expect(["{ } | rate() by (name)", "{ } | quantile_over_time(duration, .9)", "{ } | max_over_time(span.x)", "{ } | count_over_time()"].map(unitOf))
    .toEqual(["rate", "seconds", "number", "number"]);
});
