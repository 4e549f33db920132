// SPDX-License-Identifier: Apache-2.0
import { useRef, useState, type PointerEvent } from "react";

// Both between 0 and 1, from <= to.
export interface Dragged {
  readonly from: number;
  readonly to: number;
}

interface DragHandlers {
  readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerCancel: () => void;
}

// A drag shorter than this is a click and selects nothing.
const kLeastPx = 4;

// Dragging sideways over an element selects a part of its width.
export function useDragRange(onSelect: (dragged: Dragged) => void): { dragged: Dragged | undefined; handlers: DragHandlers } {
  const anchor = useRef<number>(undefined);
  const [dragged, setDragged] = useState<Dragged>();
  const at = (event: PointerEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / Math.max(1, box.width)));
  };
  const range = (event: PointerEvent<HTMLElement>): Dragged | undefined => {
    if (anchor.current === undefined) return undefined;
    const now = at(event);
    return { from: Math.min(anchor.current, now), to: Math.max(anchor.current, now) };
  };
  const stop = (): void => {
    anchor.current = undefined;
    setDragged(undefined);
  };
  return {
    dragged,
    handlers: {
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        anchor.current = at(event);
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove: (event) => setDragged(range(event)),
      onPointerUp: (event) => {
        const done = range(event);
        stop();
        const widthPx = event.currentTarget.getBoundingClientRect().width;
        if (done !== undefined && (done.to - done.from) * widthPx >= kLeastPx) onSelect(done);
      },
      onPointerCancel: stop,
    },
  };
}
