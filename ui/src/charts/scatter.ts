// SPDX-License-Identifier: Apache-2.0
// Durations over time as points: linear to the right, logarithmic upwards.

export interface ScatterPoint {
  readonly atMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
}

export interface ScatterArea {
  readonly fromMs: number;
  readonly toMs: number;
  // Powers of ten around all durations.
  readonly leastMs: number;
  readonly mostMs: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

export interface ScatterTheme {
  readonly point: string;
  readonly failed: string;
}

// A search tells whole milliseconds. A trace below one is sent as 0, which has no logarithm; it lies on the lowest line.
const kFloorMs = 1;
const kPadPx = 6;

export function durationBounds(points: readonly ScatterPoint[]): { leastMs: number; mostMs: number } {
  const logs = points.map((p) => Math.log10(Math.max(kFloorMs, p.durationMs)));
  const least = Math.floor(logs.reduce((a, b) => Math.min(a, b), Infinity));
  const most = Math.ceil(logs.reduce((a, b) => Math.max(a, b), -Infinity));
  if (!Number.isFinite(least) || !Number.isFinite(most)) return { leastMs: 1, mostMs: 1000 };
  return { leastMs: 10 ** least, mostMs: 10 ** Math.max(most, least + 1) };
}

export function placePoint(area: ScatterArea, atMs: number, durationMs: number): { x: number; y: number } {
  const up = Math.log10(Math.max(kFloorMs, durationMs) / area.leastMs) / Math.log10(area.mostMs / area.leastMs);
  return {
    x: ((atMs - area.fromMs) / Math.max(1, area.toMs - area.fromMs)) * area.widthPx,
    y: area.heightPx - kPadPx - up * (area.heightPx - 2 * kPadPx),
  };
}

// Index of the point at the pointer, within `reachPx`.
export function nearestPoint(
  area: ScatterArea, points: readonly ScatterPoint[], x: number, y: number, reachPx: number,
): number | undefined {
  let best: number | undefined;
  let bestDistance = reachPx * reachPx;
  points.forEach((p, i) => {
    const at = placePoint(area, p.atMs, p.durationMs);
    const distance = (at.x - x) ** 2 + (at.y - y) ** 2;
    if (distance <= bestDistance) {
      bestDistance = distance;
      best = i;
    }
  });
  return best;
}

// Failed traces are diamonds, the others circles.
export function paintScatter(
  canvas: HTMLCanvasElement, area: ScatterArea, points: readonly ScatterPoint[], theme: ScatterTheme,
): void {
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(area.widthPx * ratio);
  canvas.height = Math.round(area.heightPx * ratio);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(ratio, ratio);
  for (const failed of [false, true]) {
    context.fillStyle = failed ? theme.failed : theme.point;
    context.globalAlpha = failed ? 0.95 : 0.6;
    for (const p of points) {
      if (p.failed !== failed) continue;
      const { x, y } = placePoint(area, p.atMs, p.durationMs);
      context.beginPath();
      if (failed) {
        context.moveTo(x, y - 5);
        context.lineTo(x + 5, y);
        context.lineTo(x, y + 5);
        context.lineTo(x - 5, y);
      } else {
        context.arc(x, y, 3.5, 0, 2 * Math.PI);
      }
      context.fill();
    }
  }
}
