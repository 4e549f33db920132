// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useRef, useState, type PointerEvent, type ReactNode } from "react";
import { absoluteRange, type Window } from "~/base/range";
import { formatDateTime } from "~/base/time";
import { clockTicks } from "~/charts/clockTicks";
import { barAt, mostOf, niceMost, paintBars, type Bar, type BarArea } from "~/charts/timeBars";
import { tokenColour, useTheme } from "~/widgets/theme";
import { chooseRange } from "~/widgets/TimeRangePicker";
import { useDragRange } from "~/widgets/useDragRange";
import { useWidth } from "~/widgets/useWidth";

export interface Layer {
  readonly name: string;
  readonly bars: readonly Bar[];
  // A colour token.
  readonly token: string;
}

interface Props {
  readonly label: string;
  readonly window: Window;
  readonly stepMs: number;
  // The first one lies behind the others.
  readonly layers: readonly Layer[];
  readonly heightPx: number;
  readonly format: (value: number) => string;
  // The value at the upper edge, for charts that are to be compared.
  readonly most?: number | undefined;
}

export function TimeAxis({ window, widthPx }: { readonly window: Window; readonly widthPx: number }): ReactNode {
  const offset = new Date(window.fromMs).getTimezoneOffset();
  return clockTicks(window.fromMs, window.toMs, Math.max(2, widthPx / 110), offset).map(({ ms, text }) => {
    const x = ((ms - window.fromMs) / (window.toMs - window.fromMs)) * widthPx;
    // A label at the edge would be cut.
    return x < 20 || x > widthPx - 20 ? undefined : <span key={ms} className="moment" style={{ left: x }}>{text}</span>;
  });
}

function Tip({ x, widthPx, ms, stepMs, layers, at, format }: {
  readonly x: number;
  readonly widthPx: number;
  readonly ms: number;
  readonly stepMs: number;
  readonly layers: readonly Layer[];
  readonly at: number;
  readonly format: (value: number) => string;
}): ReactNode {
  const side = x < widthPx / 2 ? { left: x + 10 } : { right: widthPx - x + 10 };
  return (
    <div className="tip" style={{ ...side, top: 4 }}>
      <span>{formatDateTime(ms - stepMs)} – {formatDateTime(ms).slice(11)}</span>
      {layers.map((layer) => (
        <span key={layer.name}>
          <i className="swatch" style={{ background: `var(${layer.token})` }} aria-hidden /> {layer.name} <b>{format(layer.bars[at]?.value ?? 0)}</b>
        </span>
      ))}
    </div>
  );
}

// Drag to narrow the time range.
export function TimeBars({ label, window, stepMs, layers, heightPx, format, most }: Props): ReactNode {
  const [box, widthPx] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const [pointer, setPointer] = useState<number>();
  const area = useMemo<BarArea>(() => ({
    ...window, widthPx, heightPx, most: niceMost(most ?? mostOf(layers.map((l) => l.bars))),
  }), [window, widthPx, heightPx, layers, most]);
  const { dragged, handlers } = useDragRange(({ from, to }) => {
    const length = window.toMs - window.fromMs;
    chooseRange(absoluteRange({ fromMs: window.fromMs + from * length, toMs: window.fromMs + to * length }));
  });
  useEffect(() => {
    if (canvas.current === null || widthPx === 0) return;
    paintBars(canvas.current, area, stepMs, layers.map(({ bars, token }) => ({ bars, colour: tokenColour(token) })));
  }, [area, layers, stepMs, theme, widthPx]);
  const first = layers[0]?.bars ?? [];
  const over = pointer === undefined || dragged !== undefined ? undefined : barAt(area, stepMs, first, pointer);
  const hovered = over === undefined ? undefined : first[over];
  const onMove = (event: PointerEvent<HTMLDivElement>): void => {
    handlers.onPointerMove(event);
    setPointer(event.clientX - event.currentTarget.getBoundingClientRect().left);
  };
  return (
    <div className="time-bars" style={{ height: heightPx + 20 }}>
      <div ref={box} className="plot" role="img" aria-label={`${label} over time. Drag to narrow the time range.`}
        {...handlers} onPointerMove={onMove} onPointerLeave={() => setPointer(undefined)}>
        <canvas ref={canvas} style={{ height: heightPx }} />
        <span className="level" style={{ top: 0 }} aria-hidden><small>{format(area.most)}</small></span>
        {heightPx >= 60 && <span className="level" style={{ top: heightPx / 2 }} aria-hidden><small>{format(area.most / 2)}</small></span>}
        <span className="level base" style={{ top: heightPx }} aria-hidden />
        <TimeAxis window={window} widthPx={widthPx} />
        {dragged !== undefined && <span className="dragged" style={{ left: `${dragged.from * 100}%`, width: `${(dragged.to - dragged.from) * 100}%` }} />}
        {hovered !== undefined && over !== undefined && (
          <Tip x={pointer ?? 0} widthPx={widthPx} ms={hovered.ms} stepMs={stepMs} layers={layers} at={over} format={format} />
        )}
      </div>
    </div>
  );
}
