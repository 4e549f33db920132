// SPDX-License-Identifier: Apache-2.0
// TraceQL metrics: series over time, or one value for a range. The server tells how far it is while it computes.
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import * as v from "valibot";
import { resolveRange, type TimeRange, type Window } from "~/base/range";
import { ApiError, getLines } from "./http";

const kRoot = "/api/orrery/v1/metrics";

const Label = v.object({ key: v.string(), value: v.optional(v.record(v.string(), v.unknown()), {}) });
const Series = v.object({
  labels: v.optional(v.array(Label), []),
  value: v.optional(v.number(), 0),
  samples: v.optional(v.array(v.object({ timestampMs: v.string(), value: v.optional(v.number(), 0) })), []),
});
const Line = v.object({
  series: v.optional(v.array(Series), []),
  metrics: v.optional(v.object({ completedJobs: v.optional(v.number(), 0), totalJobs: v.optional(v.number(), 0) })),
  message: v.optional(v.string(), ""),
  done: v.optional(v.boolean(), false),
  error: v.optional(v.string()),
  status: v.optional(v.union([v.string(), v.number()])),
});

export interface SeriesLabel {
  readonly key: string;
  // "string", "int", "double", "bool", as OTLP has them.
  readonly type: string;
  readonly text: string;
}

export interface MetricSeries {
  readonly labels: readonly SeriesLabel[];
  // Of a query for one value; 0 of a range.
  readonly value: number;
  // The right edge of each interval in which there is a value.
  readonly points: readonly { readonly ms: number; readonly value: number }[];
}

export interface Metrics {
  readonly window: Window;
  readonly stepMs: number;
  readonly series: readonly MetricSeries[];
  // What the answer leaves out, empty when nothing.
  readonly partial: string;
}

// Between 0 and 1.
export type OnProgress = (share: number) => void;

function labelOf(label: v.InferOutput<typeof Label>): SeriesLabel {
  const [kind, value] = Object.entries(label.value)[0] ?? ["stringValue", ""];
  return { key: label.key, type: kind.replace("Value", ""), text: String(value) };
}

const kSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

// A round step for at most `intervals` of them, in milliseconds.
export function stepFor(window: Window, intervals: number): number {
  const seconds = (window.toMs - window.fromMs) / 1000 / intervals;
  return 1000 * (kSteps.find((step) => step >= seconds) ?? Math.ceil(seconds / 86_400) * 86_400);
}

async function ask(path: string, params: URLSearchParams, onProgress: OnProgress, signal: AbortSignal): Promise<v.InferOutput<typeof Line>> {
  let last: v.InferOutput<typeof Line> | undefined;
  await getLines(`${kRoot}/${path}?${params}`, Line, (line) => {
    last = line;
    const { completedJobs = 0, totalJobs = 0 } = line.metrics ?? {};
    if (totalJobs > 0) onProgress(Math.min(1, completedJobs / totalJobs));
  }, signal);
  if (last?.done !== true) throw new ApiError("the answer broke off; ask again", undefined);
  if (last.error !== undefined) throw new ApiError(last.error, Number(last.status ?? 500));
  return last;
}

const nanosText = (ms: number): string => `${Math.round(ms)}000000`;

export async function queryRange(q: string, window: Window, stepMs: number, onProgress: OnProgress, signal: AbortSignal): Promise<Metrics> {
  const params = new URLSearchParams({ q, start: nanosText(window.fromMs), end: nanosText(window.toMs), step: `${stepMs}ms`, exemplars: "1" });
  const answer = await ask("query_range", params, onProgress, signal);
  return {
    window, stepMs, partial: answer.message,
    series: answer.series.map((s) => ({
      labels: s.labels.map(labelOf), value: 0,
      points: s.samples.map((p) => ({ ms: Number(p.timestampMs), value: p.value })),
    })),
  };
}

export async function queryInstant(q: string, window: Window, onProgress: OnProgress, signal: AbortSignal): Promise<Metrics> {
  const params = new URLSearchParams({ q, start: nanosText(window.fromMs), end: nanosText(window.toMs) });
  const answer = await ask("query", params, onProgress, signal);
  return {
    window, stepMs: window.toMs - window.fromMs, partial: answer.message,
    series: answer.series.map((s) => ({ labels: s.labels.map(labelOf), value: s.value, points: [] })),
  };
}

export interface MetricsRequest {
  readonly q: string;
  readonly range: TimeRange;
  // Of a range; none asks for one value.
  readonly intervals: number | undefined;
}

export type MetricsState = UseQueryResult<Metrics, Error> & { readonly progress: number | undefined };

export function useMetrics(request: MetricsRequest | undefined, refreshMs: number | false): MetricsState {
  const client = useQueryClient();
  const progressKey = ["metrics-progress", request];
  const progress = useQuery<number | null>({ queryKey: progressKey, queryFn: () => null, enabled: false });
  const query = useQuery({
    queryKey: ["metrics", request],
    queryFn: ({ signal }) => {
      const window = request === undefined ? undefined : resolveRange(request.range, Date.now());
      if (request === undefined || window === undefined) throw new ApiError("the time range can't be used; choose another one", undefined);
      const onProgress = (share: number): void => void client.setQueryData(progressKey, share);
      client.setQueryData(progressKey, null);
      if (request.intervals === undefined) return queryInstant(request.q, window, onProgress, signal);
      return queryRange(request.q, window, stepFor(window, request.intervals), onProgress, signal);
    },
    enabled: request !== undefined,
    refetchInterval: refreshMs,
    // What was shown stays until the new answer is whole.
    placeholderData: keepPreviousData,
  });
  return { ...query, progress: query.isFetching ? (progress.data ?? undefined) : undefined };
}
