// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { layoutFlame, neighbour, nodeAt, type FlameView } from "./flameLayout";
import { flameTree } from "./flameTree";

// "label value" in lines; indentation is depth.
function treeOf(text: string): ReturnType<typeof flameTree> {
  const path: number[] = [];
  return flameTree(text.split("\n").filter((l) => l.trim() !== "").map((line, i) => {
    const depth = line.search(/\S/) / 2;
    const [label = "", value] = line.trim().split(" ");
    path[depth] = i;
    return { label, parent: depth === 0 ? -1 : (path[depth - 1] ?? -1), depth, value: Number(value), colour: 0, failed: false };
  }));
}

const tree = treeOf(`
root 100
  a 60
    a1 30
    a2 10
  b 30
    b1 30
other 20
`);
const view: FlameView = { focus: -1, widthPx: 120, rowPx: 10, topPx: 0, heightPx: 100 };
const placed = (v: FlameView): string[] => {
  const r = layoutFlame(tree, v);
  return r.node.map((node, i) => `${tree.labels[node]} ${r.x[i]}+${r.width[i]} @${r.y[i]}`);
};

describe("layoutFlame", () => {
  it("lays children from their parent's left", () => {
    expect(placed(view)).toEqual([
      "root 0+100 @0", "a 0+60 @10", "a1 0+30 @20", "a2 30+10 @20", "b 60+30 @10", "b1 60+30 @20", "other 100+20 @0",
    ]);
  });

  it("lets a focused node and those above it fill the width", () => {
    expect(placed({ ...view, focus: 1 })).toEqual(["root 0+120 @0", "a 0+120 @10", "a1 0+60 @20", "a2 60+20 @20"]);
  });

  it("leaves out what is too thin or not in view", () => {
    expect(placed({ ...view, widthPx: 3 })).toEqual(["root 0+2.5 @0", "a 0+1.5 @10", "a1 0+0.75 @20", "b 1.5+0.75 @10", "b1 1.5+0.75 @20"]);
    expect(placed({ ...view, topPx: 11, heightPx: 5 })).toEqual(["a 0+60 @10", "b 60+30 @10"]);
  });

  it("finds the node under a point", () => {
    const rects = layoutFlame(tree, view);
    expect([nodeAt(rects, 10, 35, 25), nodeAt(rects, 10, 95, 15), nodeAt(rects, 10, 119, 9)]).toEqual([3, -1, 6]);
  });
});

it("walks to parent, child and siblings, and stays where there is none", () => {
  const walk = (node: number, ...to: Parameters<typeof neighbour>[2][]): number => to.reduce((at, d) => neighbour(tree, at, d), node);
  expect(walk(0, "down", "down", "right")).toBe(3);
  expect(walk(3, "left", "up", "right", "down")).toBe(5);
  expect(walk(0, "right")).toBe(6);
  expect(walk(6, "left", "left", "up")).toBe(0);
  expect(walk(6, "down", "right")).toBe(6);
});
