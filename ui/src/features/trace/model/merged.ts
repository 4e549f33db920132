// SPDX-License-Identifier: Apache-2.0
// Spans merged by service and name along their path: siblings that are called the same become one node. Nodes are in
// depth-first order, so that a subtree is the range [node, lastNode].
import type { TraceTree } from "./tree";

export interface MergedNode {
  readonly service: string;
  readonly name: string;
  readonly parent: number;
  readonly depth: number;
  readonly count: number;
  readonly errors: number;
  // Sums over the node's spans.
  readonly totalNs: number;
  readonly selfNs: number;
  // Own time of the node and of all below it.
  readonly workNs: number;
  // The longest of its spans.
  readonly longest: number;
}

export interface MergedTree {
  readonly nodes: readonly MergedNode[];
  readonly lastNode: Int32Array;
  // The node of each row.
  readonly nodeOf: Int32Array;
}

interface Grown {
  service: string;
  name: string;
  parent: number;
  count: number;
  errors: number;
  totalNs: number;
  selfNs: number;
  workNs: number;
  longest: number;
  readonly children: Map<string, number>;
  // Below it, in the order in which they were first met.
  readonly below: number[];
}

function grow(tree: TraceTree): { grown: Grown[]; top: number[]; grownOf: Int32Array } {
  const grown: Grown[] = [];
  const top: number[] = [];
  const topIndex = new Map<string, number>();
  const grownOf = new Int32Array(tree.spans.length);
  for (let row = 0; row < tree.spans.length; row += 1) {
    const span = tree.spans[row];
    if (span === undefined) continue;
    const up = tree.parent[row] ?? -1;
    const parent = up < 0 ? -1 : (grownOf[up] ?? -1);
    const siblings = parent < 0 ? topIndex : grown[parent]?.children ?? topIndex;
    const key = `${span.resource.service}\n${span.name}`;
    let at = siblings.get(key);
    if (at === undefined) {
      at = grown.push({
        service: span.resource.service, name: span.name, parent, count: 0, errors: 0, totalNs: 0, selfNs: 0, workNs: 0, longest: row,
        children: new Map(), below: [],
      }) - 1;
      siblings.set(key, at);
      (parent < 0 ? top : grown[parent]?.below ?? top).push(at);
    }
    grownOf[row] = at;
    const node = grown[at];
    if (node === undefined) continue;
    node.count += 1;
    node.errors += span.status === "error" ? 1 : 0;
    node.totalNs += tree.durationNs[row] ?? 0;
    node.selfNs += tree.selfNs[row] ?? 0;
    if ((tree.durationNs[row] ?? 0) > (tree.durationNs[node.longest] ?? 0)) node.longest = row;
  }
  return { grown, top, grownOf };
}

// Parents were met before their children.
function addUpWork(grown: readonly Grown[]): void {
  for (let i = grown.length - 1; i >= 0; i -= 1) {
    const node = grown[i];
    if (node === undefined) continue;
    node.workNs += node.selfNs;
    const up = grown[node.parent];
    if (up !== undefined) up.workNs += node.workNs;
  }
}

// Siblings by their work, most first, as a flame graph shows them.
export function mergeSpans(tree: TraceTree): MergedTree {
  const { grown, top, grownOf } = grow(tree);
  addUpWork(grown);
  const byWork = (a: number, b: number): number => (grown[b]?.workNs ?? 0) - (grown[a]?.workNs ?? 0) || a - b;
  const place = new Int32Array(grown.length);
  const nodes: MergedNode[] = [];
  const stack = top.toSorted(byWork).reverse().map((at) => ({ at, parent: -1, depth: 0 }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const g = grown[next.at];
    if (g === undefined) continue;
    const { service, name, count, errors, totalNs, selfNs, workNs, longest } = g;
    const node = nodes.push({ service, name, count, errors, totalNs, selfNs, workNs, longest, parent: next.parent, depth: next.depth }) - 1;
    place[next.at] = node;
    for (const at of g.below.toSorted(byWork).reverse()) stack.push({ at, parent: node, depth: next.depth + 1 });
  }
  const lastNode = Int32Array.from(nodes.keys());
  for (let node = nodes.length - 1; node >= 0; node -= 1) {
    const up = nodes[node]?.parent ?? -1;
    if (up >= 0) lastNode[up] = Math.max(lastNode[up] ?? 0, lastNode[node] ?? 0);
  }
  return { nodes, lastNode, nodeOf: grownOf.map((g) => place[g] ?? 0) };
}
