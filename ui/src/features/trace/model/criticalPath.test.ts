// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { criticalPath } from "./criticalPath";
import { traceOf } from "./testTrace";
import { buildTree } from "./tree";

// As "name from-to" in milliseconds, in order of time.
function path(text: string): string[] {
  const tree = buildTree(traceOf(text));
  return [...criticalPath(tree)]
    .sort((a, b) => a.fromNs - b.fromNs)
    .map((s) => `${tree.spans[s.row]?.name} ${s.fromNs / 1e6}-${s.toNs / 1e6}`);
}

describe("criticalPath", () => {
  it("goes through children one after the other", () => {
    expect(path("root 0 100\n a 10 40\n b 50 90")).toEqual(["root 0-10", "a 10-40", "root 40-50", "b 50-90", "root 90-100"]);
  });

  it("follows the child that ends last and leaves out what ran beside it", () => {
    expect(path("root 0 100\n quick 10 50\n slow 10 90")).toEqual(["root 0-10", "slow 10-90", "root 90-100"]);
  });

  it("takes from an overlapping child only what came before", () => {
    expect(path("root 0 100\n a 0 60\n b 40 100")).toEqual(["a 0-40", "b 40-100"]);
  });

  it("goes down into grandchildren", () => {
    expect(path("root 0 10\n a 1 9\n  a1 2 8")).toEqual(["root 0-1", "a 1-2", "a1 2-8", "a 8-9", "root 9-10"]);
  });

  it("cuts children that outlive their parent and skips those that start after it", () => {
    expect(path("root 0 10\n late 5 20\n after 11 30")).toEqual(["root 0-5", "late 5-10"]);
  });

  it("covers the root's time exactly, whatever the tree", () => {
    let seed = 42;
    const random = (): number => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
    for (let round = 0; round < 50; round += 1) {
      const lines = ["s0 0 1000"];
      for (let i = 1; i < 40; i += 1) {
        const start = Math.floor(random() * 1000);
        lines.push(`s${i} ${start} ${start + Math.floor(random() * 300)} parent=s${Math.floor(random() * i)}`);
      }
      const tree = buildTree(traceOf(lines.join("\n")));
      const stretches = [...criticalPath(tree)].sort((a, b) => a.fromNs - b.fromNs);
      let at = 0;
      for (const s of stretches) {
        expect(s.fromNs).toBe(at);
        at = s.toNs;
      }
      expect(at).toBe(1000e6);
    }
  });

  it("is empty for a trace without spans", () => expect(path("")).toEqual([]));
});
