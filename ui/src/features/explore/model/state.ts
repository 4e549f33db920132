// SPDX-License-Identifier: Apache-2.0
// What the Explore view keeps in the URL.
import { buildQuery, decodeFilter, encodeFilter, type Filter } from "~/base/filters";

export type Mode = "search" | "traceql";

export const kLimits = [20, 50, 100, 200, 500, 1000] as const;
export const kDefaultLimit = 50;
export const kSpansPerTrace = { traces: 5, spans: 20 } as const;

// How results are listed.
export const kListings = ["traces", "spans"] as const;
export type Listing = (typeof kListings)[number];

// A pipeline that ends in one of these computes numbers over time instead of finding traces.
const kMetricsCall = /\|\s*(rate|count_over_time|(min|max|avg|sum)_over_time|quantile_over_time|histogram_over_time|compare)\s*\(/;
export const isMetricsQuery = (q: string): boolean => kMetricsCall.test(q);

// What is asked for, so that each span can be listed with its service and status.
export const listedQuery = (q: string, listing: Listing): string =>
  listing === "spans" && q.trim() !== "" ? `${q} | select(status, resource.service.name)` : q;

export interface ExploreState {
  readonly mode: Mode;
  readonly listing: Listing;
  // A trace that is looked at beside the list.
  readonly peek: string | undefined;
  readonly filters: readonly Filter[];
  readonly q: string;
  readonly limit: number;
}

interface Query {
  readonly get: (key: string) => string | undefined;
  readonly all: (key: string) => readonly string[];
}

export function readState(query: Query): ExploreState {
  const mode: Mode = query.get("mode") === "traceql" ? "traceql" : "search";
  const filters = query.all("f").map(decodeFilter).filter((f) => f !== undefined);
  const asked = Number(query.get("limit"));
  return {
    mode,
    listing: query.get("list") === "spans" ? "spans" : "traces",
    peek: query.get("peek"),
    filters,
    q: mode === "traceql" ? (query.get("q") ?? "{ }") : buildQuery(filters),
    limit: kLimits.find((n) => n === asked) ?? kDefaultLimit,
  };
}

export const filterParams = (filters: readonly Filter[]): { f: string[] } => ({ f: filters.map(encodeFilter) });

export const kFixedKeys = ["resource.service.name", "name", "status", "duration"] as const;

// Which of the builder's fixed fields can show a filter; undefined for a chip's.
export type Field = "service" | "name" | "status" | "least" | "most";

export function fieldOf(filter: Filter): Field | undefined {
  switch (filter.key) {
    case "resource.service.name":
      return "service";
    case "name":
      return "name";
    case "status":
      return filter.op === "=" && filter.values.length <= 1 ? "status" : undefined;
    case "duration":
      if (filter.values.length > 1) return undefined;
      return filter.op.startsWith(">") ? "least" : filter.op.startsWith("<") ? "most" : undefined;
    default:
      return undefined;
  }
}

export function chipFilters(filters: readonly Filter[]): readonly { readonly filter: Filter; readonly at: number }[] {
  const seen = new Set<Field>();
  return filters
    .map((filter, at) => ({ filter, at }))
    .filter(({ filter }) => {
      const field = fieldOf(filter);
      // A fixed field shows the first filter that is its own.
      if (field === undefined || seen.has(field)) return true;
      seen.add(field);
      return false;
    });
}
