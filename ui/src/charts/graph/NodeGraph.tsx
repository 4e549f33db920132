// SPDX-License-Identifier: Apache-2.0
// Nodes as circles with a ring, edges as arrows; dragged and zoomed with the mouse, walked with the arrow keys. Some hundred
// nodes are meant: they are SVG elements, so that they can be read aloud and styled by tokens.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode, type RefObject } from "react";
import type { Places } from "./layout";
import { fit, kLeastScale, reveal, towards, zoomAt, type GraphView, type Size } from "./view";

export interface RingPart {
  readonly share: number;
  // Gives the stroke its colour.
  readonly className: string;
}

export interface GraphNode {
  readonly id: string;
  // Below the circle.
  readonly title: string;
  readonly subtitle: string;
  // Inside it: a number and what it is a share of, twice.
  readonly lines: readonly string[];
  readonly ring: readonly RingPart[];
  // A thinner one within it.
  readonly inner: readonly RingPart[];
  readonly className: string;
  // Read aloud, and shown as a tooltip.
  readonly text: string;
}

interface Props {
  readonly label: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly (readonly [from: number, to: number])[];
  readonly places: Places;
  readonly selected: number | undefined;
  readonly onSelect: (node: number) => void;
}

export const kRadiusPx = 45;
const kRingPx = 5;
const kStepPx = 60;
const kLabelChars = 20;

const shortened = (text: string): string => (text.length > kLabelChars ? `${text.slice(0, kLabelChars - 1)}…` : text);

function Ring({ parts, radiusPx, thickPx }: {
  readonly parts: readonly RingPart[];
  readonly radiusPx: number;
  readonly thickPx: number;
}): ReactNode {
  const around = 2 * Math.PI * radiusPx;
  let from = 0;
  return parts.map(({ share, className }) => {
    const begin = from;
    from += share;
    if (share <= 0) return undefined;
    return (
      <circle key={className} r={radiusPx} className={`ring ${className}`} strokeWidth={thickPx} fill="none"
        strokeDasharray={`${share * around} ${around}`} strokeDashoffset={-begin * around} transform="rotate(-90)" />
    );
  });
}

// From the border of one circle to that of the other.
function edgePath(places: Places, from: number, to: number): string {
  const [ax, ay, bx, by] = [places.x[from] ?? 0, places.y[from] ?? 0, places.x[to] ?? 0, places.y[to] ?? 0];
  const length = Math.max(1, Math.hypot(bx - ax, by - ay));
  const [ux, uy] = [(bx - ax) / length, (by - ay) / length];
  const [begin, end] = [kRadiusPx + kRingPx, kRadiusPx + kRingPx + 6];
  if (length <= begin + end) return "";
  return `M${ax + ux * begin},${ay + uy * begin - kLift} L${bx - ux * end},${by - uy * end - kLift}`;
}

// The circle stands above the middle of its cell, the labels below.
const kLift = 16;

