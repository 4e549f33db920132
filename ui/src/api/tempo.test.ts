// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, it, vi } from "vitest";
import { searchTraces, tagValues } from "./tempo";

afterEach(() => vi.unstubAllGlobals());

const never = new AbortController().signal;

// One object, or several as lines of a stream.
function serve(body: unknown): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (path: string) => {
    asked.push(path);
    const lines = Array.isArray(body) ? body : [body];
    return Promise.resolve(new Response(lines.map((line) => JSON.stringify(line)).join("\n")));
  });
  return asked;
}

it("pads ids, adds up counts and joins span sets", async () => {
  const span = { spanID: "1", name: "x", startTimeUnixNano: "7", durationNanos: "8", attributes: [{ key: "status", value: { stringValue: "error" } }] };
  serve({
    done: true,
    traces: [{
      traceID: "abc", rootServiceName: "a", rootTraceName: "r", startTimeUnixNano: "5",
      spanSets: [{ spans: [span], matched: 1 }, { spans: [span], matched: 4 }],
      serviceStats: { a: { spanCount: 3 }, b: { spanCount: 2, errorCount: 1 } },
    }],
  });
  const { traces } = await searchTraces({ q: "{ }", limit: 20, spansPerTrace: 3, start: 1, end: 2 }, never);
  expect(traces[0]).toMatchObject({
    id: "00000000000000000000000000000abc", durationMs: 0, matched: 5, spanCount: 5, errorCount: 1, services: ["a", "b"],
  });
  expect(traces[0]?.spans[0]).toMatchObject({ id: "0000000000000001", durationNs: 8, attributes: [{ key: "status", text: "error" }] });
});

it("names a service of a trace whose root is missing", async () => {
  serve({ done: true, traces: [{ traceID: "1", rootServiceName: "<root span not yet received>", serviceStats: { b: {}, a: {} } }] });
  const { traces } = await searchTraces({ q: "{ }", limit: 20, spansPerTrace: 3, start: 1, end: 2 }, never);
  expect(traces[0]).toMatchObject({ rooted: false, rootService: "a", rootName: "" });
});

it("reads an answer without traces", async () => {
  const asked = serve({ done: true });
  const result = await searchTraces({ q: "{ a = 1 }", limit: 20, spansPerTrace: 3, start: 1, end: 2 }, never);
  expect(result.traces).toEqual([]);
  expect(asked).toEqual(["/api/orrery/v1/search?q=%7B+a+%3D+1+%7D&limit=20&spss=3&start=1&end=2"]);
});

it("tells what was found so far, newest first, and then everything", async () => {
  const found = (id: string, start: string): object => ({ traceID: id, rootServiceName: "a", startTimeUnixNano: start });
  serve([
    { traces: [found("1", "5")], metrics: { completedJobs: 1, totalJobs: 4 } },
    { traces: [found("2", "9")], metrics: { completedJobs: 3, totalJobs: 4 } },
    { traces: [found("2", "9"), found("1", "5"), found("3", "1")], metrics: { completedJobs: 4, totalJobs: 4 }, done: true, warnings: "a part is damaged" },
  ]);
  const parts: (readonly [number | undefined, number])[] = [];
  const request = { q: "{ }", limit: 20, spansPerTrace: 3, start: 1, end: 2 };
  const result = await searchTraces(request, never, (part) => parts.push([part.progress, part.traces.length]));
  expect(parts).toEqual([[0.25, 1], [0.75, 2]]);
  expect(result.traces.map((t) => t.id.at(-1))).toEqual(["2", "1", "3"]);
  expect([result.progress, result.partial]).toEqual([undefined, "a part is damaged"]);
});

it("tells what broke a search that had begun", async () => {
  serve([{ traces: [] }, { done: true, error: "the query took too long", status: 504 }]);
  const request = { q: "{ }", limit: 20, spansPerTrace: 3, start: 1, end: 2 };
  await expect(searchTraces(request, never)).rejects.toThrow("the query took too long");
  serve([{ traces: [] }]);
  await expect(searchTraces(request, never)).rejects.toThrow("broke off");
});

it("asks for the values of odd tags in one path segment", async () => {
  const asked = serve({ tagValues: [{ type: "int", value: "200" }] });
  expect(await tagValues("span.a/b", { start: 1, end: 2 })).toEqual([{ type: "int", value: "200" }]);
  expect(asked[0]).toContain("/api/v2/search/tag/span.a%2Fb/values?");
});
