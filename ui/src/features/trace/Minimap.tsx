// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useRef, type ReactNode } from "react";
import { kServiceColours } from "~/base/colour";
import { formatDuration } from "~/base/time";
import { paintMinimap, type MinimapRows } from "~/charts/minimapPainter";
import { share, ticks, type Extent } from "~/charts/timeScale";
import { serviceIndex } from "~/widgets/service";
import { tokenColour, useTheme } from "~/widgets/theme";
import { useWidth } from "~/widgets/useWidth";
import type { TraceTree } from "./model/tree";
import { useDragRange } from "~/widgets/useDragRange";

interface Props {
  readonly tree: TraceTree;
  readonly zoom: Extent | undefined;
  readonly onZoom: (zoom: Extent | undefined) => void;
}

const kHeightPx = 56;

function rowsOf(tree: TraceTree): MinimapRows {
  return {
    startNs: tree.startNs,
    durationNs: tree.durationNs,
    totalNs: tree.totalNs,
    colour: Uint8Array.from(tree.spans, (s) => serviceIndex(s.resource.service)),
    error: Uint8Array.from(tree.spans, (s) => (s.status === "error" ? 1 : 0)),
  };
}

export function Minimap({ tree, zoom, onZoom }: Props): ReactNode {
  const [box, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const rows = useMemo(() => rowsOf(tree), [tree]);
  const { dragged, handlers } = useDragRange(({ from, to }) => onZoom({ fromNs: from * tree.totalNs, toNs: to * tree.totalNs }));
  useEffect(() => {
    if (canvas.current === null || width === 0) return;
    const colours = Array.from({ length: kServiceColours }, (_, i) => tokenColour(`--svc-${i}`));
    paintMinimap(canvas.current, rows, { colours, error: tokenColour("--error") }, width, kHeightPx);
  }, [rows, width, theme]);

  const whole: Extent = { fromNs: 0, toNs: tree.totalNs };
  const shade = dragged ?? (zoom === undefined ? undefined : { from: share(whole, zoom.fromNs), to: share(whole, zoom.toNs) });
  return (
    <div className="minimap">
      <div className="minimap-ticks" aria-hidden>
        {ticks(whole, Math.max(2, width / 160)).map((ns) => {
          const at = share(whole, ns);
          return at > 0.94 ? undefined : <span key={ns} style={{ left: `${at * 100}%` }}>{formatDuration(ns)}</span>;
        })}
      </div>
      <div
        ref={box}
        className="minimap-strip"
        role="img"
        aria-label="The whole trace. Drag to zoom, double-click to show all."
        title="Drag to zoom, double-click to show all"
        onDoubleClick={() => onZoom(undefined)}
        {...handlers}
      >
        <canvas ref={canvas} style={{ width, height: kHeightPx }} />
        {shade !== undefined && (
          <>
            <i className="shade" style={{ left: 0, width: `${shade.from * 100}%` }} />
            <i className="shade" style={{ left: `${shade.to * 100}%`, right: 0 }} />
            <i className="window" style={{ left: `${shade.from * 100}%`, width: `${(shade.to - shade.from) * 100}%` }} />
          </>
        )}
      </div>
    </div>
  );
}
