// SPDX-License-Identifier: Apache-2.0
import type { TraceSummary } from "~/api/tempo";

export const kColumns = ["start", "service", "name", "spans", "errors", "duration"] as const;
export type Column = (typeof kColumns)[number];

export interface Sorting {
  readonly column: Column;
  readonly descending: boolean;
}

export const kDefaultSorting: Sorting = { column: "start", descending: true };

export function readSorting(text: string | undefined): Sorting {
  const [name, direction] = (text ?? "").split(".");
  const column = kColumns.find((c) => c === name);
  return column === undefined ? kDefaultSorting : { column, descending: direction !== "asc" };
}

export const sortingText = (s: Sorting): string => `${s.column}.${s.descending ? "desc" : "asc"}`;

// A first click sorts texts upwards and numbers downwards; a second turns it round.
export function nextSorting(now: Sorting, column: Column): Sorting {
  if (now.column === column) return { column, descending: !now.descending };
  return { column, descending: column !== "service" && column !== "name" };
}

function compare(a: TraceSummary, b: TraceSummary, column: Column): number {
  switch (column) {
    case "start":
      return a.start < b.start ? -1 : a.start > b.start ? 1 : 0;
    case "service":
      return a.rootService.localeCompare(b.rootService);
    case "name":
      return a.rootName.localeCompare(b.rootName);
    case "spans":
      return (a.spanCount ?? 0) - (b.spanCount ?? 0);
    case "errors":
      return (a.errorCount ?? 0) - (b.errorCount ?? 0);
    case "duration":
      return a.durationMs - b.durationMs;
  }
}

export function sortTraces(traces: readonly TraceSummary[], sorting: Sorting): readonly TraceSummary[] {
  const sign = sorting.descending ? -1 : 1;
  // Equal rows stay in time order, newest first.
  return [...traces].sort((a, b) => sign * compare(a, b, sorting.column) || -compare(a, b, "start"));
}
