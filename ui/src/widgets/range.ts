// SPDX-License-Identifier: Apache-2.0
// Time range and refresh interval of the view, as the URL has them.
import { useMemo } from "react";
import { kDefaultRange, type TimeRange } from "~/base/range";
import { useQueryParams } from "./url";

export const kRefreshSteps = [
  { text: "Off", param: "", ms: 0 },
  { text: "5 s", param: "5s", ms: 5_000 },
  { text: "10 s", param: "10s", ms: 10_000 },
  { text: "30 s", param: "30s", ms: 30_000 },
  { text: "1 min", param: "1m", ms: 60_000 },
  { text: "5 min", param: "5m", ms: 300_000 },
] as const;

export function useTimeRange(): TimeRange {
  const query = useQueryParams();
  const from = query.get("from") ?? kDefaultRange.from;
  const to = query.get("to") ?? kDefaultRange.to;
  return useMemo(() => ({ from, to }), [from, to]);
}

export function useRefreshMs(): number | false {
  const param = useQueryParams().get("refresh");
  const step = kRefreshSteps.find((s) => s.param === param);
  return step === undefined || step.ms === 0 ? false : step.ms;
}
