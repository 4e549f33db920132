// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Span, Trace } from "~/api/trace";
import { nanos } from "~/base/time";
import { differenceRows, operationRows, selfTime, totalNs } from "./difference";

const ms = (n: number): ReturnType<typeof nanos> => nanos(BigInt(n) * 1_000_000n);
const span = (id: string, parentId: string | undefined, name: string, start: number, end: number, status: Span["status"] = "unset"): Span => ({
  id, parentId, traceId: "t", name, kind: "internal", start: ms(start), end: ms(end), status, statusMessage: "",
  attributes: [], events: [], links: [], resource: { service: "api", attributes: [] }, scope: { name: "", version: "" },
});
const trace = (...spans: readonly Span[]): Trace => ({ id: "t", spans, warning: undefined, raw: undefined });

const a = trace(span("1", undefined, "root", 0, 100), span("2", "1", "query", 10, 40), span("3", "1", "query", 40, 50), span("4", "1", "old", 60, 70));
const b = trace(span("5", undefined, "root", 1000, 1200), span("6", "5", "query", 1010, 1150, "error"), span("7", "6", "retry", 1100, 1140));

describe("two traces", () => {
  it("are one tree, with what each has of an operation", () => {
    const rows = differenceRows(a, b);
    const side = (s: (typeof rows)[number]["a"]): string => (s === undefined ? "-" : `${s.count}x${s.totalNs / 1e6}+${s.offsetNs / 1e6}`);
    expect(rows.map((r) => `${" ".repeat(r.depth)}${r.name} ${side(r.a)} ${side(r.b)} ${r.verdict}`)).toEqual([
      "root 1x100+0 1x200+0 slower", " query 2x40+10 1x140+10 slower", "  retry - 1x40+100 only-b", " old 1x10+60 - only-a",
    ]);
    expect([totalNs(a), totalNs(b)]).toEqual([100e6, 200e6]);
  });

  it("call noise the same, and what is less faster", () => {
    const near = trace(span("1", undefined, "root", 0, 105));
    expect(differenceRows(trace(span("1", undefined, "root", 0, 100)), near)[0]?.verdict).toBe("same");
    expect(differenceRows(b, a)[0]?.verdict).toBe("faster");
  });

  it("are compared by operation in self time", () => {
    expect(operationRows(differenceRows(a, b)).map((r) => [r.name, r.changeNs / 1e6])).toEqual([["query", 60], ["retry", 40], ["root", 10], ["old", -10]]);
  });
});

it("self time leaves out what children cover, once", () => {
  const parent = span("1", undefined, "p", 0, 100);
  expect(selfTime(parent, [span("2", "1", "a", 10, 40), span("3", "1", "b", 30, 60), span("4", "1", "c", 90, 150)])).toBe(40e6);
});
