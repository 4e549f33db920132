// SPDX-License-Identifier: Apache-2.0
// What the Explore view keeps in the URL.
import { buildQuery, decodeFilter, encodeFilter, type Filter } from "~/base/filters";

export type Mode = "search" | "traceql";

export const kLimits = [20, 50, 100, 200, 500, 1000] as const;
export const kDefaultLimit = 50;
export const kSpansPerTrace = 5;

export interface ExploreState {
  readonly mode: Mode;
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
