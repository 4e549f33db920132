// SPDX-License-Identifier: Apache-2.0
// Counts by time and by a value on a logarithmic scale: each cell an interval wide and a power of two high.

export interface HeatCells {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  // Powers of two in seconds: row i holds values above 2^(least+i-1) and up to 2^(least+i).
  readonly least: number;
  readonly rows: number;
  // By row, then by column; column c ends at ends[c].
  readonly counts: readonly (readonly number[])[];
  readonly ends: readonly number[];
  readonly most: number;
}

export interface HeatArea {
  readonly widthPx: number;
  readonly heightPx: number;
}

// A box in the plane of time and duration.
export interface HeatBox {
  readonly fromMs: number;
  readonly toMs: number;
  readonly leastNs: number;
  readonly mostNs: number;
}

// `buckets` are upper bounds in seconds with their points over time.
export function heatCells(
  buckets: readonly { readonly seconds: number; readonly points: readonly { readonly ms: number; readonly value: number }[] }[],
  window: { readonly fromMs: number; readonly toMs: number }, stepMs: number,
): HeatCells {
  const filled = buckets.filter((b) => b.seconds > 0 && b.points.some((p) => p.value > 0));
  const powers = filled.map((b) => Math.round(Math.log2(b.seconds)));
  const least = powers.length === 0 ? -8 : Math.min(...powers);
  // A single row would be as high as the chart.
  const rows = Math.max(4, powers.length === 0 ? 0 : Math.max(...powers) - least + 1);
  const first = Math.ceil(window.fromMs / stepMs) * stepMs;
  const ends: number[] = [];
  for (let ms = first; ms < window.toMs + stepMs; ms += stepMs) ends.push(ms);
  const counts = Array.from({ length: rows }, () => new Array<number>(ends.length).fill(0));
  let most = 0;
  filled.forEach((bucket, i) => {
    const row = counts[(powers[i] ?? least) - least];
    for (const { ms, value } of bucket.points) {
      const column = Math.round((ms - first) / stepMs);
      if (row === undefined || column < 0 || column >= ends.length) continue;
      row[column] = (row[column] ?? 0) + value;
      most = Math.max(most, row[column] ?? 0);
    }
  });
  return { ...window, stepMs, least, rows, counts, ends, most };
}

export const rowBounds = (cells: HeatCells, row: number): { leastNs: number; mostNs: number } => ({
  leastNs: 2 ** (cells.least + row - 1) * 1e9,
  mostNs: 2 ** (cells.least + row) * 1e9,
});

const span = (cells: HeatCells): number => Math.max(1, cells.toMs - cells.fromMs);

// What a rectangle in pixels selects; its edges are widened to whole rows, since nothing is known within one.
export function boxOf(cells: HeatCells, area: HeatArea, from: { x: number; y: number }, to: { x: number; y: number }): HeatBox {
  const time = (x: number): number => cells.fromMs + (Math.max(0, Math.min(area.widthPx, x)) / area.widthPx) * span(cells);
  const row = (y: number): number => Math.max(0, Math.min(cells.rows - 1, Math.floor(((area.heightPx - y) / area.heightPx) * cells.rows)));
  const [low, high] = [row(Math.max(from.y, to.y)), row(Math.min(from.y, to.y))];
  return {
    fromMs: Math.round(time(Math.min(from.x, to.x))), toMs: Math.round(time(Math.max(from.x, to.x))),
    leastNs: rowBounds(cells, low).leastNs, mostNs: rowBounds(cells, high).mostNs,
  };
}

export function placeBox(cells: HeatCells, area: HeatArea, box: HeatBox): { x: number; y: number; width: number; height: number } {
  const x = (ms: number): number => Math.max(0, Math.min(area.widthPx, ((ms - cells.fromMs) / span(cells)) * area.widthPx));
  const y = (ns: number): number => {
    const row = Math.log2(ns / 1e9) - (cells.least - 1);
    return area.heightPx - (Math.max(0, Math.min(cells.rows, row)) / cells.rows) * area.heightPx;
  };
  return { x: x(box.fromMs), y: y(box.mostNs), width: x(box.toMs) - x(box.fromMs), height: y(box.leastNs) - y(box.mostNs) };
}

export function cellAt(cells: HeatCells, area: HeatArea, x: number, y: number): { row: number; column: number } | undefined {
  const ms = cells.fromMs + (x / Math.max(1, area.widthPx)) * span(cells);
  const column = cells.ends.findIndex((end) => ms <= end && ms > end - cells.stepMs);
  const row = Math.floor(((area.heightPx - y) / area.heightPx) * cells.rows);
  return column < 0 || row < 0 || row >= cells.rows ? undefined : { row, column };
}

// From few to many, as colours of the theme; the share is of the fullest cell, on a scale that shows single spans too.
export function paintHeat(canvas: HTMLCanvasElement, cells: HeatCells, area: HeatArea, colour: string): void {
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(area.widthPx * ratio);
  canvas.height = Math.round(area.heightPx * ratio);
  const context = canvas.getContext("2d");
  if (context === null || cells.most === 0) return;
  context.scale(ratio, ratio);
  context.fillStyle = colour;
  const high = area.heightPx / cells.rows;
  const scale = area.widthPx / span(cells);
  cells.counts.forEach((row, r) => row.forEach((count, c) => {
    const end = cells.ends[c];
    if (count === 0 || end === undefined) return;
    const left = Math.max(0, (end - cells.stepMs - cells.fromMs) * scale);
    const right = Math.min(area.widthPx, (end - cells.fromMs) * scale);
    context.globalAlpha = 0.18 + 0.82 * Math.sqrt(count / cells.most);
    context.fillRect(left, area.heightPx - (r + 1) * high, Math.max(1, right - left - 1), Math.max(1, high - 1));
  }));
}
