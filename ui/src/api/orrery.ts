// SPDX-License-Identifier: Apache-2.0
// Orrery's own API: what the page needs beyond Tempo's.
import * as v from "valibot";
import { getJson } from "./http";

const Big = v.pipe(
  v.optional(v.union([v.string(), v.number()]), "0"),
  v.transform((x) => BigInt(x)),
);

const StatusAnswer = v.object({
  version: v.optional(v.string(), ""),
  traces: v.optional(v.object({ spans: Big })),
  addresses: v.optional(v.record(v.string(), v.string()), {}),
});

export interface ServerStatus {
  readonly version: string;
  readonly storedSpans: bigint;
  // By name: otlp_grpc, otlp_http and others, as host:port.
  readonly addresses: Readonly<Record<string, string>>;
}

export async function serverStatus(signal?: AbortSignal): Promise<ServerStatus> {
  const answer = await getJson("/api/orrery/v1/status", StatusAnswer, signal);
  return { version: answer.version, storedSpans: answer.traces?.spans ?? 0n, addresses: answer.addresses };
}
