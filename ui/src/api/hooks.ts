// SPDX-License-Identifier: Apache-2.0
// Server data as query hooks. Keys hold the texts of the URL, so a relative range is resolved at each fetch.
import {
  keepPreviousData, useMutation, useQuery, useQueryClient, type FetchQueryOptions, type QueryClient, type UseQueryResult,
} from "@tanstack/react-query";
import { resolveRange, toSeconds, type TimeRange } from "~/base/range";
import { ApiError } from "./http";
import {
  pinnedTraces, serverStatus, setPinned, settingsInForce, telemetry, type ServerStatus, type SettingInForce, type Telemetry,
} from "./orrery";
import {
  getTrace, getTraceJson, linkingSpans, searchTraces, tagNames, tagValues, type LinkingSpan, type SearchResult, type Seconds,
  type TagScope, type TagValue, type TracePart,
} from "./tempo";
import { importedTrace } from "./imported";
import type { Trace } from "./trace";

function secondsOf(range: TimeRange): Seconds {
  const w = resolveRange(range, Date.now());
  if (w === undefined) throw new ApiError("the time range can't be used; choose another one", undefined);
  return toSeconds(w);
}

export function useStatus(pollMs: number | false): UseQueryResult<ServerStatus, Error> {
  return useQuery({
    queryKey: ["status"],
    queryFn: ({ signal }) => serverStatus(signal),
    refetchInterval: pollMs,
  });
}

export function useTelemetry(pollMs: number): UseQueryResult<Telemetry, Error> {
  return useQuery({
    queryKey: ["telemetry"],
    queryFn: ({ signal }) => telemetry(signal),
    refetchInterval: pollMs,
    structuralSharing: false,
  });
}

export function useSettings(): UseQueryResult<readonly SettingInForce[], Error> {
  return useQuery({ queryKey: ["settings"], queryFn: ({ signal }) => settingsInForce(signal), staleTime: Infinity });
}

export interface Pin {
  // Undefined until it is known, and for traces that the server does not have.
  readonly pinned: boolean | undefined;
  readonly error: Error | undefined;
  readonly set: (pinned: boolean) => void;
}

export function usePin(traceId: string): Pin {
  const client = useQueryClient();
  const known = /^[0-9a-f]{32}$/.test(traceId);
  const pins = useQuery({ queryKey: ["pins"], queryFn: ({ signal }) => pinnedTraces(signal), staleTime: 10_000, enabled: known });
  const change = useMutation({
    mutationFn: (pinned: boolean) => setPinned(traceId, pinned),
    onSettled: () => client.invalidateQueries({ queryKey: ["pins"] }),
  });
  return { pinned: pins.data?.has(traceId), error: change.error ?? undefined, set: change.mutate };
}

export interface SearchParams {
  readonly q: string;
  readonly limit: number;
  readonly spansPerTrace: number;
  readonly range: TimeRange;
}

// Searches that are under way, by their key, so that they can be stopped.
const running = new Map<string, AbortController>();

export const stopSearch = (params: SearchParams): void => running.get(JSON.stringify(params))?.abort();

// A first answer is shown as it grows; a later one when it is whole, so that nothing flickers.
export function useSearch(params: SearchParams | undefined, refreshMs: number | false): UseQueryResult<SearchResult, Error> {
  const client = useQueryClient();
  return useQuery({
    queryKey: ["search", params],
    queryFn: async ({ signal, queryKey }) => {
      if (params === undefined) throw new ApiError("no query", undefined);
      const first = client.getQueryData(queryKey) === undefined;
      const stop = new AbortController();
      running.set(JSON.stringify(params), stop);
      try {
        return await searchTraces({ ...params, ...secondsOf(params.range) }, signal, (part) => {
          if (first) client.setQueryData(queryKey, part);
        }, stop.signal);
      } finally {
        running.delete(JSON.stringify(params));
      }
    },
    enabled: params !== undefined,
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
}

// `null` means that the store has no such trace; a query hook may not return undefined.
export function useTrace(
  id: string, part: TracePart | undefined, pollMs: (trace: Trace | undefined) => number | false,
): UseQueryResult<Trace | null, Error> {
  return useQuery({
    queryKey: ["trace", id, part],
    queryFn: async ({ signal }) => (id === "imported" ? importedTrace() : await getTrace(id, part, signal)) ?? null,
    enabled: id !== "",
    staleTime: id === "imported" ? 0 : 30_000,
    refetchInterval: (query) => (id === "imported" ? false : pollMs(query.state.data ?? undefined)),
    // A trace is compared by whoever shows it; comparing 50,000 spans here takes longer than drawing them.
    structuralSharing: false,
  });
}

export function useLinkingSpans(traceId: string, spanId: string): UseQueryResult<readonly LinkingSpan[], Error> {
  return useQuery({
    queryKey: ["linking", traceId, spanId],
    queryFn: ({ signal }) => linkingSpans(traceId, spanId, signal),
    staleTime: 60_000,
    enabled: /^[0-9a-f]{32}$/.test(traceId),
  });
}

const traceJson = (trace: Trace): FetchQueryOptions => ({
  queryKey: ["trace-json", trace.id],
  queryFn: ({ signal }) => trace.raw ?? getTraceJson(trace.id, signal),
  staleTime: trace.raw === undefined ? 30_000 : 0,
});

export function useTraceJson(trace: Trace): UseQueryResult<unknown, Error> {
  return useQuery({ ...traceJson(trace), structuralSharing: false });
}

export const fetchTraceJson = (client: QueryClient, trace: Trace): Promise<unknown> => client.fetchQuery(traceJson(trace));

export function useTagNames(range: TimeRange): UseQueryResult<readonly TagScope[], Error> {
  return useQuery({
    queryKey: ["tags", range],
    queryFn: ({ signal }) => tagNames(secondsOf(range), signal),
    staleTime: 60_000,
  });
}

export function useTagValues(
  tag: string | undefined, range: TimeRange, enabled = true,
): UseQueryResult<readonly TagValue[], Error> {
  return useQuery({
    queryKey: ["tag-values", tag, range],
    queryFn: ({ signal }) => tagValues(tag ?? "", secondsOf(range), signal),
    enabled: enabled && tag !== undefined && tag !== "",
    staleTime: 30_000,
  });
}
