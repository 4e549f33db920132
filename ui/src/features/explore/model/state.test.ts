// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { makeFilter } from "~/base/filters";
import { chipFilters, filterParams, isMetricsQuery, kDefaultLimit, listedQuery, readState } from "./state";

const read = (params: URLSearchParams): ReturnType<typeof readState> =>
  readState({ get: (key) => params.get(key) ?? undefined, all: (key) => params.getAll(key) });

it("makes the query from the filters in search mode, and takes the text in TraceQL mode", () => {
  const filters = [makeFilter("name", "=", ["GET"]), makeFilter("duration", ">", ["1s"])];
  const params = new URLSearchParams();
  filterParams(filters).f.forEach((f) => params.append("f", f));
  expect(read(params)).toEqual({ mode: "search", listing: "traces", peek: undefined, filters, q: '{ name = "GET" && duration > 1s }', limit: kDefaultLimit });
  expect(read(new URLSearchParams({ mode: "traceql", q: "{ .x = 1 }", limit: "20" }))).toMatchObject({ q: "{ .x = 1 }", limit: 20 });
});

it("falls back to a known limit", () => expect(read(new URLSearchParams({ limit: "7" })).limit).toBe(kDefaultLimit));

it("leaves to the chips what the fixed fields do not show", () => {
  const filters = [
    makeFilter("name", "=", ["a"]), makeFilter("name", "!=", ["b"]), makeFilter("duration", ">", ["1s"]),
    makeFilter("duration", "<", ["2s"]), makeFilter("span.x", "=", ["y"]), makeFilter("status", "!=", ["ok"]),
    makeFilter("status", "=", ["error"]),
  ];
  expect(chipFilters(filters).map(({ at }) => at)).toEqual([1, 4, 5]);
});

it("tells metrics from searches", () => {
  for (const q of ["{ } | rate()", "({ } | rate()) / ({ }|count_over_time())", "{ } | by(name) | quantile_over_time(duration, .9)", "{}|compare({})"]) {
    expect(isMetricsQuery(q), q).toBe(true);
  }
  for (const q of ["{ }", '{ name = "| rate" }', "{ } | count() > 2", "{ } | avg(duration) > 1s"]) expect(isMetricsQuery(q), q).toBe(false);
});

it("asks for service and status where spans are listed", () => {
  expect(listedQuery("{ name = `x` }", "traces")).toBe("{ name = `x` }");
  expect(listedQuery("{ }", "spans")).toBe("{ } | select(status, resource.service.name)");
});
