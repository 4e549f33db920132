// SPDX-License-Identifier: Apache-2.0
// The visible part of a time axis, in nanoseconds from its origin.

export interface Extent {
  readonly fromNs: number;
  readonly toNs: number;
}

export const extentLength = (e: Extent): number => e.toNs - e.fromNs;

// Round marks (1, 2 or 5 times a power of ten) at about the wanted number.
export function ticks(extent: Extent, wanted: number): readonly number[] {
  const length = extentLength(extent);
  if (!(length > 0) || wanted < 1) return [];
  const rough = length / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((m) => m * power >= rough) ?? 10) * power;
  const marks: number[] = [];
  for (let i = Math.ceil(extent.fromNs / step); i * step <= extent.toNs; i += 1) marks.push(i * step);
  return marks;
}

// Share of the extent's length, from 0 to 1 inside it.
export const share = (extent: Extent, ns: number): number => (ns - extent.fromNs) / Math.max(1, extentLength(extent));

export interface BarPlace {
  readonly left: number;
  readonly width: number;
}

// Where a bar lies, in percent, cut at the edges; undefined when it is outside.
export function barPlace(extent: Extent, startNs: number, durationNs: number): BarPlace | undefined {
  const from = Math.max(0, share(extent, startNs));
  const to = Math.min(1, share(extent, startNs + durationNs));
  if (to < 0 || from > 1 || to < from) return undefined;
  return { left: from * 100, width: (to - from) * 100 };
}

// Leaves out marks that lie closer than `least` to the one that was kept before.
export function apart<T extends { readonly at: number }>(marks: readonly T[], least: number): readonly T[] {
  let last = -Infinity;
  return marks.filter(({ at }) => {
    if (at - last < least) return false;
    last = at;
    return true;
  });
}

export interface LabelPlace {
  // Outside the bar, or at its end, start or middle.
  readonly side: "right" | "left" | "end" | "start" | "middle";
}

// Where a bar's label has room: beside the bar, else inside it away from the marks, else nowhere. All in pixels of an axis
// `widthPx` wide; the marks' places are in percent of it.
export function placeLabel(
  place: BarPlace, widthPx: number, labelPx: number, marks: readonly number[],
): LabelPlace | undefined {
  const px = widthPx / 100;
  const left = place.left * px;
  const right = left + place.width * px;
  const isFree = (from: number): boolean => marks.every((mark) => mark * px < from || mark * px > from + labelPx);
  if (widthPx - right >= labelPx && isFree(right)) return { side: "right" };
  if (left >= labelPx && isFree(left - labelPx)) return { side: "left" };
  if (right - left < labelPx) return undefined;
  if (isFree(right - labelPx)) return { side: "end" };
  if (isFree(left)) return { side: "start" };
  return isFree((left + right - labelPx) / 2) ? { side: "middle" } : undefined;
}
