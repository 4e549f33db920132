// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useRef, useState, type PointerEvent, type ReactNode } from "react";
import type { TraceSummary } from "~/api/tempo";
import { absoluteRange, type Window } from "~/base/range";
import { formatDateTime, formatDuration, nanosToMs } from "~/base/time";
import { clockTicks } from "~/charts/clockTicks";
import { durationBounds, nearestPoint, paintScatter, placePoint, type ScatterArea, type ScatterPoint } from "~/charts/scatter";
import { tokenColour, useTheme } from "~/widgets/theme";
import { chooseRange } from "~/widgets/TimeRangePicker";
import { go } from "~/widgets/url";
import { useDragRange } from "~/widgets/useDragRange";
import { useWidth } from "~/widgets/useWidth";

const kHeightPx = 104;
const kReachPx = 9;

function decades(area: ScatterArea): readonly number[] {
  const marks: number[] = [];
  for (let ms = area.leastMs; ms <= area.mostMs * 1.001; ms *= 10) marks.push(ms);
  // More than four lines are too close to read.
  return marks.filter((_, i) => (marks.length - 1 - i) % Math.ceil(marks.length / 4) === 0);
}

function Axes({ area }: { readonly area: ScatterArea }): ReactNode {
  const offset = new Date(area.fromMs).getTimezoneOffset();
  return (
    <div aria-hidden>
      {decades(area).map((ms) => (
        <span key={ms} className="level" style={{ top: placePoint(area, 0, ms).y }}>
          <small>{formatDuration(ms * 1e6)}</small>
        </span>
      ))}
      {clockTicks(area.fromMs, area.toMs, Math.max(2, area.widthPx / 130), offset).map(({ ms, text }) => {
        const { x } = placePoint(area, ms, 1);
        // A label at the edge would be cut.
        return x < 20 || x > area.widthPx - 20 ? undefined : <span key={ms} className="moment" style={{ left: x }}>{text}</span>;
      })}
    </div>
  );
}

function Tip({ trace, area }: { readonly trace: TraceSummary; readonly area: ScatterArea }): ReactNode {
  const { x, y } = placePoint(area, nanosToMs(trace.start), trace.durationMs);
  const leftHalf = x < area.widthPx / 2;
  const side = leftHalf ? { left: x + 12 } : { right: area.widthPx - x + 12 };
  return (
    <div className="tip" style={{ ...side, top: Math.min(y, kHeightPx - 52) }}>
      <b>{trace.rooted ? trace.rootName : trace.id.slice(0, 12)}</b>
      <span>{formatDuration(trace.durationMs * 1e6)} · {formatDateTime(nanosToMs(trace.start))}</span>
      {(trace.errorCount ?? 0) > 0 && <span className="error-count">{trace.errorCount} errors</span>}
    </div>
  );
}

// Drag to narrow the time range, click a point to open its trace.
export function DurationChart({ traces, window }: { readonly traces: readonly TraceSummary[]; readonly window: Window }): ReactNode {
  const [box, widthPx] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const [over, setOver] = useState<number>();
  const points = useMemo<readonly ScatterPoint[]>(
    () => traces.map((t) => ({ atMs: nanosToMs(t.start), durationMs: t.durationMs, failed: (t.errorCount ?? 0) > 0 })),
    [traces],
  );
  const area = useMemo<ScatterArea>(
    () => ({ fromMs: window.fromMs, toMs: window.toMs, ...durationBounds(points), widthPx, heightPx: kHeightPx }),
    [points, window.fromMs, window.toMs, widthPx],
  );
  const { dragged, handlers } = useDragRange(({ from, to }) => {
    const length = area.toMs - area.fromMs;
    chooseRange(absoluteRange({ fromMs: area.fromMs + from * length, toMs: area.fromMs + to * length }));
  });
  useEffect(() => {
    if (canvas.current === null || widthPx === 0) return;
    paintScatter(canvas.current, area, points, { point: tokenColour("--accent"), failed: tokenColour("--error") });
  }, [area, points, theme, widthPx]);
  const onMove = (event: PointerEvent<HTMLDivElement>): void => {
    handlers.onPointerMove(event);
    const edge = event.currentTarget.getBoundingClientRect();
    setOver(nearestPoint(area, points, event.clientX - edge.left, event.clientY - edge.top, kReachPx));
  };
  const hovered = over === undefined || dragged !== undefined ? undefined : traces[over];
  return (
    <div className="duration-chart">
      <div
        ref={box}
        className={`plot ${hovered === undefined ? "" : "pointing"}`}
        role="img"
        aria-label="Duration of the traces over time. Drag to narrow the time range."
        {...handlers}
        onPointerMove={onMove}
        onPointerLeave={() => setOver(undefined)}
        onClick={() => {
          if (hovered !== undefined) go(`/trace/${hovered.id}`);
        }}
      >
        <Axes area={area} />
        <canvas ref={canvas} style={{ width: widthPx, height: kHeightPx }} />
        {dragged !== undefined && dragged.to > dragged.from && (
          <i className="window" style={{ left: `${dragged.from * 100}%`, width: `${(dragged.to - dragged.from) * 100}%` }} />
        )}
        {hovered !== undefined && <Tip trace={hovered} area={area} />}
      </div>
    </div>
  );
}
