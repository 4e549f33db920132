// SPDX-License-Identifier: Apache-2.0
// A query of metrics as lines over time and as a table.
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { Metrics, MetricsState } from "~/api/metrics";
import { kServiceColours } from "~/base/colour";
import { absoluteRange } from "~/base/range";
import { formatDateTime, formatDuration } from "~/base/time";
import { formatPercent, formatRate, plural } from "~/base/units";
import { clockTicks } from "~/charts/clockTicks";
import { nearestLine, paintLines } from "~/charts/lines";
import { niceMost } from "~/charts/timeBars";
import { Empty, Progress, Skeleton } from "~/widgets/States";
import { tokenColour, useTheme } from "~/widgets/theme";
import { chooseRange } from "~/widgets/TimeRangePicker";
import { useDragRange } from "~/widgets/useDragRange";
import { useWidth } from "~/widgets/useWidth";
import { seriesRows, unitOf, type SeriesRow } from "./model/series";
import { Problem } from "./Results";

const kHeightPx = 220;
const kShown = 100;

const plainNumber = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4))));
const kFormats = { seconds: (s: number) => formatDuration(s * 1e9), rate: formatRate, number: plainNumber } as const;

// Each series has its own place in the palette, far from its neighbours'.
const colourOf = (i: number): string => `--svc-${(i * 7) % kServiceColours}`;

function Chart({ metrics, rows, format }: {
  readonly metrics: Metrics;
  readonly rows: readonly SeriesRow[];
  readonly format: (value: number) => string;
}): ReactNode {
  const [box, widthPx] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const [pointer, setPointer] = useState<{ readonly x: number; readonly y: number }>();
  const { window, stepMs } = metrics;
  const area = useMemo(() => ({
    ...window, widthPx, heightPx: kHeightPx, most: niceMost(rows.reduce((most, r) => Math.max(most, r.most), 0)),
  }), [window, widthPx, rows]);
  useEffect(() => {
    if (canvas.current === null || widthPx === 0) return;
    paintLines(canvas.current, area, stepMs, rows.map((row, i) => ({ points: row.points, colour: tokenColour(colourOf(i)) })));
  }, [area, rows, stepMs, theme, widthPx]);
  const { dragged, handlers } = useDragRange(({ from, to }) => {
    const length = window.toMs - window.fromMs;
    chooseRange(absoluteRange({ fromMs: window.fromMs + from * length, toMs: window.fromMs + to * length }));
  });
  const near = pointer === undefined || dragged !== undefined ? undefined : nearestLine(area, rows, pointer.x, pointer.y);
  const offset = new Date(window.fromMs).getTimezoneOffset();
  return (
    <div className="time-bars" style={{ height: kHeightPx + 20 }}>
      <div ref={box} className="plot" role="img" aria-label="Values over time. Drag to narrow the time range." {...handlers}
        onPointerMove={(event) => {
          handlers.onPointerMove(event);
          const edge = event.currentTarget.getBoundingClientRect();
          setPointer({ x: event.clientX - edge.left, y: event.clientY - edge.top });
        }}
        onPointerLeave={() => setPointer(undefined)}>
        <canvas ref={canvas} style={{ height: kHeightPx }} />
        {[0, 0.5, 1].map((part) => (
          <span key={part} className={`level ${part === 0 ? "base" : ""}`} style={{ top: kHeightPx * (1 - part) }} aria-hidden>
            {part > 0 && <small>{format(area.most * part)}</small>}
          </span>
        ))}
        {clockTicks(window.fromMs, window.toMs, Math.max(2, widthPx / 110), offset).map(({ ms, text }) => {
          const x = ((ms - window.fromMs) / (window.toMs - window.fromMs)) * widthPx;
          return x < 20 || x > widthPx - 20 ? undefined : <span key={ms} className="moment" style={{ left: x }}>{text}</span>;
        })}
        {dragged !== undefined && <span className="dragged" style={{ left: `${dragged.from * 100}%`, width: `${(dragged.to - dragged.from) * 100}%` }} />}
        {near !== undefined && pointer !== undefined && (
          <div className="tip" style={{ ...(pointer.x < widthPx / 2 ? { left: pointer.x + 12 } : { right: widthPx - pointer.x + 12 }), top: 4 }}>
            <span><i className="swatch" style={{ background: `var(${colourOf(near.line)})` }} aria-hidden /> {rows[near.line]?.name}</span>
            <b>{format(near.point.value)}</b>
            <span>{formatDateTime(near.point.ms)}</span>
          </div>
        )}
      </div>
    </div>
  );
}

export function MetricsResults({ metrics, query }: { readonly metrics: MetricsState; readonly query: string }): ReactNode {
  const unit = unitOf(query);
  const rows = useMemo(() => (metrics.data === undefined ? [] : seriesRows(metrics.data, unit).slice(0, kShown)), [metrics.data, unit]);
  const format = kFormats[unit];
  const all = metrics.data?.series.length ?? 0;
  return (
    <section className="results metrics-results" aria-label="Metrics" aria-busy={metrics.isFetching}>
      {metrics.isFetching && <Progress label="Computing" />}
      <header>
        <h2>Metrics</h2>
        <span className="summary" role="status">
          {metrics.progress !== undefined ? `${formatPercent(metrics.progress)} searched` : plural(all, "series", "series")}
          {all > kShown && `, the ${kShown} largest shown`}
          {metrics.data !== undefined && metrics.data.partial !== "" && <> · <b>{metrics.data.partial}</b></>}
        </span>
      </header>
      {metrics.error !== null && <Problem error={metrics.error} query={query} onRetry={() => void metrics.refetch()} />}
      {metrics.error === null && metrics.data === undefined && <Skeleton rows={8} />}
      {metrics.error === null && metrics.data !== undefined && rows.length === 0 && <Empty title="No values"><p>No span matches in this time range.</p></Empty>}
      {metrics.error === null && metrics.data !== undefined && rows.length > 0 && (
        <div className="metrics-body" tabIndex={0} role="group" aria-label="Series">
          <Chart metrics={metrics.data} rows={rows} format={format} />
          <div className="scroll-x">
            <table className="plain">
              <thead><tr><th>Series</th><th className="num">Last</th><th className="num">Max</th><th className="num">Mean</th></tr></thead>
              <tbody>
                {rows.map((row, i) => (
                  <tr key={row.name}>
                    <td className="mono"><i className="swatch" style={{ background: `var(${colourOf(i)})` }} aria-hidden /> {row.name}</td>
                    <td className="num">{format(row.last)}</td><td className="num">{format(row.most)}</td><td className="num">{format(row.mean)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </div>
      )}
    </section>
  );
}
