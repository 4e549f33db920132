// SPDX-License-Identifier: Apache-2.0
// Values over time as bars, one for each interval, several layers in front of each other.

export interface BarArea {
  readonly fromMs: number;
  readonly toMs: number;
  // The value at the upper edge.
  readonly most: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

// A bar stands for the interval that ends at `ms`.
export interface Bar {
  readonly ms: number;
  readonly value: number;
}

export interface BarLayer {
  readonly bars: readonly Bar[];
  readonly colour: string;
}

// The next number of 1, 2, 2.5 or 5 times a power of ten, so that half of it is short to write too.
export function niceMost(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 2.5, 5, 10].find((f) => f * power >= value * 0.9999) ?? 10;
  return factor * power;
}

export const mostOf = (layers: readonly (readonly Bar[])[]): number =>
  layers.reduce((most, bars) => bars.reduce((m, b) => Math.max(m, b.value), most), 0);

export function placeBar(area: BarArea, stepMs: number, bar: Bar): { x: number; width: number; y: number; height: number } {
  const scale = area.widthPx / Math.max(1, area.toMs - area.fromMs);
  const left = (bar.ms - stepMs - area.fromMs) * scale;
  const right = (bar.ms - area.fromMs) * scale;
  const x = Math.max(0, left);
  const gap = right - left > 5 ? Math.min(3, (right - left) * 0.2) : 0;
  const height = Math.max(bar.value > 0 ? 1.5 : 0, (bar.value / area.most) * area.heightPx);
  return { x: x + gap / 2, width: Math.max(1, Math.min(right, area.widthPx) - x - gap), y: area.heightPx - height, height };
}

// The interval under a place, by its index in `bars`.
export function barAt(area: BarArea, stepMs: number, bars: readonly Bar[], x: number): number | undefined {
  const ms = area.fromMs + (x / Math.max(1, area.widthPx)) * (area.toMs - area.fromMs);
  const found = bars.findIndex((bar) => ms > bar.ms - stepMs && ms <= bar.ms);
  return found < 0 ? undefined : found;
}

export function paintBars(canvas: HTMLCanvasElement, area: BarArea, stepMs: number, layers: readonly BarLayer[]): void {
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(area.widthPx * ratio);
  canvas.height = Math.round(area.heightPx * ratio);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(ratio, ratio);
  for (const { bars, colour } of layers) {
    context.fillStyle = colour;
    for (const bar of bars) {
      if (bar.value <= 0 || bar.ms <= area.fromMs) continue;
      const { x, width, y, height } = placeBar(area, stepMs, bar);
      context.fillRect(x, y, width, height);
    }
  }
}
