// SPDX-License-Identifier: Apache-2.0
import { useCallback, useMemo, type ReactNode } from "react";
import type { Extent } from "~/charts/timeScale";
import { setParams } from "~/widgets/url";
import { Minimap } from "./Minimap";
import { criticalPath, type Stretch } from "./model/criticalPath";
import { zoomText } from "./model/state";
import { visibleRows, type TraceTree } from "./model/tree";
import { NoMatch } from "./NoMatch";
import { Timeline } from "./Timeline";
import { useTimelineKeys } from "./useTraceKeys";
import type { TraceViewModel } from "./useTraceView";

function byRow(stretches: readonly Stretch[]): ReadonlyMap<number, readonly Stretch[]> {
  const rows = new Map<number, Stretch[]>();
  for (const stretch of stretches) {
    const found = rows.get(stretch.row);
    if (found === undefined) rows.set(stretch.row, [stretch]);
    else found.push(stretch);
  }
  return rows;
}

export function TimelineTab({ tree, view, children }: {
  readonly tree: TraceTree;
  readonly view: TraceViewModel;
  // What stands beside the timeline.
  readonly children: ReactNode;
}): ReactNode {
  const { state, matches, collapsed, collapse, cursor, openRow, moveTo, toggleOpen } = view;
  const rows = useMemo(
    () => visibleRows(tree, collapsed, state.matchesOnly ? matches?.set : undefined),
    [tree, collapsed, matches, state.matchesOnly],
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
  useTimelineKeys({ tree, rows, collapsed, cursor, openRow, moveTo, onOpen: toggleOpen, toggle: collapse.one, zoom, onZoom });
  return (
    <>
      <Minimap tree={tree} zoom={zoom} onZoom={onZoom} />
      <div className="trace-body">
        {rows.length === 0 ? <NoMatch /> : (
          <Timeline
            tree={tree} rows={rows} extent={extent} zoomed={zoom !== undefined} collapsed={collapsed} cursor={cursor} openRow={openRow}
            matches={matches?.set} marked={state.filter.text.trim() !== ""} critical={critical} collapse={collapse} onOpen={toggleOpen}
            onZoom={onZoom}
          />
        )}
        {children}
      </div>
    </>
  );
}
