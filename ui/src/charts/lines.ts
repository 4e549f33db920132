// SPDX-License-Identifier: Apache-2.0
// Several series over time as lines. A gap in a series is a gap in its line.
import type { BarArea } from "./timeBars";

export interface LinePoint {
  readonly ms: number;
  readonly value: number;
}

export interface Line {
  readonly points: readonly LinePoint[];
  readonly colour: string;
}

export const placeLine = (area: BarArea, point: LinePoint): { x: number; y: number } => ({
  x: ((point.ms - area.fromMs) / Math.max(1, area.toMs - area.fromMs)) * area.widthPx,
  y: area.heightPx - (point.value / area.most) * area.heightPx,
});

// The runs of points without a gap of more than one step.
export function runsOf(points: readonly LinePoint[], stepMs: number): readonly (readonly LinePoint[])[] {
  const runs: LinePoint[][] = [];
  points.forEach((point, i) => {
    const before = points[i - 1];
    if (before === undefined || point.ms - before.ms > stepMs * 1.5) runs.push([point]);
    else runs.at(-1)?.push(point);
  });
  return runs;
}

// The series and point nearest to a place.
export function nearestLine(area: BarArea, lines: readonly { readonly points: readonly LinePoint[] }[], x: number, y: number):
  { readonly line: number; readonly point: LinePoint } | undefined {
  let best: { line: number; point: LinePoint; distance: number } | undefined;
  lines.forEach(({ points }, line) => points.forEach((point) => {
    const at = placeLine(area, point);
    const distance = 4 * (at.x - x) ** 2 + (at.y - y) ** 2;
    if (best === undefined || distance < best.distance) best = { line, point, distance };
  }));
  return best;
}

export function paintLines(canvas: HTMLCanvasElement, area: BarArea, stepMs: number, lines: readonly Line[]): void {
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(area.widthPx * ratio);
  canvas.height = Math.round(area.heightPx * ratio);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(ratio, ratio);
  context.lineWidth = 1.6;
  context.lineJoin = "round";
  for (const { points, colour } of lines) {
    context.strokeStyle = colour;
    context.fillStyle = colour;
    for (const run of runsOf(points, stepMs)) {
      context.beginPath();
      run.forEach((point, i) => {
        const { x, y } = placeLine(area, point);
        if (i === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      });
      context.stroke();
      const only = run[0];
      if (run.length !== 1 || only === undefined) continue;
      const { x, y } = placeLine(area, only);
      context.fillRect(x - 1.5, y - 1.5, 3, 3);
    }
  }
}
