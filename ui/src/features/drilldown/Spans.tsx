// SPDX-License-Identifier: Apache-2.0
// The spans themselves, with any attribute as a further column.
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, X } from "lucide-react";
import { useMemo, useRef, type ReactNode } from "react";
import { useFilterSource } from "~/api/filterSource";
import { useSearch } from "~/api/hooks";
import { makeFilter } from "~/base/filters";
import { formatDateTime, formatDuration } from "~/base/time";
import { plural } from "~/base/units";
import { Button } from "~/widgets/Button";
import { Suggest } from "~/widgets/Combobox";
import { Empty, Skeleton } from "~/widgets/States";
import { serviceClass } from "~/widgets/service";
import { Link, setParams, useQueryParams } from "~/widgets/url";
import { withFilter } from "./model/breakdown";
import { readOrder, sortLines, spanLines, type SpanLine } from "./model/spans";
import { filterParams, spansQuery } from "./model/state";
import { exploreHref, rangeOf, type TabProps } from "./tab";
import { Loading, Problem } from "./Waiting";

const kTraces = 200;
const kSpans = 10;
const kRowPx = 32;
const kOwn = [["start", "Start"], ["service", "Service"], ["name", "Name"], ["duration", "Duration"], ["status", "Status"]] as const;

function Row({ line }: { readonly line: SpanLine }): ReactNode {
  return (
    <>
      <span role="cell" className="num">
        <Link href={`/trace/${line.traceId}?span=${line.spanId}`}>{formatDateTime(line.startMs)}</Link>
      </span>
      <span role="cell" className={`cut ${serviceClass(line.service)}`} title={line.service}><i className="dot" aria-hidden /> {line.service}</span>
      <span role="cell" className="cut" title={line.name}>{line.name}</span>
      <span role="cell" className="num">{formatDuration(line.durationNs)}</span>
      <span role="cell" className={line.status === "error" ? "error-text" : "quiet"}>{line.status === "error" ? "✕ error" : line.status}</span>
      {line.more.map((text, i) => <span key={i} role="cell" className="cut mono" title={text}>{text === "" ? "–" : text}</span>)}
    </>
  );
}

export function Spans(props: TabProps): ReactNode {
  const { state, refreshMs, slowNs } = props;
  const range = rangeOf(props);
  const order = readOrder(useQueryParams().get("sort"));
  const q = spansQuery(state, slowNs === undefined ? undefined : Number(slowNs.toPrecision(2)));
  const params = useMemo(() => ({ q, limit: kTraces, spansPerTrace: kSpans, range }), [q, range]);
  const search = useSearch(params, refreshMs);
  const { options, loading } = useFilterSource(props.range).useKeys();
  const lines = useMemo(
    () => sortLines(spanLines(search.data?.traces ?? [], state.columns), state.columns, order),
    [search.data, state.columns.join("\n"), order.column, order.descending],
  );
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => kRowPx, overscan: 10 });
  const template = { gridTemplateColumns: `160px minmax(120px, 1fr) minmax(140px, 1.6fr) 100px 90px ${state.columns.map(() => "minmax(110px, 1fr)").join(" ")}` };
  const head = (column: string, text: ReactNode): ReactNode => {
    const on = order.column === column;
    return (
      <button type="button" onClick={() => setParams({ sort: `${column}.${on && order.descending ? "asc" : "desc"}` })}>
        {text}{on && (order.descending ? <ArrowDown size={13} aria-hidden /> : <ArrowUp size={13} aria-hidden />)}
      </button>
    );
  };
  const sorted = (column: string): "ascending" | "descending" | undefined =>
    order.column !== column ? undefined : order.descending ? "descending" : "ascending";
  return (
    <div className="span-list">
      <div className="tab-bar">
        <Button onClick={() => setParams(filterParams(withFilter(state.filters, makeFilter("status", "=", ["error"]))))}>Errored</Button>
        <Button disabled={slowNs === undefined} title="Slower than nine of ten spans of the set"
          onClick={() => setParams(filterParams(withFilter(state.filters, makeFilter("duration", ">", [`${Math.round((slowNs ?? 0) / 1e6)}ms`]))))}>Slow</Button>
        <span className="other-key">
          <Suggest label="Add a column" placeholder="Add a column" options={options} loading={loading}
            onPick={(key) => setParams({ col: [...state.columns.filter((c) => c !== key), key] })} />
        </span>
        <span className="grow" />
        <small>{plural(lines.length, "span")} of the newest {plural(search.data?.traces.length ?? 0, "trace")}</small>
        <Link className="button quiet" href={exploreHref(q, range)}>Open in Explore</Link>
      </div>
      <Loading of={search} label="Loading the spans" />
      {search.isError && search.data === undefined && <Problem of={search} title="The spans did not come" />}
      {search.isPending && !search.isError && <Skeleton rows={8} />}
      {search.data !== undefined && lines.length === 0 && <Empty title="No such spans"><p>Take a longer time range, fewer filters, or clear the selection.</p></Empty>}
      {lines.length > 0 && (
        <div className="card span-table" role="table" aria-label="Spans" aria-rowcount={lines.length + 1}>
          <div className="span-grid head" role="row" style={template}>
            {kOwn.map(([column, text]) => <span key={column} role="columnheader" aria-sort={sorted(column)}>{head(column, text)}</span>)}
            {state.columns.map((column) => (
              <span key={column} role="columnheader" aria-sort={sorted(column)}>
                {head(column, <span className="cut mono" title={column}>{column}</span>)}
                <button type="button" className="icon-button small" aria-label={`Remove ${column}`}
                  onClick={() => setParams({ col: state.columns.filter((c) => c !== column) })}><X size={13} /></button>
              </span>
            ))}
          </div>
          <div className="span-scroll" ref={scroller} tabIndex={0} role="rowgroup" aria-label="Rows">
            <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
              {virtual.getVirtualItems().map((item) => {
                const line = lines[item.index];
                return line === undefined ? undefined : (
                  <div key={item.key} className="span-grid" role="row" style={{ ...template, transform: `translateY(${item.start}px)`, height: kRowPx }}>
                    <Row line={line} />
                  </div>
                );
              })}
            </div>
          </div>
        </div>
      )}
    </div>
  );
}
