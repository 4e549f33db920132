// SPDX-License-Identifier: Apache-2.0
import { useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { ChartScatter } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { stopSearch, type SearchParams } from "~/api/hooks";
import { ApiError } from "~/api/http";
import { attributeColumns, spanLines } from "~/api/spanLines";
import type { SearchResult } from "~/api/tempo";
import { kDefaultRange, rangeLabel, resolveRange, zoomOutRange, type TimeRange } from "~/base/range";
import { formatDuration } from "~/base/time";
import { formatBytes, formatCount, formatPercent, plural } from "~/base/units";
import { Button } from "~/widgets/Button";
import { Segments } from "~/widgets/Segments";
import { SpanTable } from "~/widgets/SpanTable";
import { Empty, Failure, Progress, Skeleton } from "~/widgets/States";
import { useTimeRange } from "~/widgets/range";
import { chooseRange } from "~/widgets/TimeRangePicker";
import { Link, setParams } from "~/widgets/url";
import { DurationChart } from "./DurationChart";
import type { ExploreState, Listing } from "./model/state";
import { TraceTable } from "./TraceTable";

interface Props {
  readonly search: UseQueryResult<SearchResult, Error>;
  readonly params: SearchParams;
  readonly state: ExploreState;
}

// The source line with a caret, as the server reads the query.
function FaultText({ query, error }: { readonly query: string; readonly error: ApiError }): ReactNode {
  const fault = error.fault;
  if (fault === undefined) return undefined;
  const line = query.split("\n")[fault.line - 1] ?? "";
  return (
    <pre className="fault">
      {line}
      {"\n"}
      {" ".repeat(Math.max(0, fault.column - 1))}<b>^</b>
    </pre>
  );
}

// The same question may get an answer later; what the server refuses, it refuses again.
function mayPass(error: Error): boolean {
  const status = error instanceof ApiError ? error.status : undefined;
  return status === undefined || status === 429 || (status >= 500 && status !== 501);
}

export function Problem({ error, query, onRetry }: {
  readonly error: Error;
  readonly query: string;
  readonly onRetry: () => void;
}): ReactNode {
  const inQuery = error instanceof ApiError && error.fault !== undefined;
  const range = useTimeRange();
  const badRange = resolveRange(range, Date.now()) === undefined;
  return (
    <Failure title={inQuery ? "The query has a mistake" : "The search did not succeed"} error={error.message}>
      {inQuery && <FaultText query={query} error={error} />}
      {badRange && <Button onClick={() => chooseRange(kDefaultRange)}>Use the last hour</Button>}
      {!badRange && mayPass(error) && <Button onClick={onRetry}>Try again</Button>}
    </Failure>
  );
}

function Nothing({ query, range }: { readonly query: string; readonly range: TimeRange }): ReactNode {
  const all = query.replaceAll(/\s/g, "") === "{}";
  return (
    <Empty title={all ? `No traces in: ${rangeLabel(range, Date.now())}` : "No trace matches"}>
      <p>
        {all
          ? "Traces that started outside this range are not shown."
          : `Searched ${rangeLabel(range, Date.now())} for spans that match ${query}.`}
      </p>
      <div className="row">
        <Button onClick={() => chooseRange(zoomOutRange(range, Date.now()))}>Double the range</Button>
        {all
          ? <Link className="button" href="/start">Send data</Link>
          : <Button onClick={() => setParams({ f: undefined, q: undefined, mode: undefined })}>Clear the query</Button>}
      </div>
    </Empty>
  );
}

function Summary({ result, limit }: { readonly result: SearchResult; readonly limit: number }): ReactNode {
  const full = result.traces.length >= limit;
  const looked = [
    result.inspectedSpans > 0 ? `${formatCount(result.inspectedSpans)} spans` : undefined,
    result.inspectedBytes > 0 ? formatBytes(result.inspectedBytes) : undefined,
  ].filter((part) => part !== undefined);
  return (
    <span className="summary" role="status">
      {full ? `the first ${plural(result.traces.length, "trace")}; raise the limit for more` : plural(result.traces.length, "trace")}
      {looked.length > 0 && <> · looked at {looked.join(", ")}</>}
      {" "}· {formatDuration(Math.max(1, Math.round(result.elapsedMs)) * 1e6)}
      {result.partial !== "" && <> · <b>{result.partial}</b></>}
    </span>
  );
}

const kChartKey = "orrery.explore.chart";

// Whether the chart is shown is taste; a low window starts without it, so that the table keeps its rows.
function useChartShown(): [boolean, () => void] {
  const [shown, setShown] = useState(() => (localStorage.getItem(kChartKey) ?? String(window.innerHeight >= 800)) === "true");
  return [shown, () => {
    localStorage.setItem(kChartKey, String(!shown));
    setShown(!shown);
  }];
}

function Found({ search, range, chart, listing }: {
  readonly search: UseQueryResult<SearchResult, Error>;
  readonly range: TimeRange;
  readonly chart: boolean;
  readonly listing: Listing;
}): ReactNode {
  const traces = search.data?.traces ?? [];
  const columns = useMemo(() => (listing === "spans" ? attributeColumns(traces) : []), [traces, listing]);
  const lines = useMemo(() => (listing === "spans" ? spanLines(traces, columns) : []), [traces, columns, listing]);
  // The window as it was when the answer came, so that the points stay in place until the next one.
  const shown = resolveRange(range, search.dataUpdatedAt);
  return (
    <>
      {chart && shown !== undefined && <DurationChart traces={traces} window={shown} />}
      {listing === "spans" ? <SpanTable lines={lines} columns={columns} /> : <TraceTable traces={traces} />}
    </>
  );
}

export function Results({ search, params, state }: Props): ReactNode {
  const client = useQueryClient();
  const result = search.data;
  const failed = search.error !== null;
  const [chart, toggleChart] = useChartShown();
  const growing = result?.progress !== undefined && search.isFetching;
  const stop = (): void => {
    if (growing) stopSearch(params);
    else void client.cancelQueries({ queryKey: ["search"] });
  };
  return (
    <section className="results" aria-label="Traces found" aria-busy={search.isFetching}>
      {search.isFetching && <Progress label="Searching" />}
      <header>
        <h2>Traces</h2>
        <Segments label="List" value={state.listing} items={[{ value: "traces", text: "Traces" }, { value: "spans", text: "Spans" }]}
          onChange={(list) => setParams({ list: list === "traces" ? undefined : list, sort: undefined })} />
        {growing && (
          <span className="summary" role="status">{formatPercent(result.progress ?? 0)} searched · {plural(result.traces.length, "trace")} so far</span>
        )}
        {result !== undefined && !failed && !growing && <Summary result={result} limit={params.limit} />}
        <span className="grow" />
        {search.isFetching && <Button look="quiet" onClick={stop}>{growing ? "Stop" : "Cancel"}</Button>}
        <Button look="quiet" icon={<ChartScatter size={15} />} aria-pressed={chart} onClick={toggleChart}>
          {chart ? "Hide chart" : "Show chart"}
        </Button>
      </header>
      {failed && <Problem error={search.error} query={state.q} onRetry={() => void search.refetch()} />}
      {!failed && result === undefined && (search.isFetching
        ? <Skeleton rows={8} />
        : <Empty title="Cancelled"><Button onClick={() => void search.refetch()}>Search again</Button></Empty>)}
      {!failed && result !== undefined && (result.traces.length === 0
        ? (growing ? <Skeleton rows={8} /> : <Nothing query={state.q} range={params.range} />)
        : <Found search={search} range={params.range} chart={chart} listing={state.listing} />)}
    </section>
  );
}
