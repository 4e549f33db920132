// SPDX-License-Identifier: Apache-2.0
// Moments and durations. A moment is nanoseconds since 1970 as a branded bigint; a duration inside one trace is a plain
// number of nanoseconds, which is exact up to 104 days.

export type Nanos = bigint & { readonly __unit: "unix nanoseconds" };
export type DurationNs = number;

export const nanos = (value: bigint): Nanos => value as Nanos;
export const nanosToMs = (value: Nanos): number => Number(value / 1000n) / 1000;
export const msToNanos = (ms: number): Nanos => nanos(BigInt(Math.round(ms)) * 1_000_000n);

const kUs = 1e3;
const kMs = 1e6;
const kSecond = 1e9;
const kMinute = 60 * kSecond;
const kHour = 60 * kMinute;
const kDay = 24 * kHour;

const trimmed = (value: number, digits: number): string => String(Number(value.toFixed(digits)));

function inTwoUnits(ns: number, big: number, bigName: string, small: number, smallName: string): string {
  const rounded = Math.round(ns / small) * small;
  const whole = Math.floor(rounded / big);
  const rest = Math.round((rounded - whole * big) / small);
  return rest === 0 ? `${whole} ${bigName}` : `${whole} ${bigName} ${rest} ${smallName}`;
}

// The unit is chosen for people: 940 ns, 26.88 µs, 785.09 ms, 1.51 s, 2 min 5 s, 3 h 12 min.
export function formatDuration(ns: DurationNs): string {
  const size = Math.abs(ns);
  const sign = ns < 0 ? "−" : "";
  if (size === 0) return "0 s";
  if (size < kUs) return `${sign}${trimmed(size, 0)} ns`;
  // The limits lie where rounding to two digits would print 1000 of the smaller unit.
  if (size < 999.995 * kUs) return `${sign}${trimmed(size / kUs, 2)} µs`;
  if (size < 999.995 * kMs) return `${sign}${trimmed(size / kMs, 2)} ms`;
  if (size < 59.995 * kSecond) return `${sign}${trimmed(size / kSecond, 2)} s`;
  if (size < kHour - 0.5 * kSecond) return sign + inTwoUnits(size, kMinute, "min", kSecond, "s");
  if (size < kDay - 0.5 * kMinute) return sign + inTwoUnits(size, kHour, "h", kMinute, "min");
  return sign + inTwoUnits(size, kDay, "d", kHour, "h");
}

const two = (n: number): string => String(n).padStart(2, "0");

export function formatDateTime(ms: number): string {
  const d = new Date(ms);
  return (
    `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ` +
    `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`
  );
}

// With milliseconds, for one exact moment.
export function formatMoment(at: Nanos): string {
  const ms = nanosToMs(at);
  return `${formatDateTime(ms)}.${String(Math.floor(ms) % 1000).padStart(3, "0")}`;
}

export function formatAgo(ms: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - ms) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} d ago`;
}
