// SPDX-License-Identifier: Apache-2.0
// Draws a whole trace in a strip: a thin line a span in its service's colour, failed ones with a red head. A rectangle or
// two a span, so 50,000 spans take about 30 ms.

export interface MinimapRows {
  readonly startNs: Float64Array;
  readonly durationNs: Float64Array;
  // Index into the theme's colours, by row.
  readonly colour: Uint8Array;
  readonly error: Uint8Array;
  readonly totalNs: number;
}

export interface MinimapTheme {
  readonly colours: readonly string[];
  readonly error: string;
}

const kHeadPx = 6;

export function paintMinimap(
  canvas: HTMLCanvasElement, rows: MinimapRows, theme: MinimapTheme, widthPx: number, heightPx: number,
): void {
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(widthPx * ratio);
  canvas.height = Math.round(heightPx * ratio);
  const context = canvas.getContext("2d");
  if (context === null || rows.totalNs <= 0) return;
  context.scale(ratio, ratio);
  const n = rows.startNs.length;
  const pad = 4;
  const step = Math.min(5, (heightPx - 2 * pad) / Math.max(1, n));
  const thick = Math.max(1, step - (step > 3 ? 1.5 : 0));
  const x = (row: number): number => ((rows.startNs[row] ?? 0) / rows.totalNs) * widthPx;
  // Of many short spans in the same pixel the first is enough.
  let lastX = -1;
  let lastY = -1;
  for (let row = 0; row < n; row += 1) {
    const width = Math.max(1.5, ((rows.durationNs[row] ?? 0) / rows.totalNs) * widthPx);
    if (step < 1 && width < 2) {
      const pixelX = Math.floor(x(row) * ratio);
      const pixelY = Math.floor((pad + row * step) * ratio);
      if (pixelX === lastX && pixelY === lastY) continue;
      lastX = pixelX;
      lastY = pixelY;
    }
    context.fillStyle = theme.colours[rows.colour[row] ?? 0] ?? theme.error;
    context.fillRect(x(row), pad + row * step, width, thick);
  }
  // Last, so that no later span covers them; and at least two pixels high, so that one in 50,000 is seen.
  context.fillStyle = theme.error;
  for (let row = 0; row < n; row += 1) {
    if (rows.error[row] === 1) context.fillRect(x(row), pad + row * step, kHeadPx, Math.max(2, thick));
  }
}
