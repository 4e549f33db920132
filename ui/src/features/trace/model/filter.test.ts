// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { makeFilter } from "~/base/filters";
import { conditionCount, kNoFilter, matchingRows, parseDurationNs, type SpanFilter } from "./filter";
import { traceOf } from "./testTrace";
import { buildTree } from "./tree";

const tree = buildTree(traceOf(`
  root 0 100
    query 10 20 svc=db .db.system=redis .rows=12
    call 20 90 error .gen_ai.request.model=gpt-4o
`));

const found = (filter: Partial<SpanFilter>): (string | undefined)[] | undefined =>
  matchingRows(tree, { ...kNoFilter, ...filter })?.map((row) => tree.spans[row]?.name);

describe("matchingRows", () => {
  it("filters nothing when nothing is asked", () => {
    expect(found({ text: "  " })).toBeUndefined();
    expect(found({ minDuration: "soon" })).toBeUndefined();
  });

  it("looks into names, services, attributes and messages, case ignored", () => {
    expect(found({ text: "QUERY" })).toEqual(["query"]);
    expect(found({ text: "redis" })).toEqual(["query"]);
    expect(found({ text: "call broke" })).toEqual(["call"]);
  });

  it("needs every condition", () => {
    expect(found({ text: "gpt", pills: ["errors"] })).toEqual(["call"]);
    expect(found({ text: "redis", pills: ["errors"] })).toEqual([]);
    expect(found({ services: ["db"], statuses: ["error"] })).toEqual([]);
  });

  it("takes values of one condition as alternatives", () => {
    expect(found({ services: ["db"] })).toEqual(["query"]);
    expect(found({ names: ["query", "root"] })).toEqual(["root", "query"]);
    expect(found({ kinds: ["internal"] })).toHaveLength(3);
    expect(found({ kinds: ["server"] })).toEqual([]);
  });

  it("limits the duration on both sides", () => {
    expect(found({ minDuration: "70ms" })).toEqual(["root", "call"]);
    expect(found({ minDuration: "70ms", maxDuration: "0.09s" })).toEqual(["call"]);
  });

  it("compares attributes as text, by pattern and as numbers", () => {
    const by = (...args: Parameters<typeof makeFilter>): unknown => found({ attributes: [makeFilter(...args)] });
    expect(by("db.system", "=", ["redis", "mysql"])).toEqual(["query"]);
    expect(by("db.system", "!=", ["redis"])).toEqual([]);
    expect(by("gen_ai.request.model", "=~", ["gpt-.*"])).toEqual(["call"]);
    expect(by("gen_ai.request.model", "=~", ["gpt"])).toEqual([]);
    expect(by("gen_ai.request.model", "=~", ["("])).toEqual([]);
    expect(by("rows", ">", ["9"])).toEqual(["query"]);
    expect(by("rows", "=", [])).toEqual(["query"]);
  });

  it("knows what is slow and what lies on the critical path", () => {
    expect(found({ pills: ["slow"] })).toEqual(["root", "query", "call"]);
    expect(found({ pills: ["critical"] })).toEqual(["root", "query", "call"]);
  });
});

it("counts conditions and reads durations", () => {
  expect(conditionCount({ ...kNoFilter, services: ["a", "b"], minDuration: "1s", maxDuration: "x" })).toBe(2);
  expect([parseDurationNs("1.5 s"), parseDurationNs("20"), parseDurationNs("3µs"), parseDurationNs("x")]).toEqual([1.5e9, 20e6, 3000, undefined]);
});
