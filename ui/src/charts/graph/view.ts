// SPDX-License-Identifier: Apache-2.0
// Which part of a graph's picture a window shows: scale, and where the picture's origin lies in it.

export interface GraphView {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

export const kLeastScale = 0.08;
export const kMostScale = 3;
// Below this, labels can't be read; a large graph starts at its left edge instead of shrinking further.
const kReadableScale = 0.5;
const kMostFitScale = 1.15;
const kPadPx = 14;

export function fit(picture: Size, window: Size, least = kReadableScale): GraphView {
  const room = { widthPx: Math.max(1, window.widthPx - 2 * kPadPx), heightPx: Math.max(1, window.heightPx - 2 * kPadPx) };
  const wanted = Math.min(room.widthPx / Math.max(1, picture.widthPx), room.heightPx / Math.max(1, picture.heightPx));
  const scale = Math.max(least, Math.min(kMostFitScale, wanted));
  const [w, h] = [picture.widthPx * scale, picture.heightPx * scale];
  return {
    scale,
    x: w > room.widthPx ? kPadPx : (window.widthPx - w) / 2,
    y: (window.heightPx - h) / 2,
  };
}

// The point (px, py) of the window stays where it is.
export function zoomAt(view: GraphView, factor: number, px: number, py: number): GraphView {
  const scale = Math.max(kLeastScale, Math.min(kMostScale, view.scale * factor));
  const by = scale / view.scale;
  return { scale, x: px - (px - view.x) * by, y: py - (py - view.y) * by };
}

// Moves as little as brings a point of the picture into the window.
export function reveal(view: GraphView, window: Size, x: number, y: number, marginPx: number): GraphView {
  const shift = (at: number, size: number): number =>
    at < marginPx ? marginPx - at : at > size - marginPx ? size - marginPx - at : 0;
  return {
    ...view,
    x: view.x + shift(view.x + x * view.scale, window.widthPx),
    y: view.y + shift(view.y + y * view.scale, window.heightPx),
  };
}

// The nearest node in the direction of an arrow key; `from` itself when there is none.
export function towards(x: Float64Array, y: Float64Array, from: number, dx: number, dy: number): number {
  let best = from;
  let least = Infinity;
  for (let i = 0; i < x.length; i += 1) {
    const along = ((x[i] ?? 0) - (x[from] ?? 0)) * dx + ((y[i] ?? 0) - (y[from] ?? 0)) * dy;
    const across = Math.abs(((x[i] ?? 0) - (x[from] ?? 0)) * dy + ((y[i] ?? 0) - (y[from] ?? 0)) * dx);
    if (i === from || along <= 0 || along < across * 0.4) continue;
    const distance = along + 2 * across;
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}
