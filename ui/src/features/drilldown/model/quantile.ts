// SPDX-License-Identifier: Apache-2.0
import type { Metrics } from "~/api/metrics";

// A quantile of all durations of a histogram, in nanoseconds; undefined without any. Within a bucket, which spans a power of
// two, it is interpolated on the logarithm.
export function quantileNs(histogram: Metrics | undefined, q: number): number | undefined {
  const buckets = (histogram?.series ?? [])
    .map((s) => ({
      seconds: Number(s.labels.find((l) => l.key === "__bucket")?.text),
      count: s.points.reduce((sum, p) => sum + p.value, 0),
    }))
    .filter((b) => b.count > 0 && b.seconds > 0)
    .sort((a, b) => a.seconds - b.seconds);
  const total = buckets.reduce((sum, b) => sum + b.count, 0);
  let before = 0;
  for (const { seconds, count } of buckets) {
    if (before + count >= q * total) return (seconds / 2) * 2 ** ((q * total - before) / count) * 1e9;
    before += count;
  }
  return undefined;
}
