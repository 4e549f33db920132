// SPDX-License-Identifier: Apache-2.0
import { ChevronDown, ChevronRight, ExternalLink } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { useSearch } from "~/api/hooks";
import { formatDuration } from "~/base/time";
import { formatPercent, formatWhole, plural } from "~/base/units";
import { Empty, Skeleton } from "~/widgets/States";
import { serviceClass } from "~/widgets/service";
import { Link } from "~/widgets/url";
import { structureTrees, visibleNodes, type StructureNode, type StructureTree } from "./model/structure";
import { structureQuery } from "./model/state";
import { rangeOf, type TabProps } from "./tab";
import { Loading, Problem } from "./Waiting";

const kTraces = 200;
const kSpans = 100;
const kTrees = 12;

function Node({ node, longestNs, closed, onToggle }: {
  readonly node: StructureNode;
  readonly longestNs: number;
  readonly closed: boolean;
  readonly onToggle: () => void;
}): ReactNode {
  const failed = node.errors === 0 ? "–" : formatPercent(node.errors / node.count);
  const percent = (ns: number): string => `${Math.min(100, (100 * ns) / Math.max(1, longestNs))}%`;
  return (
    <div className={`structure-row ${serviceClass(node.service)} ${node.errors > 0 ? "failed" : ""}`} role="treeitem" aria-level={node.depth + 1}
      aria-expanded={node.children.length === 0 ? undefined : !closed}>
      <span className="structure-name" style={{ paddingLeft: `calc(${node.depth} * var(--indent) + 4px)` }}>
        {node.children.length === 0 ? <i className="no-toggle" /> : (
          <button type="button" className="icon-button small" aria-label={closed ? "Open" : "Close"} onClick={onToggle}>
            {closed ? <ChevronRight size={14} /> : <ChevronDown size={14} />}
          </button>
        )}
        <i className="dot" aria-hidden />
        <span className="cut"><b>{node.service}</b> {node.name}</span>
        <Link href={`/trace/${node.traceId}?span=${node.spanId}`} className="icon-button small" aria-label={`A trace with ${node.name}`} title="Open a trace that has it">
          <ExternalLink size={13} />
        </Link>
      </span>
      <span className="num">{formatWhole(node.count)}<span className="off-screen"> spans, failed </span></span>
      <span className={`num ${node.errors > 0 ? "error-text" : "quiet"}`}>{failed}<span className="off-screen">, on average </span></span>
      <span className="structure-track" aria-hidden>
        <i style={{ left: percent(node.meanOffsetNs), width: percent(node.meanNs) }} />
      </span>
      <span className="num">{formatDuration(node.meanNs)}</span>
    </div>
  );
}

function Tree({ tree }: { readonly tree: StructureTree }): ReactNode {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string): void => setClosed((was) => {
    const next = new Set(was);
    if (!next.delete(key)) next.add(key);
    return next;
  });
  const { root } = tree;
  return (
    <section className="card structure" aria-label={`${root.service} ${root.name}`}>
      <header>
        <b>{root.service}</b> {root.name} <small>{plural(root.count, "trace")}, {plural(tree.spans, "span")}</small>
      </header>
      <div className="structure-head" aria-hidden>
        <span>Service and operation</span><span className="num">Spans</span><span className="num">Errors</span>
        <span className="ends"><span>0 s</span><span>{formatDuration(tree.longestNs)}</span></span><span className="num">Mean</span>
      </div>
      <div role="tree" aria-label={`Structure of ${root.name}`}>
        {visibleNodes(root, closed).map((node) => (
          <Node key={node.key} node={node} longestNs={tree.longestNs} closed={closed.has(node.key)} onToggle={() => toggle(node.key)} />
        ))}
      </div>
    </section>
  );
}

const kWhat = {
  rate: "Spans of many traces as one tree for each root operation: what calls what, how often, how long on average.",
  errors: "The failed spans of failed traces, merged: the deepest ones are where the errors come from.",
  duration: "The long spans of the slowest tenth, or of the selection: where their time goes.",
} as const;

export function Structure(props: TabProps): ReactNode {
  const { state, refreshMs, slowNs } = props;
  const range = rangeOf(props);
  const params = useMemo(
    () => ({ q: structureQuery(state, slowNs === undefined ? undefined : Number(slowNs.toPrecision(2))), limit: kTraces, spansPerTrace: kSpans, range }),
    [state, slowNs, range],
  );
  const search = useSearch(params, refreshMs);
  const trees = useMemo(() => structureTrees(search.data?.traces ?? []), [search.data]);
  return (
    <div className="structures">
      <p className="note">{kWhat[state.metric]} The newest {plural(search.data?.traces.length ?? 0, "trace")} of the range.</p>
      <Loading of={search} label="Loading the structure" />
      {search.isError && search.data === undefined && <Problem of={search} title="The structure did not succeed" />}
      {search.isPending && !search.isError && <Skeleton rows={6} />}
      {search.data !== undefined && trees.length === 0 && (
        <Empty title={state.metric === "errors" ? "Nothing failed here" : "No spans here"}><p>Take a longer time range or fewer filters.</p></Empty>
      )}
      {trees.slice(0, kTrees).map((tree) => <Tree key={tree.root.key} tree={tree} />)}
      {trees.length > kTrees && <p className="note">{plural(trees.length - kTrees, "rarer root operation")} not shown; add a filter to see them.</p>}
    </div>
  );
}
