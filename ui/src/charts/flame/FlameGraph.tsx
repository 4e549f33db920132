// SPDX-License-Identifier: Apache-2.0
// The flame graph as an element: canvas, mouse and keys. What a block means is told by whoever shows it.
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode, type RefObject } from "react";
import { layoutFlame, neighbour, nodeAt, type Direction, type FlameView } from "./flameLayout";
import { paintFlame, type FlameTheme } from "./flamePainter";
import type { FlameTree } from "./flameTree";

interface Props {
  readonly label: string;
  readonly tree: FlameTree;
  readonly theme: FlameTheme;
  // The node that fills the width; -1 for all.
  readonly focus: number;
  // The marked node.
  readonly current: number;
  readonly matches: ReadonlySet<number> | undefined;
  readonly onCurrent: (node: number) => void;
  readonly onHover: (node: number) => void;
  readonly onFocus: (node: number) => void;
  readonly onOpen: (node: number) => void;
}

export const kFlameRowPx = 22;

const kDirections: Readonly<Record<string, Direction>> = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

interface Window {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly topPx: number;
}

// Size and scroll place of the element.
function useWindow(): [RefObject<HTMLDivElement | null>, Window, (topPx: number) => void] {
  const [window, setWindow] = useState<Window>({ widthPx: 0, heightPx: 0, topPx: 0 });
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() =>
      setWindow({ widthPx: element.clientWidth, heightPx: element.clientHeight, topPx: element.scrollTop }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, window, (topPx) => setWindow((was) => ({ ...was, topPx }))];
}

export function FlameGraph({ label, tree, theme, focus, current, matches, onCurrent, onHover, onFocus, onOpen }: Props): ReactNode {
  const [scroller, window, scrolled] = useWindow();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [hovered, setHovered] = useState(-1);
  const view = useMemo<FlameView>(() => ({ focus, rowPx: kFlameRowPx, ...window }), [focus, window]);
  const rects = useMemo(() => layoutFlame(tree, view), [tree, view]);
  useEffect(() => {
    if (canvas.current !== null && view.widthPx > 0) paintFlame(canvas.current, tree, rects, view, theme, { current, hovered, matches });
  }, [tree, rects, view, theme, current, hovered, matches]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const top = (tree.depth[current] ?? 0) * kFlameRowPx;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + kFlameRowPx > element.scrollTop + element.clientHeight) element.scrollTop = top + kFlameRowPx - element.clientHeight;
  }, [current, tree]);

  const under = (event: MouseEvent<HTMLElement>): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return nodeAt(rects, kFlameRowPx, event.clientX - box.left, event.clientY - box.top + view.topPx);
  };
  const hover = (node: number): void => {
    if (node === hovered) return;
    setHovered(node);
    onHover(node);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const direction = kDirections[event.key];
    if (direction !== undefined) {
      const next = neighbour(tree, current, direction);
      // What lies outside the focused block is not seen.
      if (focus >= 0 && (next < focus || next > (tree.last[focus] ?? 0))) onFocus(tree.parent[focus] ?? -1);
      onCurrent(next);
      hover(-1);
    } else if (event.key === "Enter") onFocus(current);
    else if (event.key === "o") onOpen(current);
    else if (event.key === "Escape" && focus >= 0) onFocus(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={scroller}
      className="flame-graph"
      role="application"
      aria-label={label}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={(event) => scrolled(event.currentTarget.scrollTop)}
    >
      <div className="flame-room" style={{ height: Math.max(view.heightPx, tree.levels * kFlameRowPx) }}>
        <canvas
          ref={canvas}
          style={{ width: view.widthPx, height: view.heightPx, cursor: hovered >= 0 ? "pointer" : "default" }}
          onMouseMove={(event) => hover(under(event))}
          onMouseLeave={() => hover(-1)}
          onClick={(event) => {
            const node = under(event);
            if (node < 0) return;
            onCurrent(node);
            onFocus(node);
          }}
          onDoubleClick={(event) => {
            const node = under(event);
            if (node >= 0) onOpen(node);
          }}
        />
      </div>
    </div>
  );
}
