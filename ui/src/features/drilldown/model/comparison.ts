// SPDX-License-Identifier: Apache-2.0
// The answer of compare(): for each attribute the shares of its values among the selected spans and among the others.
import type { MetricSeries, SeriesLabel } from "~/api/metrics";

export interface ComparedValue {
  readonly label: SeriesLabel;
  // Of all selected spans, and of all others; between 0 and 1.
  readonly selection: number;
  readonly baseline: number;
  readonly selected: number;
}

export interface ComparedAttribute {
  readonly key: string;
  readonly values: readonly ComparedValue[];
  // The largest difference of a value's shares.
  readonly difference: number;
}

interface Counts {
  readonly label: SeriesLabel;
  selection: number;
  baseline: number;
}

export function comparedAttributes(series: readonly MetricSeries[]): {
  readonly attributes: readonly ComparedAttribute[];
  readonly selected: number;
  readonly others: number;
} {
  const byKey = new Map<string, Map<string, Counts>>();
  const totals = { selection: 0, baseline: 0 };
  for (const one of series) {
    const type = one.labels.find((l) => l.key === "__meta_type")?.text;
    const label = one.labels.find((l) => !l.key.startsWith("__meta"));
    if (label === undefined || type === undefined) continue;
    if (type === "selection_total") totals.selection = Math.max(totals.selection, one.value);
    else if (type === "baseline_total") totals.baseline = Math.max(totals.baseline, one.value);
    else if (type === "selection" || type === "baseline") {
      const values = byKey.get(label.key) ?? new Map<string, Counts>();
      byKey.set(label.key, values);
      const counts = values.get(`${label.type}\n${label.text}`) ?? { label, selection: 0, baseline: 0 };
      values.set(`${label.type}\n${label.text}`, counts);
      counts[type] += one.value;
    }
  }
  const share = (n: number, of: number): number => (of === 0 ? 0 : n / of);
  const attributes = [...byKey].map(([key, values]): ComparedAttribute => {
    const compared = [...values.values()]
      .map(({ label, selection, baseline }) => ({
        label, selected: selection, selection: share(selection, totals.selection), baseline: share(baseline, totals.baseline),
      }))
      .sort((a, b) => Math.abs(b.selection - b.baseline) - Math.abs(a.selection - a.baseline) || b.selection - a.selection);
    const first = compared[0];
    return { key, values: compared, difference: first === undefined ? 0 : Math.abs(first.selection - first.baseline) };
  });
  attributes.sort((a, b) => b.difference - a.difference || a.key.localeCompare(b.key));
  return { attributes, selected: totals.selection, others: totals.baseline };
}
