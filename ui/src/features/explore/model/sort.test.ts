// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { TraceSummary } from "~/api/tempo";
import { nanos } from "~/base/time";
import { kDefaultSorting, nextSorting, readSorting, sortingText, sortTraces } from "./sort";

const trace = (id: string, start: bigint, durationMs: number): TraceSummary => ({
  id, start: nanos(start), durationMs, rootService: "s", rootName: "n", rooted: true, spans: [], matched: 0,
  spanCount: undefined, errorCount: undefined, services: [],
});

it("sorts by a column and keeps equal rows newest first", () => {
  const traces = [trace("old", 1n, 5), trace("long", 2n, 9), trace("new", 3n, 5)];
  const ids = (text: string): string[] => sortTraces(traces, readSorting(text)).map((t) => t.id);
  expect(ids("start.desc")).toEqual(["new", "long", "old"]);
  expect(ids("duration.desc")).toEqual(["long", "new", "old"]);
  expect(ids("duration.asc")).toEqual(["new", "old", "long"]);
});

it("turns round on the second click", () => {
  expect(nextSorting(kDefaultSorting, "name")).toEqual({ column: "name", descending: false });
  expect(nextSorting({ column: "name", descending: false }, "name")).toEqual({ column: "name", descending: true });
  expect(readSorting(sortingText({ column: "spans", descending: false }))).toEqual({ column: "spans", descending: false });
  expect(readSorting("nonsense")).toEqual(kDefaultSorting);
});
