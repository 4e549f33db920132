// SPDX-License-Identifier: Apache-2.0
// The values of one attribute, each with its spans and its errors over time, in an order that says something.
import type { Metrics, MetricSeries, SeriesLabel } from "~/api/metrics";
import { isBareType, makeFilter, type Filter, type Operator } from "~/base/filters";
import type { Bar } from "~/charts/timeBars";
import type { Metric, Order } from "./state";

export interface Group {
  readonly label: SeriesLabel;
  readonly bars: readonly Bar[];
  readonly errors: readonly Bar[];
  // Spans and failed spans a second; of durations the mean of the p90.
  readonly value: number;
  readonly errorRate: number;
  // How far this value is from the whole: share of errors, or how many times its p90 the usual one is.
  readonly difference: number;
}

const mean = (series: MetricSeries | undefined, intervals: number): number =>
  series === undefined || intervals === 0 ? 0 : series.points.reduce((sum, p) => sum + p.value, 0) / intervals;

const own = (series: MetricSeries, by: string): SeriesLabel | undefined => series.labels.find((l) => l.key === by);

export function groupsOf(by: string, metric: Metric, main: Metrics, errors: Metrics | undefined): readonly Group[] {
  const intervals = Math.max(1, Math.round((main.window.toMs - main.window.fromMs) / main.stepMs));
  const failed = new Map(errors?.series.map((s) => [own(s, by)?.text, s]));
  const found = main.series.flatMap((series) => {
    const label = own(series, by);
    if (label === undefined || label.text === "nil") return [];
    const wrong = metric === "rate" ? failed.get(label.text) : undefined;
    // A quantile is there only where spans are; a rate is 0 elsewhere.
    const value = mean(series, metric === "duration" ? series.points.filter((p) => p.value > 0).length : intervals);
    return [{ label, bars: series.points, errors: wrong?.points ?? [], value, errorRate: metric === "errors" ? value : mean(wrong, intervals) }];
  });
  const total = found.reduce((sum, g) => sum + g.value, 0);
  const share = total === 0 ? 0 : found.reduce((sum, g) => sum + g.errorRate, 0) / total;
  const usual = found.length === 0 ? 0 : total / found.length;
  return found.map((g) => ({
    ...g,
    difference: metric === "duration"
      ? (usual === 0 ? 0 : g.value / usual - 1)
      : metric === "rate" && g.value > 0 ? g.errorRate / g.value - share : g.value / Math.max(total, 1e-12),
  }));
}

export function ordered(groups: readonly Group[], order: Order): readonly Group[] {
  const weight = (g: Group): number => (order === "rate" ? g.value : order === "errors" ? g.errorRate : Math.abs(g.difference));
  return [...groups].sort((a, b) => weight(b) - weight(a) || a.label.text.localeCompare(b.label.text));
}

// The filter that a group stands for, or its contrary.
export const filterOf = (by: string, label: SeriesLabel, op: Operator = "="): Filter =>
  makeFilter(by, op, [label.text], isBareType(label.type === "double" ? "float" : label.type));

// Takes a filter in; one that says the same or the contrary goes.
export function withFilter(filters: readonly Filter[], added: Filter): readonly Filter[] {
  const value = added.values[0] ?? "";
  return [...filters.filter((f) => !(f.key === added.key && f.values.length === 1 && f.values[0] === value)), added];
}
