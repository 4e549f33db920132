// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { traceOf } from "./testTrace";
import { buildTree, collapsedToDepth, shownDepth, visibleRows, type TraceTree } from "./tree";

const tree = buildTree(traceOf(`
  root 0 100
    b 50 90
      b1 60 80
    a 10 40 error
      a1 10 20
      a2 15 30
`));

const names = (t: TraceTree, rows: Iterable<number>): (string | undefined)[] => [...rows].map((row) => t.spans[row]?.name);

describe("buildTree", () => {
  it("lays the spans out depth first, siblings by start", () => {
    expect(names(tree, tree.spans.keys())).toEqual(["root", "a", "a1", "a2", "b", "b1"]);
    expect([...tree.depth]).toEqual([0, 1, 2, 2, 1, 2]);
    expect([...tree.parent]).toEqual([-1, 0, 1, 1, 0, 4]);
    expect([...tree.lastRow]).toEqual([5, 3, 2, 3, 5, 5]);
    expect([...tree.childCount]).toEqual([2, 2, 0, 0, 1, 0]);
    expect(tree.totalNs).toBe(100e6);
    expect(tree.errorCount).toBe(1);
  });

  it("takes overlapping children from the own time once", () => {
    expect([...tree.selfNs].map((ns) => ns / 1e6)).toEqual([30, 10, 10, 15, 20, 20]);
  });

  it("shows spans whose parent is missing as roots, and says so", () => {
    const t = buildTree(traceOf("  late 5 9 parent=gone\n  root 0 10"));
    expect(names(t, t.spans.keys())).toEqual(["root", "late"]);
    expect([...t.orphan]).toEqual([0, 1]);
  });

  it("loses no span of a circle, nor of two that share an id", () => {
    const circle = buildTree(traceOf("  a 0 1 parent=b\n  b 0 1 parent=a"));
    expect(circle.spans).toHaveLength(2);
    const twins = buildTree(traceOf("  r 0 9\n  x 1 2 parent=r\n  x 3 4 parent=r\n  y 3 4 parent=x"));
    expect(names(twins, twins.spans.keys())).toEqual(["r", "x", "y", "x"]);
  });

  it("takes a chain deeper than any call stack", () => {
    const n = 50_000;
    const chain = Array.from({ length: n }, (_, i) => `s${i} 0 1${i === 0 ? "" : ` parent=s${i - 1}`}`).join("\n");
    const deep = buildTree(traceOf(chain));
    expect(deep.depth[n - 1]).toBe(n - 1);
    expect(deep.lastRow[0]).toBe(n - 1);
  });
});

describe("visibleRows", () => {
  it("hides the whole subtree of a collapsed row", () => {
    expect(names(tree, visibleRows(tree, new Set([1]), undefined))).toEqual(["root", "a", "b", "b1"]);
    expect(names(tree, visibleRows(tree, new Set([0]), undefined))).toEqual(["root"]);
  });

  it("can be kept to some rows", () => {
    expect(names(tree, visibleRows(tree, new Set([4]), new Set([2, 5])))).toEqual(["a1"]);
  });

  it("folds level by level", () => {
    expect(shownDepth(tree, new Set())).toBe(2);
    const level = collapsedToDepth(tree, 1);
    expect(names(tree, visibleRows(tree, level, undefined))).toEqual(["root", "a", "b"]);
    expect(shownDepth(tree, level)).toBe(1);
    expect(names(tree, visibleRows(tree, collapsedToDepth(tree, 0), undefined))).toEqual(["root"]);
  });
});
