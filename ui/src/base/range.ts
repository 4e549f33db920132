// SPDX-License-Identifier: Apache-2.0
// The time range of a view. In the URL and in the picker it is two texts, each relative to now or absolute; a query gets
// whole seconds. Relative texts stay relative until then, so that a refresh moves the window.

import { formatDateTime } from "./time";

export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

export const kDefaultRange: TimeRange = { from: "now-1h", to: "now" };

const kUnitMs: Readonly<Record<string, number>> = {
  s: 1e3,
  m: 60e3,
  h: 3600e3,
  d: 86400e3,
  w: 7 * 86400e3,
};

// `now`, `now-15m`, unix milliseconds, or a date with optional time ("2026-11-23 14:05"), in local time.
export function parseMoment(text: string, nowMs: number): number | undefined {
  const t = text.trim();
  const relative = /^now(?:\s*([+-])\s*(\d{1,6})\s*([smhdw]))?$/.exec(t);
  if (relative) {
    const [, sign, count, unit] = relative;
    if (count === undefined || unit === undefined) return nowMs;
    return nowMs + (sign === "-" ? -1 : 1) * Number(count) * (kUnitMs[unit] ?? 0);
  }
  if (/^\d{11,14}$/.test(t)) return Number(t);
  const absolute = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(t);
  if (absolute) {
    const [y, mo, d, h, mi, s] = absolute.slice(1).map((part) => Number(part ?? 0)) as [
      number, number, number, number, number, number,
    ];
    const at = new Date(y, mo - 1, d, h, mi, s);
    // A Date rolls 2026-02-31 over into March; refuse that.
    if (at.getMonth() !== mo - 1 || at.getDate() !== d || h > 23 || mi > 59 || s > 59) return undefined;
    return at.getTime();
  }
  return undefined;
}

// An undefined result means that the range can't be used; rangeProblem says why.
export function resolveRange(range: TimeRange, nowMs: number): Window | undefined {
  const fromMs = parseMoment(range.from, nowMs);
  const toMs = parseMoment(range.to, nowMs);
  if (fromMs === undefined || toMs === undefined || fromMs >= toMs) return undefined;
  return { fromMs, toMs };
}

export function rangeProblem(range: TimeRange, nowMs: number): string | undefined {
  for (const text of [range.from, range.to]) {
    if (parseMoment(text, nowMs) === undefined) {
      return `"${text}" is not a time; write now-30m or 2026-11-23 14:05:00`;
    }
  }
  return resolveRange(range, nowMs) === undefined ? "the range ends before it starts; swap the two times" : undefined;
}

export const isRelative = (range: TimeRange): boolean => range.to.trim() === "now" && range.from.startsWith("now-");

export const absoluteRange = (w: Window): TimeRange => ({
  from: String(Math.round(w.fromMs)),
  to: String(Math.round(w.toMs)),
});

// Seconds for the search API, widened outwards so that the edges stay inside.
export const toSeconds = (w: Window): { start: number; end: number } => ({
  start: Math.floor(w.fromMs / 1000),
  end: Math.max(Math.ceil(w.toMs / 1000), Math.floor(w.fromMs / 1000) + 1),
});

const kUnitNames: Readonly<Record<string, string>> = {
  s: "second", m: "minute", h: "hour", d: "day", w: "week",
};

export function rangeLabel(range: TimeRange, nowMs: number): string {
  const last = /^now-(\d+)([smhdw])$/.exec(range.from.trim());
  if (last && range.to.trim() === "now") {
    const count = Number(last[1]);
    const unit = kUnitNames[last[2] ?? ""] ?? "";
    return `Last ${count} ${unit}${count === 1 ? "" : "s"}`;
  }
  const w = resolveRange(range, nowMs);
  if (w === undefined) return `${range.from} to ${range.to}`;
  const from = formatDateTime(w.fromMs);
  const to = formatDateTime(w.toMs);
  return from.slice(0, 10) === to.slice(0, 10) ? `${from} – ${to.slice(11)}` : `${from} – ${to}`;
}

// Moves the window by half its length; relative ranges become absolute on the way.
export function shiftRange(range: TimeRange, direction: -1 | 1, nowMs: number): TimeRange {
  const w = resolveRange(range, nowMs);
  if (w === undefined) return range;
  const step = (direction * (w.toMs - w.fromMs)) / 2;
  return absoluteRange({ fromMs: w.fromMs + step, toMs: w.toMs + step });
}

// Doubles the window around its middle; never past now.
export function zoomOutRange(range: TimeRange, nowMs: number): TimeRange {
  const w = resolveRange(range, nowMs);
  if (w === undefined) return range;
  const half = (w.toMs - w.fromMs) / 2;
  const toMs = Math.min(w.toMs + half, Math.max(nowMs, w.toMs));
  return absoluteRange({ fromMs: toMs - 4 * half, toMs });
}
