// SPDX-License-Identifier: Apache-2.0
import { useCallback, useDeferredValue, useMemo, useState, type ReactNode } from "react";
import { useTrace } from "~/api/hooks";
import type { Trace } from "~/api/trace";
import type { Extent } from "~/charts/timeScale";
import { Button } from "~/widgets/Button";
import { Segments } from "~/widgets/Segments";
import { Empty, Failure, Progress, Skeleton } from "~/widgets/States";
import { Link, setParams, useQueryParams } from "~/widgets/url";
import { FilterBar } from "./FilterBar";
import { JsonTab } from "./JsonTab";
import { Minimap } from "./Minimap";
import { criticalPath, type Stretch } from "./model/criticalPath";
import { matchingRows, type Pill } from "./model/filter";
import { readState, zoomText, type Tab } from "./model/state";
import { buildTree, collapsedToDepth, shownDepth, visibleRows, type TraceTree } from "./model/tree";
import { SpanDetail } from "./SpanDetail";
import { Timeline, type CollapseActions } from "./Timeline";
import { TraceHeader } from "./TraceHeader";
import { useTraceKeys } from "./useTraceKeys";

function useCollapse(tree: TraceTree): { collapsed: ReadonlySet<number>; actions: CollapseActions } {
  const [collapsed, setCollapsed] = useState<ReadonlySet<number>>(new Set());
  const actions = useMemo<CollapseActions>(() => ({
    one: (row) => setCollapsed((was) => {
      const next = new Set(was);
      if (!next.delete(row)) next.add(row);
      return next;
    }),
    level: (step) => setCollapsed((was) => {
      const shown = shownDepth(tree, was);
      return step < 0 ? collapsedToDepth(tree, Math.max(0, shown - 1)) : collapsedToDepth(tree, shown + 1);
    }),
    all: (collapse) => setCollapsed(collapse ? collapsedToDepth(tree, 0) : new Set()),
  }), [tree]);
  return { collapsed, actions };
}

function byRow(stretches: readonly Stretch[]): ReadonlyMap<number, readonly Stretch[]> {
  const rows = new Map<number, Stretch[]>();
  for (const stretch of stretches) {
    const found = rows.get(stretch.row);
    if (found === undefined) rows.set(stretch.row, [stretch]);
    else found.push(stretch);
  }
  return rows;
}

function pillCounts(tree: TraceTree): Record<Pill, number> {
  const count = (pill: Pill): number => matchingRows(tree, { text: "", pills: [pill] })?.length ?? 0;
  return { errors: tree.errorCount, critical: count("critical"), slow: count("slow") };
}

