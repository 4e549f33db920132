// SPDX-License-Identifier: Apache-2.0
// What the status page shows of the pipeline, from two readings of the process's counters.
import type { Family, Series, Telemetry } from "~/api/orrery";

const kNone: readonly Series[] = [];

type Labels = Readonly<Record<string, string>>;

const fits = (series: Series, wanted: Labels): boolean => Object.entries(wanted).every(([k, v]) => series.labels[k] === v);

// Sum of all series of a family that carry the labels; 0 when there is none.
export function sum(telemetry: Telemetry, name: string, labels: Labels = {}): number {
  return (telemetry.families.get(name)?.series ?? kNone).filter((s) => fits(s, labels)).reduce((total, s) => total + s.value, 0);
}

// Per second between two readings. Undefined without an earlier one, and when the process began anew in between.
export function rate(now: Telemetry, before: Telemetry | undefined, name: string, labels: Labels = {}): number | undefined {
  if (before === undefined) return undefined;
  const seconds = Number(now.at - before.at) / 1e9;
  const grown = sum(now, name, labels) - sum(before, name, labels);
  return seconds <= 0 || grown < 0 ? undefined : grown / seconds;
}

export interface Receiver {
  // http, grpc
  readonly transport: string;
  readonly spans: number;
  readonly spanRate: number | undefined;
  readonly byteRate: number | undefined;
  readonly requestRate: number | undefined;
  readonly refusedSpans: number;
  readonly refusedRequests: number;
}

export function receivers(now: Telemetry, before: Telemetry | undefined): readonly Receiver[] {
  const transports = new Set((now.families.get("orrery_ingest_requests_total")?.series ?? kNone).map((s) => s.labels["transport"] ?? ""));
  return [...transports].filter((t) => t !== "").sort().map((transport) => ({
    transport,
    spans: sum(now, "orrery_ingest_spans_total", { transport }),
    spanRate: rate(now, before, "orrery_ingest_spans_total", { transport }),
    byteRate: rate(now, before, "orrery_ingest_bytes_total", { transport }),
    requestRate: rate(now, before, "orrery_ingest_requests_total", { transport }),
    refusedSpans: sum(now, "orrery_ingest_refused_spans_total", { transport }),
    refusedRequests: sum(now, "orrery_ingest_refused_requests_total", { transport }),
  }));
}

export interface Loss {
  readonly family: string;
  // What happened: the counter's name without its frame, and its reason if it has one.
  readonly what: string;
  readonly where: string;
  readonly help: string;
  readonly total: number;
  readonly rate: number | undefined;
}

// Counters of what was refused, dropped, cut or damaged, by their names: whoever adds one appears here without doing anything.
const kLosses = /refused|dropped|truncated|torn|damaged|failed|timeouts|exceptions|undecodable|busy|unknown_methods|end_before_start|limited|expired_early/;

const words = (name: string): string => name.replace(/^orrery_/, "").replace(/_total$/, "").replaceAll("_", " ");

const without = (family: Family): readonly string[] => (family.name.startsWith("orrery_ingest_") ? ["transport", "reason"] : ["reason"]);

export function losses(now: Telemetry, before: Telemetry | undefined): readonly Loss[] {
  return [...now.families.values()].filter((family) => family.type === "counter" && kLosses.test(family.name)).flatMap((family) =>
    family.series.map((series) => {
      const reason = series.labels["reason"];
      const others = Object.entries(series.labels).filter(([key]) => !without(family).includes(key)).map(([, value]) => value);
      return {
        family: family.name,
        what: words(family.name) + (reason === undefined ? "" : `: ${reason.replaceAll("_", " ")}`),
        where: [series.labels["transport"] ?? "", ...others].filter((text) => text !== "").join(", "),
        help: family.help,
        total: series.value,
        rate: rate(now, before, family.name, series.labels),
      };
    })).sort((a, b) => b.total - a.total || (a.what < b.what ? -1 : 1));
}
