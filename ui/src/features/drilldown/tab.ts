// SPDX-License-Identifier: Apache-2.0
import type { TimeRange } from "~/base/range";
import { absoluteRange } from "~/base/range";
import type { DrilldownState } from "./model/state";

// What each tab is given.
export interface TabProps {
  readonly state: DrilldownState;
  readonly range: TimeRange;
  readonly refreshMs: number | false;
  // From when on a span of the set counts as slow: its 90th percentile.
  readonly slowNs: number | undefined;
}

// The time that a tab looks at: the box's, when there is one.
export const rangeOf = ({ state, range }: TabProps): TimeRange => (state.box === undefined ? range : absoluteRange(state.box));

export const exploreHref = (q: string, range: TimeRange): string =>
  `/explore?${new URLSearchParams({ mode: "traceql", q, from: range.from, to: range.to })}`;
