// SPDX-License-Identifier: Apache-2.0
// What a flame graph draws, whatever it is made from: nodes in depth-first order, in arrays. A node's width is its value, the
// sum of its own and of all below it; children lie from the left.

export interface FlameTree {
  readonly labels: readonly string[];
  // -1 for a node of the lowest level.
  readonly parent: Int32Array;
  readonly depth: Uint16Array;
  // Last node of the subtree.
  readonly last: Int32Array;
  readonly value: Float64Array;
  // Where the node begins, in values from the left.
  readonly start: Float64Array;
  // Index into the theme's colours.
  readonly colour: Uint8Array;
  // 1 for a node with failures.
  readonly failed: Uint8Array;
  readonly total: number;
  readonly levels: number;
}

export interface FlameNode {
  readonly label: string;
  readonly parent: number;
  readonly depth: number;
  readonly value: number;
  readonly colour: number;
  readonly failed: boolean;
}

// Requires: depth-first order, parents before children, values of children that add up to their parent's at most.
export function flameTree(nodes: readonly FlameNode[]): FlameTree {
  const n = nodes.length;
  const start = new Float64Array(n);
  const last = Int32Array.from(nodes.keys());
  // Where the next child of each node begins.
  const filled = new Float64Array(n);
  let total = 0;
  nodes.forEach((node, i) => {
    const { parent, value } = node;
    if (parent < 0) {
      start[i] = total;
      total += value;
    } else {
      start[i] = filled[parent] ?? 0;
      filled[parent] = (start[i] ?? 0) + value;
    }
    filled[i] = start[i] ?? 0;
  });
  for (let i = n - 1; i >= 0; i -= 1) {
    const up = nodes[i]?.parent ?? -1;
    if (up >= 0) last[up] = Math.max(last[up] ?? 0, last[i] ?? 0);
  }
  return {
    labels: nodes.map((node) => node.label),
    parent: Int32Array.from(nodes, (node) => node.parent),
    depth: Uint16Array.from(nodes, (node) => Math.min(node.depth, 65535)),
    last, start, total,
    value: Float64Array.from(nodes, (node) => node.value),
    colour: Uint8Array.from(nodes, (node) => node.colour),
    failed: Uint8Array.from(nodes, (node) => (node.failed ? 1 : 0)),
    levels: nodes.reduce((most, node) => Math.max(most, node.depth + 1), 0),
  };
}
