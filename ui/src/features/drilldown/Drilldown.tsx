// SPDX-License-Identifier: Apache-2.0
// Rate, errors and durations of any set of spans, and what they are made of, without writing a query.
import { useMemo, type ReactNode } from "react";
import { useFilterSource } from "~/api/filterSource";
import { useMetrics } from "~/api/metrics";
import { useRefreshMs, useTimeRange } from "~/widgets/range";
import { Segments } from "~/widgets/Segments";
import { Empty } from "~/widgets/States";
import { CopyButton } from "~/widgets/Button";
import { FilterChips } from "~/widgets/FilterChips";
import { TimeRangePicker } from "~/widgets/TimeRangePicker";
import { Link, setParams, useQueryParams } from "~/widgets/url";
import { Breakdown } from "./Breakdown";
import { Comparison } from "./Comparison";
import { Exceptions } from "./Exceptions";
import { Panels, kHeatIntervals } from "./Panels";
import { Spans } from "./Spans";
import { Structure } from "./Structure";
import { durationQuery, errorsQuery, filterParams, kSignals, rateQuery, readState, type DrilldownState, type Tab } from "./model/state";
import { quantileNs } from "./model/quantile";

const kBars = 90;

function tabsOf(state: DrilldownState): readonly { readonly value: Tab; readonly text: string }[] {
  const structure = { rate: "Service structure", errors: "Root cause errors", duration: "Root cause latency" }[state.metric];
  return [
    { value: "breakdown", text: "Breakdown" },
    { value: "structure", text: structure },
    { value: "comparison", text: "Comparison" },
    ...(state.metric === "errors" ? [{ value: "exceptions", text: "Exceptions" } as const] : []),
    { value: "traces", text: state.metric === "errors" ? "Errored traces" : state.metric === "duration" ? "Slow traces" : "Traces" },
  ];
}

function QueryLine({ state }: { readonly state: DrilldownState }): ReactNode {
  const q = { rate: rateQuery, errors: errorsQuery, duration: durationQuery }[state.metric](state);
  const text = q.slice(0, q.lastIndexOf("|")).trim();
  return (
    <div className="made-query">
      <code aria-label="TraceQL of these spans">{text}</code>
      <CopyButton text={text} label="Copy the query" />
      <Link className="button quiet" href={`/explore?${new URLSearchParams({ mode: "traceql", q: text })}`}>Open in Explore</Link>
    </div>
  );
}

export default function Drilldown(): ReactNode {
  const query = useQueryParams();
  // Equal texts mean an equal state.
  const state = useMemo(() => readState(query), [query.text]);
  const range = useTimeRange();
  const refreshMs = useRefreshMs();
  const source = useFilterSource(range);
  const rate = useMetrics({ q: rateQuery(state), range, intervals: kBars }, refreshMs);
  const errors = useMetrics({ q: errorsQuery(state), range, intervals: kBars }, refreshMs);
  const durations = useMetrics({ q: durationQuery(state), range, intervals: kHeatIntervals }, refreshMs);
  const slowNs = useMemo(() => quantileNs(durations.data, 0.9), [durations.data]);
  const nothing = rate.data !== undefined && !rate.isPlaceholderData
    && rate.data.series.every((s) => s.points.every((p) => p.value === 0));
  const tab = { state, range, refreshMs, slowNs };
  return (
    <div className="drilldown">
      <header className="view-head">
        <h1>Drilldown</h1>
        <TimeRangePicker />
      </header>
      <section className="query-panel" aria-label="Spans">
        <div className="query-bar">
          <Segments label="Spans" value={state.signal} items={kSignals.map(({ value, text }) => ({ value, text }))}
            onChange={(spans) => setParams({ spans: spans === "root" ? undefined : spans })} />
          <FilterChips filters={state.filters} source={source} addText="Add filter" onChange={(filters) => setParams(filterParams(filters))} />
        </div>
        <QueryLine state={state} />
      </section>
      <Panels state={state} rate={rate} errors={errors} durations={durations} slowNs={slowNs} />
      {nothing ? (
        <Empty title="No spans of this kind in this time range">
          <p>Take another set of spans, fewer filters or a longer time range, or <Link href="/start">send traces</Link>.</p>
        </Empty>
      ) : (
        <>
          <Segments role="tabs" label="What to look at" value={state.tab} items={tabsOf(state)}
            onChange={(value) => setParams({ tab: value === "breakdown" ? undefined : value })} />
          <section className="drill-tab" role="tabpanel">
            {state.tab === "breakdown" && <Breakdown {...tab} />}
            {state.tab === "structure" && <Structure {...tab} />}
            {state.tab === "comparison" && <Comparison {...tab} />}
            {state.tab === "exceptions" && <Exceptions {...tab} />}
            {state.tab === "traces" && <Spans {...tab} />}
          </section>
        </>
      )}
    </div>
  );
}
