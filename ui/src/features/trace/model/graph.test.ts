// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { kMostNodes, kSpanNodes, nodeLines, spanGraph } from "./graph";
import { traceOf } from "./testTrace";
import { buildTree } from "./tree";

it("has a node for each span of a small trace", () => {
  const graph = spanGraph(buildTree(traceOf("  root 0 100\n    a 0 30\n    b 30 90 error\n      c 30 40")));
  expect(graph.nodes.map((n) => `${n.name} ${n.errors}`)).toEqual(["root 0", "a 0", "b 1", "c 0"]);
  expect(graph.edges).toEqual([[0, 1], [0, 2], [2, 3]]);
  expect(graph.merged).toBe(false);
});

it("merges the spans of a large trace", () => {
  const trace = traceOf(`  root 0 1000\n${Array.from({ length: kSpanNodes }, (_, i) => `    get${i} ${i} ${i + 1}`).join("\n")}`);
  const graph = spanGraph(buildTree({ ...trace, spans: trace.spans.map((s) => ({ ...s, name: s.name.replace(/\d+$/, "") })) }));
  expect(graph.nodes).toMatchObject([{ name: "root", count: 1 }, { name: "get", count: kSpanNodes, totalNs: kSpanNodes * 1e6 }]);
  expect(graph.edges).toEqual([[0, 1]]);
  expect(graph).toMatchObject({ merged: true, hidden: 0 });
});

it("keeps the nodes with the most time, never a child without its parent", () => {
  const calls = Array.from({ length: kMostNodes + 50 }, (_, i) => `    call${i} ${i * 10} ${i * 10 + 5}\n      leaf${i} ${i * 10} ${i * 10 + 5}`);
  const graph = spanGraph(buildTree(traceOf(`  root 0 9000\n${calls.join("\n")}`)));
  expect(graph.nodes).toHaveLength(kMostNodes);
  expect(graph.hidden).toBe(1 + 2 * (kMostNodes + 50) - kMostNodes);
  expect(graph.edges).toHaveLength(kMostNodes - 1);
});

it("writes milliseconds, and shares of trace and span", () => {
  const node = { service: "", name: "", count: 1, errors: 0, totalNs: 3_139_820_000, selfNs: 10_770_000, row: 0 };
  expect(nodeLines(node, 3_140_370_000)).toEqual(["3139.8 ms", "100 %", "10.77 ms", "0.34 %"]);
  expect(nodeLines({ ...node, totalNs: 0, selfNs: 0 }, 0)).toEqual(["0.00 ms", "0 %", "0.00 ms", "0 %"]);
});
