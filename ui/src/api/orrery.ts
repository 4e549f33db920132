// SPDX-License-Identifier: Apache-2.0
// Orrery's own API: what the page needs beyond Tempo's.
import * as v from "valibot";
import { nanos, type Nanos } from "~/base/time";
import { change, getJson } from "./http";

const kRoot = "/api/orrery/v1";

const Big = v.pipe(
  v.optional(v.union([v.string(), v.number()]), "0"),
  v.transform((x) => BigInt(x)),
);

const StatusAnswer = v.object({
  version: v.optional(v.string(), ""),
  startTimeUnixNano: Big,
  traces: v.optional(v.object({
    spans: Big, traces: Big, blocks: Big, headSpans: Big, bytes: Big, logBytes: Big, oldestUnixNano: Big, pinnedTraces: Big,
  })),
  addresses: v.optional(v.record(v.string(), v.string()), {}),
});

export interface StoredSignal {
  readonly rows: number;
  // Whole traces; one that lies in two blocks counts twice.
  readonly groups: number;
  readonly blocks: number;
  readonly blockBytes: number;
  // Not yet in a block: in the log, and in memory.
  readonly headRows: number;
  readonly logBytes: number;
  // Kept by retention whatever their age.
  readonly pinned: number;
  // Undefined in an empty store.
  readonly oldest: Nanos | undefined;
}

export interface ServerStatus {
  readonly version: string;
  readonly started: Nanos;
  readonly storedSpans: bigint;
  readonly traces: StoredSignal | undefined;
  // By name: otlp_grpc, otlp_http and others, as host:port.
  readonly addresses: Readonly<Record<string, string>>;
}

export async function serverStatus(signal?: AbortSignal): Promise<ServerStatus> {
  const { version, startTimeUnixNano, traces: t, addresses } = await getJson(`${kRoot}/status`, StatusAnswer, signal);
  return {
    version, addresses,
    started: nanos(startTimeUnixNano),
    storedSpans: t?.spans ?? 0n,
    traces: t && {
      rows: Number(t.spans), groups: Number(t.traces), blocks: Number(t.blocks), headRows: Number(t.headSpans),
      blockBytes: Number(t.bytes - t.logBytes), logBytes: Number(t.logBytes), pinned: Number(t.pinnedTraces),
      oldest: t.oldestUnixNano === 0n ? undefined : nanos(t.oldestUnixNano),
    },
  };
}

const TelemetryAnswer = v.object({
  timeUnixNano: Big,
  families: v.array(v.object({
    name: v.string(),
    type: v.picklist(["counter", "gauge"]),
    help: v.optional(v.string(), ""),
    series: v.array(v.object({ labels: v.optional(v.record(v.string(), v.string()), {}), value: v.number() })),
  })),
});

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly series: readonly Series[];
}

// The process's own counters and gauges at one moment.
export interface Telemetry {
  readonly at: Nanos;
  readonly families: ReadonlyMap<string, Family>;
}

export async function telemetry(signal?: AbortSignal): Promise<Telemetry> {
  const answer = await getJson(`${kRoot}/telemetry`, TelemetryAnswer, signal);
  return { at: nanos(answer.timeUnixNano), families: new Map(answer.families.map((family) => [family.name, family])) };
}

const ConfigAnswer = v.object({
  settings: v.array(v.object({
    name: v.string(), type: v.string(), bounds: v.string(), default: v.string(), value: v.string(), changed: v.boolean(), help: v.string(),
  })),
});

export type SettingInForce = v.InferOutput<typeof ConfigAnswer>["settings"][number];

export async function settingsInForce(signal?: AbortSignal): Promise<readonly SettingInForce[]> {
  return (await getJson(`${kRoot}/config`, ConfigAnswer, signal)).settings;
}

const PinsAnswer = v.object({ traceIds: v.array(v.string()) });

// Traces that retention keeps.
export async function pinnedTraces(signal?: AbortSignal): Promise<ReadonlySet<string>> {
  return new Set((await getJson(`${kRoot}/pins`, PinsAnswer, signal)).traceIds);
}

export const setPinned = (traceId: string, pinned: boolean): Promise<void> =>
  change(pinned ? "PUT" : "DELETE", `${kRoot}/pins/${encodeURIComponent(traceId)}`);
