// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from "react";
import { useTelemetry } from "~/api/hooks";
import type { Telemetry } from "~/api/orrery";

export interface Readings {
  readonly now: Telemetry | undefined;
  // The one that rates are made from.
  readonly before: Telemetry | undefined;
  readonly error: Error | undefined;
}

export const kPollMs = 2000;
// Rates are taken over about this many readings, so that a sender with a pause is not shown as 0 and double by turns.
const kReadings = 6;

export function useReadings(): Readings {
  const { data, error } = useTelemetry(kPollMs);
  const kept = useRef<readonly Telemetry[]>([]);
  const [before, setBefore] = useState<Telemetry>();
  useEffect(() => {
    if (data === undefined || kept.current.at(-1) === data) return;
    kept.current = [...kept.current, data].slice(-kReadings);
    setBefore(kept.current.length > 1 ? kept.current[0] : undefined);
  }, [data]);
  return { now: data, before, error: error ?? undefined };
}
