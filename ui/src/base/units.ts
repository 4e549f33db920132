// SPDX-License-Identifier: Apache-2.0
// Counts and sizes as people read them: 940, 3.4 k, 12 M; 812 B, 1.2 kB, 3.4 MB.

function scaled(value: number, names: readonly string[], digits: number): string {
  let size = Math.abs(value);
  let i = 0;
  while (i < names.length - 1 && Number(size.toFixed(digits)) >= 1000) {
    size /= 1000;
    i += 1;
  }
  const text = String(Number(size.toFixed(i === 0 ? 0 : digits)));
  const name = names[i] ?? "";
  return `${value < 0 ? "−" : ""}${text}${name === "" ? "" : ` ${name}`}`;
}

export const formatCount = (value: number): string => scaled(value, ["", "k", "M", "G", "T"], 1);
export const formatBytes = (value: number): string => scaled(value, ["B", "kB", "MB", "GB", "TB"], 1);
export const formatPercent = (share: number): string => `${Number((share * 100).toFixed(share < 0.1 ? 2 : 1))} %`;
// US dollars with the digits that matter: $0.0021, $1.25.
export const formatCost = (usd: number): string => `$${usd === 0 || usd >= 1 ? usd.toFixed(2) : Number(usd.toPrecision(2))}`;
// All digits, in groups: 50 000.
export const formatWhole = (n: number): string => n.toLocaleString("en-US").replaceAll(",", " ");
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${formatWhole(n)} ${n === 1 ? one : many}`;
// A rate per second: 0.07/s, 12.5/s, 3.4 k/s.
export const formatRate = (perSecond: number): string =>
  `${perSecond >= 100 ? formatCount(perSecond) : Number(perSecond.toPrecision(perSecond < 10 ? 2 : 3))}/s`;
