// SPDX-License-Identifier: Apache-2.0
// Layers from left to right, by dagre.
import { graphlib, layout } from "@dagrejs/dagre";
import { framed, type Cell, type GraphShape, type Places } from "./layout";

export function layeredPlaces(shape: GraphShape, cell: Cell): Places {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: 8, ranksep: 36, edgesep: 4 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (let i = 0; i < shape.nodes; i += 1) graph.setNode(String(i), { width: cell.widthPx, height: cell.heightPx });
  for (const [from, to] of shape.edges) graph.setEdge(String(from), String(to));
  layout(graph);
  const at = (axis: "x" | "y"): Float64Array =>
    Float64Array.from({ length: shape.nodes }, (_, i) => Number((graph.node(String(i)) as { x?: number; y?: number })[axis] ?? 0));
  return framed(at("x"), at("y"), cell);
}