function useSize(): [RefObject<HTMLDivElement | null>, Size] {
  const [size, setSize] = useState<Size>({ widthPx: 0, heightPx: 0 });
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setSize({ widthPx: element.clientWidth, heightPx: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}

export function NodeGraph({ label, nodes, edges, places, selected, onSelect }: Props): ReactNode {
  const [box, size] = useSize();
  const svg = useRef<SVGSVGElement>(null);
  const [moved, setMoved] = useState<GraphView>();
  const drag = useRef<{ x: number; y: number; view: GraphView }>(undefined);
  const [cursor, setCursor] = useState(selected ?? 0);
  const view = moved ?? fit(places, size);
  const at = Math.min(cursor, nodes.length - 1);

  // A new layout starts fitted.
  useEffect(() => setMoved(undefined), [places]);
  useEffect(() => {
    if (selected !== undefined) setCursor(selected);
  }, [selected]);
  // React listens for the wheel passively, so the page would scroll as well.
  const latest = useRef(view);
  latest.current = view;
  useEffect(() => {
    const element = svg.current;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const frame = (event.currentTarget as SVGSVGElement).getBoundingClientRect();
      setMoved(zoomAt(latest.current, Math.exp(-event.deltaY * 0.0015), event.clientX - frame.left, event.clientY - frame.top));
    };
    element?.addEventListener("wheel", onWheel, { passive: false });
    return () => element?.removeEventListener("wheel", onWheel);
  }, []);

  const zoom = (factor: number): void => setMoved(zoomAt(view, factor, size.widthPx / 2, size.heightPx / 2));
  const focusOn = (node: number): void => {
    setCursor(node);
    setMoved(reveal(view, size, places.x[node] ?? 0, places.y[node] ?? 0, 90));
    document.getElementById(`graph-node-${node}`)?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const arrows: Readonly<Record<string, readonly [number, number]>> = {
      ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1],
    };
    const arrow = arrows[event.key];
    if (arrow !== undefined && event.shiftKey) setMoved({ ...view, x: view.x - arrow[0] * kStepPx, y: view.y - arrow[1] * kStepPx });
    else if (arrow !== undefined) focusOn(towards(places.x, places.y, at, arrow[0], arrow[1]));
    else if (event.key === "Enter" || event.key === " ") onSelect(at);
    else if (event.key === "+" || event.key === "=") zoom(1.3);
    else if (event.key === "-") zoom(1 / 1.3);
    else if (event.key === "0") setMoved(fit(places, size, kLeastScale));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onPointerMove = (event: PointerEvent): void => {
    const from = drag.current;
    if (from === undefined) return;
    setMoved({ ...from.view, x: from.view.x + event.clientX - from.x, y: from.view.y + event.clientY - from.y });
  };
  return (
    <div ref={box} className="node-graph">
      <svg
        ref={svg}
        role="group"
        aria-label={label}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => {
          if (event.button !== 0 || (event.target as Element).closest(".graph-node") !== null) return;
          drag.current = { x: event.clientX, y: event.clientY, view };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={onPointerMove}
        onPointerUp={() => (drag.current = undefined)}
        onPointerCancel={() => (drag.current = undefined)}
      >
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0,0 L8,4 L0,8 z" className="arrow" />
          </marker>
        </defs>
        <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
          {edges.map(([from, to]) => <path key={`${from} ${to}`} d={edgePath(places, from, to)} className="edge" markerEnd="url(#arrow)" />)}
          {nodes.map((node, i) => (
            <g
              key={node.id}
              className={`graph-node ${node.className} ${i === selected ? "selected" : ""}`}
              transform={`translate(${places.x[i] ?? 0} ${(places.y[i] ?? 0) - kLift})`}
              onClick={() => {
                setCursor(i);
                onSelect(i);
              }}
            >
              <circle r={kRadiusPx} className="disc" />
              <Ring parts={node.ring} radiusPx={kRadiusPx} thickPx={kRingPx} />
              <Ring parts={node.inner} radiusPx={kRadiusPx - kRingPx} thickPx={kRingPx - 1} />
              {node.lines.map((line, row) => (
                <text key={row} y={(row - (node.lines.length - 1) / 2) * 12 + (row >= 2 ? 3 : -3)} className={row % 2 === 0 ? "number" : "share"}>{line}</text>
              ))}
              <text y={kRadiusPx + 19} className="title">{shortened(node.title)}</text>
              <text y={kRadiusPx + 33} className="subtitle">{shortened(node.subtitle)}</text>
              {/* Above the texts, which are cut; its name is not. */}
              <circle id={`graph-node-${i}`} r={kRadiusPx} className="hit" role="button" tabIndex={i === at ? 0 : -1} aria-label={node.text}
                aria-pressed={i === selected}>
                <title>{node.text}</title>
              </circle>
            </g>
          ))}
        </g>
      </svg>
      <div className="graph-buttons">
        <button type="button" className="icon-button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoom(1.3)}>+</button>
        <button type="button" className="icon-button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => zoom(1 / 1.3)}>−</button>
        <button type="button" className="button" title="Show the whole graph (0)" onClick={() => setMoved(fit(places, size, kLeastScale))}>
          <span>Fit</span>
        </button>
      </div>
    </div>
  );
}
