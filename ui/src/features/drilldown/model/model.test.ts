// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Metrics, MetricSeries, SeriesLabel } from "~/api/metrics";
import type { MatchedSpan, TraceSummary } from "~/api/tempo";
import { makeFilter } from "~/base/filters";
import { nanos } from "~/base/time";
import { filterOf, groupsOf, ordered, withFilter } from "./breakdown";
import { comparedAttributes } from "./comparison";
import { exceptionGroups, kNoMessage } from "./exceptions";
import { quantileNs } from "./quantile";
import {
  boxParam, compareQuery, conditions, errorsQuery, groupQuery, readState, selectionOf, spansQuery, structureQuery, type DrilldownState,
} from "./state";
import { structureTrees, visibleNodes, type StructureNode } from "./structure";

const stateOf = (url: string): DrilldownState => {
  const params = new URLSearchParams(url);
  return readState({ get: (key) => params.get(key) ?? undefined, all: (key) => params.getAll(key) });
};

const label = (key: string, text: string, type = "string"): SeriesLabel => ({ key, text, type });
const series = (labels: readonly SeriesLabel[], values: readonly number[], value = 0): MetricSeries =>
  ({ labels, value, points: values.map((v, i) => ({ ms: (i + 1) * 1000, value: v })) });
const metrics = (...all: readonly MetricSeries[]): Metrics =>
  ({ window: { fromMs: 0, toMs: 4000 }, stepMs: 1000, series: all, partial: "" });

const span = (id: string, name: string, left: number, right: number, startMs: number, ms: number, status = "unset", service = "api"): MatchedSpan => ({
  id, name, start: nanos(BigInt(startMs) * 1_000_000n), durationNs: ms * 1e6,
  attributes: [{ key: "service.name", text: service }, { key: "status", text: status }, { key: "nestedSetLeft", text: String(left) }, { key: "nestedSetRight", text: String(right) }],
});
const trace = (id: string, ...spans: readonly MatchedSpan[]): TraceSummary => ({
  id, rootService: "api", rootName: "root", rooted: true, start: nanos(0n), durationMs: 1, spans, matched: spans.length,
  spanCount: spans.length, errorCount: 0, services: ["api"],
});

describe("state", () => {
  it("is what the URL says, and sensible without one", () => {
    expect(stateOf("")).toMatchObject({ signal: "root", metric: "rate", tab: "breakdown", groupBy: "resource.service.name", box: undefined });
    expect(stateOf("spans=server&metric=errors&tab=exceptions&by=name&col=kind&col=span.a")).toMatchObject({
      signal: "server", metric: "errors", tab: "exceptions", groupBy: "name", columns: ["kind", "span.a"],
    });
    expect(stateOf("spans=nothing&metric=x&tab=exceptions&box=1,2,3")).toMatchObject({ signal: "root", metric: "rate", tab: "breakdown", box: undefined });
  });

  it("keeps a box", () => {
    const box = { fromMs: 1000, toMs: 2000, leastNs: 5e6, mostNs: 1e9 };
    expect(stateOf(`box=${boxParam(box)}`).box).toEqual(box);
    expect(stateOf("box=2,1,3,4").box).toBeUndefined();
  });

  it("makes queries of the set of spans and its filters", () => {
    const state = stateOf("spans=server&f=resource.service.name%7C%3D%7Cshop&metric=errors");
    expect(conditions(state)).toBe('kind = server && resource.service.name = "shop"');
    expect(errorsQuery(state)).toBe('{ kind = server && resource.service.name = "shop" && status = error } | rate()');
    expect(groupQuery({ ...state, groupBy: "span.a b" }, "duration"))
      .toBe('{ kind = server && resource.service.name = "shop" && span."a b" != nil } | quantile_over_time(duration, 0.9) by (span."a b")');
    expect(compareQuery(state, "status = error")).toBe('{ kind = server && resource.service.name = "shop" } | compare({ status = error }, 10)');
  });

  it("selects failed spans, slow ones, or those in the box", () => {
    expect(selectionOf(stateOf(""), 5e6)).toBeUndefined();
    expect(selectionOf(stateOf("metric=errors"), 5e6)).toBe("status = error");
    expect(selectionOf(stateOf("metric=duration"), 5e6)).toBe("duration > 5000000ns");
    const boxed = stateOf("metric=errors&box=1000,2000,5000000,1000000000");
    expect(selectionOf(boxed, 1)).toBe("status = error && duration > 5000000ns && duration <= 1000000000ns");
    expect(compareQuery(boxed, "true")).toContain("compare({ true }, 10, 1000000000, 2000000000)");
    expect(spansQuery(boxed, 1)).toContain("duration <= 1000000000ns } | select(status,");
    expect(structureQuery(stateOf("metric=errors"), 1)).toContain("&>> { status = error }");
    expect(structureQuery(stateOf("metric=duration"), 1e9)).toContain("duration > 1000000000ns } &>> { duration > 100000000ns }");
  });
});

