// SPDX-License-Identifier: Apache-2.0
import { lazy, Suspense, useEffect, useMemo, useState, type ReactNode } from "react";
import { useTrace } from "~/api/hooks";
import { TooLargeError } from "~/api/http";
import type { TracePart } from "~/api/tempo";
import type { Trace } from "~/api/trace";
import { Button } from "~/widgets/Button";
import { Segments } from "~/widgets/Segments";
import { Empty, Failure, Progress, Skeleton } from "~/widgets/States";
import { Link, setParams, useQueryParams } from "~/widgets/url";
import { FilterBar } from "./FilterBar";
import { JsonTab } from "./JsonTab";
import { runningForMs } from "./model/arrival";
import type { Tab } from "./model/state";
import { buildTree } from "./model/tree";
import { SpanDetail } from "./SpanDetail";
import { StatisticsTab } from "./StatisticsTab";
import { TimelineTab } from "./TimelineTab";
import { ServiceLegend, TraceHeader } from "./TraceHeader";
import { useTraceKeys } from "./useTraceKeys";
import { useTraceView } from "./useTraceView";

// Each brings code that the timeline does without.
const GraphTab = lazy(() => import("./GraphTab"));
const FlameTab = lazy(() => import("./FlameTab"));

const kTabTexts: readonly { readonly value: Tab; readonly text: string }[] = [
  { value: "timeline", text: "Timeline" }, { value: "graph", text: "Node graph" }, { value: "flame", text: "Flame graph" },
  { value: "statistics", text: "Statistics" }, { value: "json", text: "JSON" },
];

function Loaded({ trace, part }: { readonly trace: Trace; readonly part: TracePart | undefined }): ReactNode {
  const tree = useMemo(() => buildTree(trace), [trace]);
  const view = useTraceView(tree);
  const { state, openRow, matches, cursor } = view;
  useTraceKeys(view);
  const detail = openRow !== undefined && <SpanDetail tree={tree} row={openRow} onClose={() => view.show(undefined)} />;
  return (
    <div className="trace-view">
      <TraceHeader trace={trace} tree={tree} part={part} />
      <div className="tabs-row">
        <Segments<Tab> role="tabs" label="Views of this trace" value={state.tab} items={kTabTexts}
          onChange={(tab) => setParams({ tab: tab === "timeline" ? undefined : tab })} />
        <ServiceLegend tree={tree} />
      </div>
      {state.tab !== "json" && (
        <FilterBar
          tree={tree}
          state={state}
          counts={view.counts}
          matches={matches === undefined ? undefined : { count: matches.rows.length, at: matches.rows.indexOf(cursor) }}
          onStep={view.step}
        />
      )}
      {state.tab === "json" && <JsonTab trace={trace} />}
      {state.tab === "timeline" && <TimelineTab tree={tree} view={view}>{detail}</TimelineTab>}
      {state.tab !== "timeline" && state.tab !== "json" && (
        <div className="trace-body">
          <Suspense fallback={<Progress label="Loading the view" />}>
            {state.tab === "graph" && <GraphTab tree={tree} view={view} />}
            {state.tab === "flame" && <FlameTab tree={tree} view={view} />}
            {state.tab === "statistics" && <StatisticsTab tree={tree} view={view} />}
          </Suspense>
          {state.tab !== "statistics" && detail}
        </div>
      )}
    </div>
  );
}

const kParts: readonly (readonly [part: TracePart, text: string])[] = [
  ["errors", "Only failed spans"], ["slow", "Only spans over 1 s"], ["servers", "Only server spans"],
];

function TooLarge({ id, reason }: { readonly id: string; readonly reason: string }): ReactNode {
  return (
    <Failure
      title="This trace is too large to be shown whole"
      error={`${reason}, more than a browser tab can hold. A part of it may fit; its spans can also be searched, or fetched through the API.`}
    >
      <div className="row">
        {kParts.map(([part, text]) => <Link key={part} className="button" href={`/trace/${id}?part=${part}`}>{text}</Link>)}
        <Link className="button" href={`/explore?${new URLSearchParams({ mode: "traceql", q: `{ trace:id = "${id}" && status = error }` })}`}>Search in it</Link>
      </div>
    </Failure>
  );
}

function Missing({ id, part, onRetry }: { readonly id: string; readonly part: TracePart | undefined; readonly onRetry: () => void }): ReactNode {
  const imported = id === "imported";
  const text = imported ? "An imported trace stays in its tab. Import the file again."
    : part !== undefined ? "The trace has no span in this part."
    : `Nothing is stored under ${id}. It may have expired, or its spans have not arrived yet.`;
  return (
    <Empty title={imported ? "Nothing is imported" : part === undefined ? "No such trace" : "Nothing in this part"}>
      <p>{text}</p>
      <div className="row">
        {!imported && <Button onClick={onRetry}>Look again</Button>}
        {part !== undefined && <Link className="button" href={`/trace/${id}`}>The whole trace</Link>}
        <Link className="button" href="/explore">Explore traces</Link>
      </div>
    </Empty>
  );
}

const kSlowMs = 2000;

// Leaving the view ends the request, and with it the server's work.
function Loading(): ReactNode {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), kSlowMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="trace-view">
      <Progress label="Loading the trace" />
      {slow && (
        <p className="notice" role="status">
          <span>Still loading; the trace is large, or the server is busy.</span>
          <Button onClick={() => window.history.back()}>Stop and go back</Button>
        </p>
      )}
      <Skeleton rows={12} />
    </div>
  );
}

const kPollMs = 2000;
// Larger ones are not loaded again and again.
const kMostPolled = 5000;

// A trace that is still running is asked for again until its root has arrived.
function pollMs(trace: Trace | undefined): number | false {
  if (trace === undefined || trace.spans.length > kMostPolled) return false;
  return runningForMs(trace.spans, Date.now()) === undefined ? false : kPollMs;
}

export function TraceView({ id }: { readonly id: string }): ReactNode {
  const asked = useQueryParams().get("part");
  const part = kParts.find(([known]) => known === asked)?.[0];
  const trace = useTrace(id, part, pollMs);
  if (trace.isPending) return <Loading />;
  // One that is shown stays, should asking for it again fail.
  if (trace.isError && trace.data === undefined) {
    if (trace.error instanceof TooLargeError) return <TooLarge id={id} reason={trace.error.message} />;
    return (
      <Failure title="The trace can't be shown" error={trace.error.message}>
        <Button onClick={() => void trace.refetch()}>Try again</Button>
      </Failure>
    );
  }
  if (trace.data === null) return <Missing id={id} part={part} onRetry={() => void trace.refetch()} />;
  return <Loaded trace={trace.data} part={part} />;
}
