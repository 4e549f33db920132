// SPDX-License-Identifier: Apache-2.0
// What is shown of a query's series: their names, and their last, largest and mean values.
import type { Metrics, MetricSeries } from "~/api/metrics";

export interface SeriesRow {
  readonly name: string;
  readonly last: number;
  readonly most: number;
  readonly mean: number;
  readonly points: MetricSeries["points"];
}

export type Unit = "seconds" | "rate" | "number";

export function seriesName(series: MetricSeries): string {
  const [first] = series.labels;
  if (series.labels.length === 1 && first?.key === "__name__") return first.text;
  return series.labels.map((l) => `${l.key} = ${l.type === "string" ? `"${l.text}"` : l.text}`).join(", ");
}

// Where no span was, a duration is told as 0; it is none.
export function seriesRows(metrics: Metrics, unit: Unit): readonly SeriesRow[] {
  return metrics.series
    .map((s) => ({ name: seriesName(s), points: unit === "seconds" ? s.points.filter((p) => p.value > 0) : s.points }))
    .filter(({ points }) => points.length > 0)
    .map(({ name, points }) => ({
      name, points,
      last: points.at(-1)?.value ?? 0,
      most: points.reduce((most, p) => Math.max(most, p.value), -Infinity),
      mean: points.reduce((sum, p) => sum + p.value, 0) / points.length,
    }))
    .sort((a, b) => b.mean - a.mean || a.name.localeCompare(b.name));
}

// Seconds when the function looks at durations, a rate, or a plain number.
export function unitOf(q: string): Unit {
  if (/(quantile|min|max|avg|sum)_over_time\s*\(\s*(span:)?(duration|traceDuration|trace:duration)/.test(q)) return "seconds";
  return /\|\s*rate\s*\(/.test(q) ? "rate" : "number";
}