describe("breakdown", () => {
  const by = "resource.service.name";
  const main = metrics(series([label(by, "shop")], [1, 1, 1, 1]), series([label(by, "pay")], [4, 4, 4, 4]), series([label(by, "nil")], [9, 9, 9, 9]));
  const failed = metrics(series([label(by, "shop")], [1, 0, 1, 0]));

  it("orders values by rate, errors, and distance from the whole", () => {
    const groups = groupsOf(by, "rate", main, failed);
    expect(groups.map((g) => [g.label.text, g.value, g.errorRate])).toEqual([["shop", 1, 0.5], ["pay", 4, 0]]);
    expect(groups[0]?.difference).toBeCloseTo(0.5 - 0.1);
    expect(ordered(groups, "rate").map((g) => g.label.text)).toEqual(["pay", "shop"]);
    expect(ordered(groups, "errors").map((g) => g.label.text)).toEqual(["shop", "pay"]);
    expect(ordered(groups, "difference").map((g) => g.label.text)).toEqual(["shop", "pay"]);
  });

  it("takes the mean of a quantile where it has one", () => {
    const [only] = groupsOf(by, "duration", metrics(series([label(by, "shop")], [0, 2, 0, 4])), undefined);
    expect(only?.value).toBe(3);
  });

  it("makes filters that replace their contrary, numbers unquoted", () => {
    const only = filterOf("span.code", label("span.code", "500", "int"));
    expect(only).toEqual(makeFilter("span.code", "=", ["500"], true));
    const filters = withFilter([makeFilter("span.code", "!=", ["500"], true), makeFilter("name", "=", ["x"])], only);
    expect(filters.map((f) => `${f.key} ${f.op}`)).toEqual(["name =", "span.code ="]);
  });
});

describe("structure", () => {
  it("merges the same operation on the same path, and skips what was not asked for", () => {
    const trees = structureTrees([
      trace("t1", span("1", "root", 1, 10, 0, 100), span("2", "call", 2, 5, 10, 40, "error"), span("3", "leaf", 3, 4, 20, 10), span("4", "call", 6, 7, 60, 20)),
      trace("t2", span("5", "root", 1, 6, 0, 200), span("6", "leaf", 3, 4, 30, 10)),
      trace("t3", span("7", "other", 1, 2, 0, 5)),
    ]);
    expect(trees.map((t) => [t.root.name, t.root.count, t.spans])).toEqual([["root", 2, 6], ["other", 1, 1]]);
    const line = (n: StructureNode): string => `${"  ".repeat(n.depth)}${n.name} ${n.count} ${n.errors} ${n.meanNs / 1e6}+${n.meanOffsetNs / 1e6}`;
    const root = trees[0]?.root;
    if (root === undefined) throw new Error("no tree");
    expect(visibleNodes(root, new Set()).map(line)).toEqual(["root 2 0 150+0", "  leaf 1 0 10+30", "  call 2 1 30+35", "    leaf 1 0 10+20"]);
    const call = root.children[1];
    expect(visibleNodes(root, new Set([call?.key ?? ""])).map((n) => n.name)).toEqual(["root", "leaf", "call"]);
  });
});

describe("comparison", () => {
  it("ranks attributes by the largest difference of a share", () => {
    const meta = (type: string, key: string, text: string, value: number): MetricSeries => series([label("__meta_type", type), label(key, text)], [], value);
    const { attributes, selected, others } = comparedAttributes([
      meta("selection", "span.a", "x", 8), meta("selection", "span.a", "y", 2), meta("baseline", "span.a", "x", 50), meta("baseline", "span.a", "y", 50),
      meta("selection", "span.b", "z", 10), meta("baseline", "span.b", "z", 100),
      meta("selection_total", "span.a", "nil", 10), meta("baseline_total", "span.a", "nil", 100),
      series([label("__meta_error", "__too_many_values__"), label("span.c", "nil")], []),
    ]);
    expect([selected, others]).toEqual([10, 100]);
    expect(attributes.map((a) => [a.key, Number(a.difference.toFixed(3))])).toEqual([["span.a", 0.3], ["span.b", 0]]);
    expect(attributes[0]?.values.map((v) => [v.label.text, v.selection, v.baseline])).toEqual([["x", 0.8, 0.5], ["y", 0.2, 0.5]]);
  });
});

describe("exceptions", () => {
  it("groups by message, type and service, newest trace first", () => {
    const failing = (id: string, startMs: number, message: string): MatchedSpan =>
      ({ ...span(id, "work", 1, 2, startMs, 1), attributes: [{ key: "service.name", text: "api" }, { key: "exception.message", text: message }] });
    const groups = exceptionGroups([trace("t1", failing("1", 100, "full"), failing("2", 900, "")), trace("t2", failing("3", 500, "full"))], { fromMs: 0, toMs: 1000 });
    expect(groups.map((g) => [g.message, g.count, g.traceId])).toEqual([["full", 2, "t2"], [kNoMessage, 1, "t1"]]);
    expect(groups[0]?.bars.reduce((sum, b) => sum + b.value, 0)).toBe(2);
  });
});

it("a quantile lies within its bucket", () => {
  const histogram = metrics(series([label("__bucket", "1", "double")], [5, 5, 0, 0]), series([label("__bucket", "2", "double")], [0, 0, 0, 10]));
  expect(quantileNs(histogram, 0.5)).toBeCloseTo(1e9);
  expect(quantileNs(histogram, 0.75)).toBeCloseTo(Math.SQRT2 * 1e9);
  expect(quantileNs(metrics(), 0.9)).toBeUndefined();
});
