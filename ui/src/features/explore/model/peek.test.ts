// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import type { Span, Trace } from "~/api/trace";
import { nanos } from "~/base/time";
import { peekRows } from "./peek";

const span = (id: string, parentId: string | undefined, start: number, end: number): Span => ({
  id, parentId, traceId: "t", name: id, kind: "internal", start: nanos(BigInt(start)), end: nanos(BigInt(end)), status: "unset", statusMessage: "",
  attributes: [], events: [], links: [], resource: { service: "api", attributes: [] }, scope: { name: "", version: "" },
});
const trace = (...spans: readonly Span[]): Trace => ({ id: "t", spans, warning: undefined, raw: undefined });

it("lists spans in the order of their tree, orphans as roots", () => {
  const rows = peekRows(trace(span("leaf", "b", 30, 40), span("b", "root", 20, 60), span("a", "root", 10, 20), span("root", undefined, 0, 100), span("lost", "gone", 50, 60)), 10);
  expect(rows.map((r) => `${r.depth} ${r.span.id} ${r.left} ${r.width}`)).toEqual(["0 root 0 1", "1 a 0.1 0.1", "1 b 0.2 0.4", "2 leaf 0.3 0.1", "0 lost 0.5 0.1"]);
  expect(peekRows(trace(span("a", undefined, 0, 1), span("b", "a", 0, 1)), 1)).toHaveLength(1);
  expect(peekRows(trace(), 5)).toEqual([]);
});
