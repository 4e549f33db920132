// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { Family, Telemetry } from "~/api/orrery";
import { nanos } from "~/base/time";
import { losses, rate, receivers, sum } from "./pipeline";

// "name{a=b,c=d} value" in lines.
function reading(seconds: number, text: string): Telemetry {
  const families = new Map<string, Family>();
  for (const line of text.split("\n").map((l) => l.trim()).filter((l) => l !== "")) {
    const [, name = "", labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const family = families.get(name) ?? { name, type: name.endsWith("_total") ? "counter" : "gauge", help: `Help of ${name}.`, series: [] };
    const series = { labels: Object.fromEntries(labels.split(",").filter(Boolean).map((l) => l.split("=") as [string, string])), value: Number(value) };
    families.set(name, { ...family, series: [...family.series, series] });
  }
  return { at: nanos(BigInt(seconds) * 1_000_000_000n), families };
}

const before = reading(10, `
  orrery_ingest_requests_total{transport=http} 10
  orrery_ingest_requests_total{transport=grpc} 0
  orrery_ingest_spans_total{transport=http} 100
  orrery_ingest_refused_spans_total{transport=http,reason=zero_start} 1
`);
const now = reading(12, `
  orrery_ingest_requests_total{transport=http} 14
  orrery_ingest_requests_total{transport=grpc} 0
  orrery_ingest_spans_total{transport=http} 300
  orrery_ingest_refused_spans_total{transport=http,reason=zero_start} 5
  orrery_ingest_refused_spans_total{transport=http,reason=trace_id} 2
  orrery_ingest_refused_requests_total{transport=http,reason=queue_full} 0
  orrery_http_timeouts_total{server=page} 3
  orrery_pipeline_waiting_bytes 77
`);

it("sums series by their labels", () => {
  expect(sum(now, "orrery_ingest_refused_spans_total")).toBe(7);
  expect(sum(now, "orrery_ingest_refused_spans_total", { reason: "trace_id" })).toBe(2);
  expect(sum(now, "nothing")).toBe(0);
});

it("makes rates of two readings, and none across a restart", () => {
  expect(rate(now, before, "orrery_ingest_spans_total")).toBe(100);
  expect(rate(now, undefined, "orrery_ingest_spans_total")).toBeUndefined();
  expect(rate(before, now, "orrery_ingest_spans_total")).toBeUndefined();
});

it("tells each receiver apart", () => {
  expect(receivers(now, before)).toMatchObject([
    { transport: "grpc", spans: 0, requestRate: 0 },
    { transport: "http", spans: 300, spanRate: 100, requestRate: 2, refusedSpans: 7, refusedRequests: 0 },
  ]);
});

it("lists what was lost by reason, most first", () => {
  expect(losses(now, before).map((l) => `${l.total} ${l.what} (${l.where}) ${l.rate}`)).toEqual([
    "5 ingest refused spans: zero start (http) 2",
    "3 http timeouts (page) 1.5",
    "2 ingest refused spans: trace id (http) 1",
    "0 ingest refused requests: queue full (http) 0",
  ]);
});
