// SPDX-License-Identifier: Apache-2.0
// Marks on an axis of wall-clock time, at round local times.

export interface ClockTick {
  readonly ms: number;
  readonly text: string;
}

const kSecond = 1000;
const kMinute = 60 * kSecond;
const kHour = 60 * kMinute;
const kDay = 24 * kHour;
const kSteps = [
  kSecond, 5 * kSecond, 15 * kSecond, 30 * kSecond, kMinute, 2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute,
  kHour, 3 * kHour, 6 * kHour, 12 * kHour, kDay, 2 * kDay, 7 * kDay,
];

const two = (n: number): string => String(n).padStart(2, "0");

function label(ms: number, step: number): string {
  const d = new Date(ms);
  const day = `${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  const clock = `${two(d.getHours())}:${two(d.getMinutes())}`;
  if (step >= kDay) return day;
  if (step >= 6 * kHour) return `${day} ${clock}`;
  return step < kMinute ? `${clock}:${two(d.getSeconds())}` : clock;
}

// `offsetMinutes` as Date.getTimezoneOffset() has it: positive west of Greenwich.
export function clockTicks(fromMs: number, toMs: number, wanted: number, offsetMinutes: number): readonly ClockTick[] {
  if (!(toMs > fromMs) || wanted < 1) return [];
  const rough = (toMs - fromMs) / wanted;
  const step = kSteps.find((s) => s >= rough) ?? Math.ceil(rough / kDay) * kDay;
  const shift = offsetMinutes * kMinute;
  const marks: ClockTick[] = [];
  for (let ms = Math.ceil((fromMs - shift) / step) * step + shift; ms <= toMs; ms += step) {
    marks.push({ ms, text: label(ms, step) });
  }
  return marks;
}