function TimelineTab({ tree, children }: { readonly tree: TraceTree; readonly children: ReactNode }): ReactNode {
  const query = useQueryParams();
  const state = readState(query);
  const { collapsed, actions } = useCollapse(tree);
  const openRow = state.span === undefined ? undefined : tree.rowOf.get(state.span);
  const [cursor, setCursor] = useState(openRow ?? 0);
  // In a large trace matching takes longer than a key stroke; typing goes first.
  const text = useDeferredValue(state.filter.text);
  const pills = state.filter.pills.join();
  const matches = useMemo(() => matchingRows(tree, { text, pills: state.filter.pills }), [tree, text, pills]);
  const matchSet = useMemo(() => (matches === undefined ? undefined : new Set(matches)), [matches]);
  const counts = useMemo(() => pillCounts(tree), [tree]);
  const rows = useMemo(
    () => visibleRows(tree, collapsed, state.matchesOnly ? matchSet : undefined),
    [tree, collapsed, matchSet, state.matchesOnly],
  );
  const showsCritical = state.filter.pills.includes("critical");
  const critical = useMemo(() => (showsCritical ? byRow(criticalPath(tree)) : undefined), [tree, showsCritical]);
  const zoom = state.zoom !== undefined && state.zoom.fromNs < tree.totalNs
    ? { fromNs: state.zoom.fromNs, toNs: Math.min(state.zoom.toNs, tree.totalNs) } : undefined;
  // An instant trace still needs an axis.
  const extent = useMemo<Extent>(
    () => zoom ?? { fromNs: 0, toNs: Math.max(1, tree.totalNs) },
    [zoom?.fromNs, zoom?.toNs, tree],
  );
  const onZoom = useCallback((z: Extent | undefined) => setParams({ z: zoomText(z) }, "replace"), []);

  const show = useCallback((row: number | undefined) => {
    setParams({ span: row === undefined ? undefined : tree.spans[row]?.id }, "replace");
  }, [tree]);
  const moveTo = useCallback((row: number) => {
    setCursor(row);
    if (openRow !== undefined) show(row);
  }, [openRow, show]);
  const onOpen = useCallback((row: number) => {
    setCursor(row);
    show(row === openRow ? undefined : row);
  }, [openRow, show]);
  const step = (direction: 1 | -1): void => {
    if (matches === undefined || matches.length === 0) return;
    const next = direction > 0
      ? (matches.find((row) => row > cursor) ?? matches[0])
      : (matches.findLast((row) => row < cursor) ?? matches.at(-1));
    if (next === undefined) return;
    for (let up = tree.parent[next] ?? -1; up >= 0; up = tree.parent[up] ?? -1) {
      if (collapsed.has(up)) actions.one(up);
    }
    moveTo(next);
  };
  useTraceKeys({ tree, rows, collapsed, cursor, openRow, moveTo, onOpen, close: () => show(undefined), toggle: actions.one, step });

  return (
    <>
      <FilterBar
        state={state}
        counts={counts}
        matches={matches === undefined ? undefined : { count: matches.length, at: matches.indexOf(cursor) }}
        onStep={step}
      >
        {children}
      </FilterBar>
      <Minimap tree={tree} zoom={zoom} onZoom={onZoom} />
      <div className="trace-body">
        {rows.length === 0 ? (
          <Empty title="No span matches"><Button onClick={() => setParams({ find: undefined, pill: undefined, only: undefined }, "replace")}>Show all spans</Button></Empty>
        ) : (
          <Timeline
            tree={tree} rows={rows} extent={extent} zoomed={zoom !== undefined} collapsed={collapsed} cursor={cursor} openRow={openRow}
            matches={matchSet} marked={state.filter.text.trim() !== ""} critical={critical} collapse={actions} onOpen={onOpen} onZoom={onZoom}
          />
        )}
        {openRow !== undefined && <SpanDetail tree={tree} row={openRow} onClose={() => show(undefined)} />}
      </div>
    </>
  );
}

function Loaded({ trace }: { readonly trace: Trace }): ReactNode {
  const state = readState(useQueryParams());
  const tree = useMemo(() => buildTree(trace), [trace]);
  const tabs = (
    <Segments<Tab>
      role="tabs"
      label="Views of this trace"
      value={state.tab}
      items={[{ value: "timeline", text: "Timeline" }, { value: "json", text: "JSON" }]}
      onChange={(tab) => setParams({ tab: tab === "timeline" ? undefined : tab })}
    />
  );
  return (
    <div className="trace-view">
      <TraceHeader trace={trace} tree={tree} />
      {state.tab === "timeline"
        ? <TimelineTab key={trace.id} tree={tree}>{tabs}</TimelineTab>
        : <JsonTab trace={trace}>{tabs}</JsonTab>}
    </div>
  );
}

export function TraceView({ id }: { readonly id: string }): ReactNode {
  const trace = useTrace(id);
  if (trace.isPending) return <div className="trace-view"><Progress label="Loading the trace" /><Skeleton rows={12} /></div>;
  if (trace.isError) {
    return (
      <Failure title="The trace can't be shown" error={trace.error.message}>
        <Button onClick={() => void trace.refetch()}>Try again</Button>
      </Failure>
    );
  }
  if (trace.data === null) {
    return (
      <Empty title={id === "imported" ? "Nothing is imported" : "No such trace"}>
        <p>{id === "imported"
          ? "An imported trace stays in its tab. Import the file again."
          : `Nothing is stored under ${id}. It may have expired, or its spans have not arrived yet.`}</p>
        <div className="row">
          {id !== "imported" && <Button onClick={() => void trace.refetch()}>Look again</Button>}
          <Link className="button" href="/explore">Explore traces</Link>
        </div>
      </Empty>
    );
  }
  return <Loaded trace={trace.data} />;
}
