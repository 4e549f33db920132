// SPDX-License-Identifier: Apache-2.0
import { useState, type PointerEvent, type ReactNode } from "react";

const kKey = "orrery.trace.name-width";
const kDefaultPx = 360;
const kLeastPx = 180;

export function useNameWidth(): [number, (px: number) => void] {
  const [width, setWidth] = useState(() => {
    const stored = Number(localStorage.getItem(kKey));
    // Half of a small window, so that the bars keep their room.
    return stored >= kLeastPx ? stored : Math.min(kDefaultPx, Math.round(window.innerWidth * 0.28));
  });
  return [width, (px) => {
    setWidth(px);
    localStorage.setItem(kKey, String(px));
  }];
}

export function NameResizer({ width, max, onChange }: {
  readonly width: number;
  readonly max: number;
  readonly onChange: (px: number) => void;
}): ReactNode {
  const within = (px: number): number => Math.round(Math.max(kLeastPx, Math.min(max, px)));
  const move = (event: PointerEvent<HTMLDivElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0;
    onChange(within(event.clientX - left));
  };
  return (
    <div
      className="resizer"
      style={{ left: width }}
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the name column"
      aria-valuenow={width}
      aria-valuemin={kLeastPx}
      aria-valuemax={max}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={move}
      onDoubleClick={() => onChange(within(kDefaultPx))}
      onKeyDown={(event) => {
        const step = event.key === "ArrowRight" ? 16 : event.key === "ArrowLeft" ? -16 : 0;
        if (step === 0) return;
        event.preventDefault();
        onChange(within(width + step));
      }}
    />
  );
}
