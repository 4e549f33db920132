// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { readOrder, sortLines } from "~/base/spanLines";
import { nanos } from "~/base/time";
import { attributeColumns, spanLines } from "./spanLines";
import type { MatchedSpan, TraceSummary } from "./tempo";

const span = (id: string, attributes: Readonly<Record<string, string>>): MatchedSpan => ({
  id, name: "work", start: nanos(BigInt(id) * 1_000_000n), durationNs: 1e6, attributes: Object.entries(attributes).map(([key, text]) => ({ key, text })),
});
const trace = (...spans: readonly MatchedSpan[]): TraceSummary => ({
  id: "t", rootService: "api", rootName: "root", rooted: true, start: nanos(0n), durationMs: 1, spans, matched: spans.length,
  spanCount: spans.length, errorCount: 0, services: ["api"],
});

describe("spans", () => {
  it("are rows with columns of attributes, sorted as numbers where they are", () => {
    const lines = spanLines([trace(span("1", { n: "10" }), span("2", { n: "9" }))], ["span.n"]);
    expect(sortLines(lines, ["span.n"], readOrder("span.n.asc")).map((l) => l.more[0])).toEqual(["9", "10"]);
    expect(sortLines(lines, ["span.n"], readOrder(undefined)).map((l) => l.spanId)).toEqual(["2", "1"]);
  });

  it("have a column for each attribute but those that are shown anyway", () => {
    expect(attributeColumns([trace(span("1", { status: "ok", b: "1" }), span("2", { a: "1", b: "2", "service.name": "x" }))])).toEqual(["b", "a"]);
  });
});
