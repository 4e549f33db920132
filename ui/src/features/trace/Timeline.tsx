// SPDX-License-Identifier: Apache-2.0
import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronsDownUp, ChevronsUpDown, ListChevronsDownUp, ListChevronsUpDown, ZoomOut } from "lucide-react";
import { useEffect, useMemo, useRef, type ReactNode } from "react";
import { formatDuration } from "~/base/time";
import { share, ticks, type Extent } from "~/charts/timeScale";
import { IconButton } from "~/widgets/Button";
import { useWidth } from "~/widgets/useWidth";
import type { Stretch } from "./model/criticalPath";
import type { TraceTree } from "./model/tree";
import { SpanRow } from "./SpanRow";
import { useDragRange } from "~/widgets/useDragRange";
import { NameResizer, useNameWidth } from "./NameResizer";
import type { CollapseActions } from "./useTraceView";

interface Props {
  readonly tree: TraceTree;
  readonly rows: Int32Array;
  readonly extent: Extent;
  readonly zoomed: boolean;
  readonly collapsed: ReadonlySet<number>;
  readonly cursor: number;
  readonly openRow: number | undefined;
  readonly matches: ReadonlySet<number> | undefined;
  // Whether matches get a background of their own, besides the others being dimmed.
  readonly marked: boolean;
  readonly critical: ReadonlyMap<number, readonly Stretch[]> | undefined;
  readonly collapse: CollapseActions;
  readonly onOpen: (row: number) => void;
  readonly onZoom: (zoom: Extent | undefined) => void;
}

export const kRowPx = 28;

function Head({ extent, zoomed, collapse, onZoom, nameWidth, axisWidth }: Pick<Props, "extent" | "zoomed" | "collapse" | "onZoom"> & {
  readonly nameWidth: number;
  readonly axisWidth: number;
}): ReactNode {
  const length = extent.toNs - extent.fromNs;
  const { dragged, handlers } = useDragRange(({ from, to }) =>
    onZoom({ fromNs: extent.fromNs + from * length, toNs: extent.fromNs + to * length }));
  return (
    <div className="timeline-head">
      <div className="name-cell" style={{ width: nameWidth }}>
        <span className="cut">Service and operation</span>
        <span className="grow" />
        <IconButton className="small" label="Collapse one level" icon={<ChevronsDownUp size={15} />} onClick={() => collapse.level(-1)} />
        <IconButton className="small" label="Expand one level" icon={<ChevronsUpDown size={15} />} onClick={() => collapse.level(1)} />
        <IconButton className="small" label="Collapse all" icon={<ListChevronsDownUp size={15} />} onClick={() => collapse.all(true)} />
        <IconButton className="small" label="Expand all" icon={<ListChevronsUpDown size={15} />} onClick={() => collapse.all(false)} />
      </div>
      <div className="axis" title="Drag to zoom" {...handlers}>
        {ticks(extent, Math.max(2, axisWidth / 120)).map((ns) => {
          const at = share(extent, ns);
          // A label at the right edge would be cut.
          return (1 - at) * axisWidth < 60 ? undefined
            : <span key={ns} className="tick" style={{ left: `${at * 100}%` }}>{formatDuration(ns)}</span>;
        })}
        {dragged !== undefined && <i className="window" style={{ left: `${dragged.from * 100}%`, width: `${(dragged.to - dragged.from) * 100}%` }} />}
        {zoomed && <IconButton className="small unzoom" label="Show the whole trace" icon={<ZoomOut size={15} />} onPointerDown={(e) => e.stopPropagation()} onClick={() => onZoom(undefined)} />}
      </div>
    </div>
  );
}

export function Timeline(props: Props): ReactNode {
  const { tree, rows, extent, collapsed, cursor, openRow, matches, critical, collapse, onOpen } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [nameWidth, setNameWidth] = useNameWidth();
  const [measure, width] = useWidth<HTMLDivElement>();
  const barWidth = Math.max(0, width - nameWidth);
  const maxDepth = useMemo(() => tree.depth.reduce((max, d) => Math.max(max, d), 0), [tree]);
  // Deep traces get narrower steps, so that the names stay in sight.
  const indentPx = Math.max(4, Math.min(16, (nameWidth * 0.5) / Math.max(1, maxDepth)));
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => kRowPx,
    overscan: 16,
  });
  useEffect(() => {
    const at = rows.indexOf(cursor);
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
    // Only a moved cursor scrolls; folding rows does not.
  }, [cursor]);
  return (
    <div className="timeline" ref={measure}>
      <Head extent={extent} zoomed={props.zoomed} collapse={collapse} onZoom={props.onZoom} nameWidth={nameWidth} axisWidth={barWidth} />
      <NameResizer width={nameWidth} max={Math.max(200, width - 160)} onChange={setNameWidth} />
      <div
        ref={scroller}
        className="timeline-scroll"
        role="tree"
        aria-label="Spans"
        tabIndex={0}
        aria-activedescendant={`row-${cursor}`}
      >
        <div className="virtual" style={{ height: virtual.getTotalSize() }}>
          <div className="grid" style={{ left: nameWidth }} aria-hidden>
            {ticks(extent, Math.max(2, barWidth / 120)).map((ns) => <i key={ns} style={{ left: `${share(extent, ns) * 100}%` }} />)}
          </div>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index] ?? 0;
            return (
              <div key={row} className="virtual-row" style={{ transform: `translateY(${item.start}px)`, height: kRowPx }}>
                <SpanRow
                  tree={tree} row={row} extent={extent} nameWidth={nameWidth} barWidth={barWidth} indentPx={indentPx}
                  collapsed={collapsed.has(row)} current={row === cursor} open={row === openRow}
                  match={matches?.has(row)} marked={props.marked} critical={critical?.get(row)}
                  onToggle={collapse.one} onOpen={onOpen}
                />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
