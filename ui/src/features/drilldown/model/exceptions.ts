// SPDX-License-Identifier: Apache-2.0
// Failed spans by what they say went wrong.
import type { TraceSummary } from "~/api/tempo";
import { nanosToMs } from "~/base/time";
import type { Bar } from "~/charts/timeBars";

export interface ExceptionGroup {
  readonly key: string;
  readonly message: string;
  readonly type: string;
  readonly service: string;
  readonly count: number;
  readonly lastMs: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly bars: readonly Bar[];
}

export const kSparks = 24;
export const kNoMessage = "failed without a message";

export function exceptionGroups(traces: readonly TraceSummary[], window: { readonly fromMs: number; readonly toMs: number }): readonly ExceptionGroup[] {
  const stepMs = Math.max(1, (window.toMs - window.fromMs) / kSparks);
  const groups = new Map<string, { -readonly [K in keyof Omit<ExceptionGroup, "bars">]: ExceptionGroup[K] } & { counts: number[] }>();
  for (const trace of traces) {
    for (const span of trace.spans) {
      const text = (key: string): string => span.attributes.find((a) => a.key === key)?.text ?? "";
      const message = text("exception.message") || text("statusMessage") || kNoMessage;
      const [type, service] = [text("exception.type"), text("service.name")];
      const key = `${service}\n${type}\n${message}`;
      const atMs = nanosToMs(span.start);
      let group = groups.get(key);
      if (group === undefined) {
        group = { key, message, type, service, count: 0, lastMs: -Infinity, traceId: "", spanId: "", counts: new Array<number>(kSparks).fill(0) };
        groups.set(key, group);
      }
      group.count += 1;
      if (atMs > group.lastMs) Object.assign(group, { lastMs: atMs, traceId: trace.id, spanId: span.id });
      const slot = Math.min(kSparks - 1, Math.max(0, Math.floor((atMs - window.fromMs) / stepMs)));
      group.counts[slot] = (group.counts[slot] ?? 0) + 1;
    }
  }
  return [...groups.values()]
    .map(({ counts, ...group }) => ({ ...group, bars: counts.map((value, i) => ({ ms: window.fromMs + (i + 1) * stepMs, value })) }))
    .sort((a, b) => b.count - a.count || b.lastMs - a.lastMs);
}
