// SPDX-License-Identifier: Apache-2.0
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, CircleAlert } from "lucide-react";
import { useMemo, useRef, type ReactNode } from "react";
import { formatDuration } from "~/base/time";
import { formatPercent, formatWhole, plural } from "~/base/units";
import { serviceClass } from "~/widgets/service";
import { Link, setParams, useQueryParams } from "~/widgets/url";
import { kNoFilter } from "./model/filter";
import { filterParams } from "./model/state";
import { kStatColumns, orderText, readOrder, sorted, statistics, type Order, type StatColumn, type StatRow } from "./model/statistics";
import type { TraceTree } from "./model/tree";
import { NoMatch } from "./NoMatch";
import type { TraceViewModel } from "./useTraceView";

const kRowPx = 32;

const kTitles: Readonly<Record<StatColumn, string>> = {
  service: "Service", name: "Name", count: "Count", errors: "Errors", totalNs: "Total", selfNs: "Self", averageNs: "Average", maxNs: "Max",
};

const isText = (column: StatColumn): boolean => column === "service" || column === "name";

function Header({ order }: { readonly order: Order }): ReactNode {
  const next = (column: StatColumn): Order =>
    ({ column, descending: column === order.column ? !order.descending : !isText(column) });
  return (
    <div className="stat-row head" role="row">
      {kStatColumns.map((column) => {
        const on = order.column === column;
        return (
          <span key={column} role="columnheader" className={isText(column) ? "" : "num"}
            aria-sort={on ? (order.descending ? "descending" : "ascending") : "none"}>
            <button type="button" onClick={() => setParams({ sort: orderText(next(column)) }, "replace")}>
              {kTitles[column]}{on && (order.descending ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
            </button>
          </span>
        );
      })}
    </div>
  );
}

// The timeline with the spans of this row alone as matches.
function spansHref(row: StatRow): string {
  const url = new URL(window.location.href);
  for (const [key, value] of Object.entries(filterParams({ ...kNoFilter, services: [row.service], names: [row.name] }))) {
    url.searchParams.delete(key);
    [value ?? []].flat().filter((v) => v !== "").forEach((v) => url.searchParams.append(key, v));
  }
  for (const key of ["tab", "sort", "span"]) url.searchParams.delete(key);
  return url.pathname + url.search;
}

function Row({ row, traceNs, mostSelf }: { readonly row: StatRow; readonly traceNs: number; readonly mostSelf: number }): ReactNode {
  return (
    <div className="stat-row body" role="row">
      <span role="cell" className={serviceClass(row.service)}>
        <i className="dot" aria-hidden /><span className="cut" title={row.service}>{row.service}</span>
      </span>
      <span role="cell" className="cut">
        <Link href={spansHref(row)} title={`Show ${plural(row.count, "span")} called ${row.name}`}>{row.name}</Link>
      </span>
      <span role="cell" className="num">{formatWhole(row.count)}</span>
      <span role="cell" className="num">
        {row.errors === 0 ? <span className="quiet">–</span> : <span className="error-count"><CircleAlert size={14} aria-hidden /> {formatWhole(row.errors)}</span>}
      </span>
      <span role="cell" className="num">{formatDuration(row.totalNs)}</span>
      <span role="cell" className="num self" title={traceNs > 0 ? `${formatPercent(row.selfNs / traceNs)} of the trace's duration` : ""}>
        <span className="track" aria-hidden><i className="bar" style={{ width: `${mostSelf > 0 ? (100 * row.selfNs) / mostSelf : 0}%` }} /></span>
        <span>{formatDuration(row.selfNs)}</span>
      </span>
      <span role="cell" className="num">{formatDuration(row.averageNs)}</span>
      <span role="cell" className="num">{formatDuration(row.maxNs)}</span>
    </div>
  );
}

export function StatisticsTab({ tree, view }: { readonly tree: TraceTree; readonly view: TraceViewModel }): ReactNode {
  const order = readOrder(useQueryParams().get("sort"));
  const rows = useMemo(() => statistics(tree, view.matches?.rows), [tree, view.matches]);
  const lines = useMemo(() => sorted(rows, order), [rows, order.column, order.descending]);
  const mostSelf = useMemo(() => rows.reduce((most, row) => Math.max(most, row.selfNs), 0), [rows]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => kRowPx,
    overscan: 20,
  });
  if (lines.length === 0) return <NoMatch />;
  return (
    <section className="statistics" role="table" aria-label="Statistics by service and name" aria-rowcount={lines.length + 1}>
      <Header order={order} />
      <div ref={scroller} className="stat-scroll" role="rowgroup" tabIndex={0} aria-label="Rows">
        <div className="virtual" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = lines[item.index];
            return row && (
              <div key={`${row.service}\n${row.name}`} role="presentation" className="virtual-row" style={{ transform: `translateY(${item.start}px)`, height: kRowPx }}>
                <Row row={row} traceNs={tree.totalNs} mostSelf={mostSelf} />
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}
