// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { mergeSpans } from "./merged";
import { traceOf } from "./testTrace";
import { buildTree, type TraceTree } from "./tree";

// Names lose their last digit, since ids of these traces are names.
function treeOf(text: string): TraceTree {
  const trace = traceOf(text);
  return buildTree({ ...trace, spans: trace.spans.map((s) => ({ ...s, name: s.name.replace(/\d+$/, "") })) });
}

describe("mergeSpans", () => {
  const tree = treeOf(`
    root 0 100
      get1 0 10
        read1 2 5
      post 10 80 error
      get2 80 95 error
        read2 81 95 svc=db
  `);
  const { nodes, lastNode, nodeOf } = mergeSpans(tree);

  it("makes one node of siblings that are called the same, most work first", () => {
    expect(nodes.map((n) => `${"  ".repeat(n.depth)}${n.service} ${n.name} ${n.count}`)).toEqual([
      "svc root 1", "  svc post 1", "  svc get 2", "    db read 1", "    svc read 1",
    ]);
    expect([...lastNode]).toEqual([4, 1, 4, 3, 4]);
    expect([...nodeOf]).toEqual([0, 2, 4, 1, 2, 3]);
  });

  it("adds up times, errors and work", () => {
    expect(nodes[2]).toMatchObject({ totalNs: 25e6, selfNs: 8e6, workNs: 25e6, errors: 1, longest: 4 });
    expect(nodes[0]).toMatchObject({ totalNs: 100e6, selfNs: 5e6, workNs: 100e6 });
  });

  it("counts parallel work as often as it runs", () => {
    const parallel = mergeSpans(treeOf("  root 0 10\n    a 0 10\n    b 0 10"));
    expect(parallel.nodes[0]?.workNs).toBe(20e6);
  });

  it("takes a chain deeper than any call stack", () => {
    const n = 20_000;
    const chain = Array.from({ length: n }, (_, i) => `s${i} 0 1${i === 0 ? "" : ` parent=s${i - 1}`}`).join("\n");
    expect(mergeSpans(treeOf(chain)).nodes).toHaveLength(n);
  });
});
