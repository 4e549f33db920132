// SPDX-License-Identifier: Apache-2.0
// Loaded when it is first shown: dagre alone is a tenth of the page.
import { useMemo, type ReactNode } from "react";
import { formatDuration } from "~/base/time";
import { formatWhole, plural } from "~/base/units";
import { forcePlaces, gridPlaces, type Cell, type Places } from "~/charts/graph/layout";
import { layeredPlaces } from "~/charts/graph/layered";
import { NodeGraph, type GraphNode } from "~/charts/graph/NodeGraph";
import { Segments } from "~/widgets/Segments";
import { serviceClass } from "~/widgets/service";
import { setParams } from "~/widgets/url";
import { nodeLines, spanGraph, type SpanGraph, type SpanNode } from "./model/graph";
import type { Layout } from "./model/state";
import type { TraceTree } from "./model/tree";
import type { TraceViewModel } from "./useTraceView";

const kCell: Cell = { widthPx: 154, heightPx: 156 };
const kGridAspect = 2;

const kLayoutTexts: readonly { readonly value: Layout; readonly text: string }[] = [
  { value: "layered", text: "Layered" }, { value: "force", text: "Force" }, { value: "grid", text: "Grid" },
];

function placesOf(graph: SpanGraph, layout: Layout): Places {
  const shape = { nodes: graph.nodes.length, edges: graph.edges };
  switch (layout) {
    case "layered": return layeredPlaces(shape, kCell);
    case "force": return forcePlaces(shape, kCell);
    case "grid": return gridPlaces(shape, kCell, kGridAspect);
  }
}

function circle(node: SpanNode, traceNs: number, dim: boolean): GraphNode {
  const own = traceNs > 0 ? Math.min(1, node.selfNs / traceNs) : 0;
  const failedShare = node.errors / Math.max(1, node.count);
  const failed = node.errors > 0;
  const many = node.count > 1 ? `${plural(node.count, "span")}, ` : "";
  return {
    id: String(node.row),
    title: node.service,
    subtitle: node.count > 1 ? `${node.name} ×${formatWhole(node.count)}` : node.name,
    lines: nodeLines(node, traceNs),
    ring: [{ share: failedShare, className: "failed" }, { share: 1 - failedShare, className: "fine" }],
    inner: [{ share: own, className: "own" }],
    className: `${serviceClass(node.service)} ${failed ? "failed" : ""} ${dim ? "dim" : ""}`,
    text: `${node.service} ${node.name}: ${many}total ${formatDuration(node.totalNs)}, self ${formatDuration(node.selfNs)}` +
      (failed ? `, ${plural(node.errors, "error")}` : ""),
  };
}

// Nodes with a matching row; undefined without a filter.
function matchingNodes(graph: SpanGraph, view: TraceViewModel): ReadonlySet<number> | undefined {
  return view.matches === undefined ? undefined : new Set(view.matches.rows.map((row) => graph.nodeOf[row] ?? -1));
}

function Legend({ graph }: { readonly graph: SpanGraph }): ReactNode {
  return (
    <div className="graph-legend">
      <span><b>123 ms</b> total, share of the trace</span>
      <span><b>45 ms</b> self, share of the span</span>
      <span><i className="key own" aria-hidden /> self as share of the trace</span>
      <span><i className="key failed" aria-hidden /> failed spans, else the colour of the service</span>
      {graph.merged && <span>Spans called the same on the same path are one node.</span>}
      {graph.hidden > 0 && <span>{plural(graph.hidden, "smaller node")} not shown.</span>}
    </div>
  );
}

export default function GraphTab({ tree, view }: { readonly tree: TraceTree; readonly view: TraceViewModel }): ReactNode {
  const { layout } = view.state;
  const graph = useMemo(() => spanGraph(tree), [tree]);
  const places = useMemo(() => placesOf(graph, layout), [graph, layout]);
  const matching = useMemo(() => matchingNodes(graph, view), [graph, view.matches]);
  const nodes = useMemo(
    () => graph.nodes.map((node, i) => circle(node, tree.totalNs, matching !== undefined && !matching.has(i))),
    [graph, tree, matching],
  );
  const selected = view.openRow === undefined ? undefined : graph.nodeOf[view.openRow];
  return (
    <section className="graph-tab" aria-label="Node graph">
      <NodeGraph
        label="Spans as a graph. Arrows move between nodes, Enter opens the span, plus and minus zoom, 0 shows all."
        nodes={nodes}
        edges={graph.edges}
        places={places}
        selected={selected === undefined || selected < 0 ? undefined : selected}
        onSelect={(node) => {
          const row = graph.nodes[node]?.row;
          if (row !== undefined) view.toggleOpen(row);
        }}
      />
      <div className="graph-layouts">
        <Segments<Layout> label="Layout" value={layout} items={kLayoutTexts}
          onChange={(next) => setParams({ layout: next === "layered" ? undefined : next }, "replace")} />
      </div>
      <Legend graph={graph} />
    </section>
  );
}
