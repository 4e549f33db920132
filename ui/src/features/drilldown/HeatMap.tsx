// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState, type PointerEvent, type ReactNode } from "react";
import { formatDateTime, formatDuration } from "~/base/time";
import { plural } from "~/base/units";
import { boxOf, cellAt, paintHeat, placeBox, rowBounds, type HeatBox, type HeatCells } from "~/charts/heatMap";
import { tokenColour, useTheme } from "~/widgets/theme";
import { useWidth } from "~/widgets/useWidth";
import { TimeAxis } from "./TimeBars";

interface Point {
  readonly x: number;
  readonly y: number;
}

// A drag shorter than this in both directions is a click.
const kLeastPx = 4;

// Powers of two have more digits than anybody wants to read.
export const roundDuration = (ns: number): string => formatDuration(Number(ns.toPrecision(2)));

function Levels({ cells, heightPx }: { readonly cells: HeatCells; readonly heightPx: number }): ReactNode {
  const high = heightPx / cells.rows;
  const every = Math.max(1, Math.ceil(18 / high));
  return Array.from({ length: cells.rows }, (_, row) => row)
    .filter((row) => row % every === 0)
    .map((row) => (
      <span key={row} className="level faint" style={{ top: heightPx - row * high }} aria-hidden>
        <small>{roundDuration(rowBounds(cells, row).leastNs)}</small>
      </span>
    ));
}

// Drag a box to select spans by time and duration.
export function HeatMap({ cells, box, heightPx, onBox }: {
  readonly cells: HeatCells;
  readonly box: HeatBox | undefined;
  readonly heightPx: number;
  readonly onBox: (box: HeatBox) => void;
}): ReactNode {
  const [plot, widthPx] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const [anchor, setAnchor] = useState<Point>();
  const [pointer, setPointer] = useState<Point>();
  const area = { widthPx, heightPx };
  useEffect(() => {
    if (canvas.current !== null && widthPx > 0) paintHeat(canvas.current, cells, { widthPx, heightPx }, tokenColour("--heat"));
  }, [cells, widthPx, heightPx, theme]);
  const at = (event: PointerEvent<HTMLElement>): Point => {
    const edge = event.currentTarget.getBoundingClientRect();
    return { x: event.clientX - edge.left, y: Math.max(0, Math.min(heightPx, event.clientY - edge.top)) };
  };
  const drawn = anchor !== undefined && pointer !== undefined ? boxOf(cells, area, anchor, pointer) : box;
  const placed = drawn === undefined || widthPx === 0 ? undefined : placeBox(cells, area, drawn);
  const cell = pointer === undefined || anchor !== undefined ? undefined : cellAt(cells, area, pointer.x, pointer.y);
  const count = cell === undefined ? 0 : (cells.counts[cell.row]?.[cell.column] ?? 0);
  return (
    <div className="time-bars heat" style={{ height: heightPx + 20 }}>
      <div ref={plot} className="plot" role="img" aria-label="Durations over time. Drag a box to select spans."
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setAnchor(at(event));
          setPointer(at(event));
        }}
        onPointerMove={(event) => setPointer(at(event))}
        onPointerLeave={() => setPointer(undefined)}
        onPointerCancel={() => setAnchor(undefined)}
        onPointerUp={(event) => {
          const end = at(event);
          setAnchor(undefined);
          if (anchor === undefined || (Math.abs(end.x - anchor.x) < kLeastPx && Math.abs(end.y - anchor.y) < kLeastPx)) return;
          onBox(boxOf(cells, area, anchor, end));
        }}>
        <canvas ref={canvas} style={{ height: heightPx }} />
        <Levels cells={cells} heightPx={heightPx} />
        <span className="level base" style={{ top: heightPx }} aria-hidden />
        <TimeAxis window={cells} widthPx={widthPx} />
        {placed !== undefined && (
          <span className="heat-box" style={{ left: placed.x, top: placed.y, width: placed.width, height: placed.height }} />
        )}
        {cell !== undefined && count > 0 && pointer !== undefined && (
          <div className="tip" style={{ ...(pointer.x < widthPx / 2 ? { left: pointer.x + 10 } : { right: widthPx - pointer.x + 10 }), top: 4 }}>
            <b>{plural(count, "span")}</b>
            <span>{roundDuration(rowBounds(cells, cell.row).leastNs)} – {roundDuration(rowBounds(cells, cell.row).mostNs)}</span>
            <span>{formatDateTime((cells.ends[cell.column] ?? 0) - cells.stepMs)}</span>
          </div>
        )}
      </div>
    </div>
  );
}
