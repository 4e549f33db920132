// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, it, vi } from "vitest";
import { searchTraces, tagValues } from "./tempo";

afterEach(() => vi.unstubAllGlobals());

function serve(body: unknown): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (path: string) => {
    asked.push(path);
    return Promise.resolve(new Response(JSON.stringify(body)));
  });
  return asked;
}

it("pads ids, adds up counts and joins span sets", async () => {
  const span = { spanID: "1", name: "x", startTimeUnixNano: "7", durationNanos: "8", attributes: [{ key: "status", value: { stringValue: "error" } }] };
  serve({
    traces: [{
      traceID: "abc", rootServiceName: "a", rootTraceName: "r", startTimeUnixNano: "5",
      spanSets: [{ spans: [span], matched: 1 }, { spans: [span], matched: 4 }],
      serviceStats: { a: { spanCount: 3 }, b: { spanCount: 2, errorCount: 1 } },
    }],
  });
  const { traces } = await searchTraces({ q: "{ }", limit: 20, spansPerTrace: 3, start: 1, end: 2 });
  expect(traces[0]).toMatchObject({
    id: "00000000000000000000000000000abc", durationMs: 0, matched: 5, spanCount: 5, errorCount: 1, services: ["a", "b"],
  });
  expect(traces[0]?.spans[0]).toMatchObject({ id: "0000000000000001", durationNs: 8, attributes: [{ key: "status", text: "error" }] });
});

it("names a service of a trace whose root is missing", async () => {
  serve({ traces: [{ traceID: "1", rootServiceName: "<root span not yet received>", serviceStats: { b: {}, a: {} } }] });
  const { traces } = await searchTraces({ q: "{ }", limit: 20, spansPerTrace: 3, start: 1, end: 2 });
  expect(traces[0]).toMatchObject({ rooted: false, rootService: "a", rootName: "" });
});

it("reads an answer without traces", async () => {
  const asked = serve({});
  const result = await searchTraces({ q: "{ a = 1 }", limit: 20, spansPerTrace: 3, start: 1, end: 2 });
  expect(result.traces).toEqual([]);
  expect(asked).toEqual(["/tempo/api/search?q=%7B+a+%3D+1+%7D&limit=20&spss=3&start=1&end=2"]);
});

it("asks for the values of odd tags in one path segment", async () => {
  const asked = serve({ tagValues: [{ type: "int", value: "200" }] });
  expect(await tagValues("span.a/b", { start: 1, end: 2 })).toEqual([{ type: "int", value: "200" }]);
  expect(asked[0]).toContain("/api/v2/search/tag/span.a%2Fb/values?");
});
