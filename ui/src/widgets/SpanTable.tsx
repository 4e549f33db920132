// SPDX-License-Identifier: Apache-2.0
// Spans as rows, with any attribute as a further column; sorted by the column that the URL names.
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, X } from "lucide-react";
import { useMemo, useRef, type ReactNode } from "react";
import { readOrder, sortLines, type SpanLine } from "~/base/spanLines";
import { formatDateTime, formatDuration } from "~/base/time";
import { serviceClass } from "./service";
import { Link, setParams, useQueryParams } from "./url";

const kRowPx = 32;
const kOwn = [["start", "Start"], ["service", "Service"], ["name", "Name"], ["duration", "Duration"], ["status", "Status"]] as const;

function Row({ line }: { readonly line: SpanLine }): ReactNode {
  return (
    <>
      <span role="cell" className="num">
        <Link href={`/trace/${line.traceId}?span=${line.spanId}`}>{formatDateTime(line.startMs)}</Link>
      </span>
      <span role="cell" className={`cut ${serviceClass(line.service)}`} title={line.service}>
        {line.service === "" ? "–" : <><i className="dot" aria-hidden /> {line.service}</>}
      </span>
      <span role="cell" className="cut" title={line.name}>{line.name}</span>
      <span role="cell" className="num">{formatDuration(line.durationNs)}</span>
      <span role="cell" className={line.status === "error" ? "error-text" : "quiet"}>{line.status === "error" ? "✕ error" : line.status}</span>
      {line.more.map((text, i) => <span key={i} role="cell" className="cut mono" title={text}>{text === "" ? "–" : text}</span>)}
    </>
  );
}

export function SpanTable({ lines, columns, onRemove }: {
  readonly lines: readonly SpanLine[];
  readonly columns: readonly string[];
  // Offered at the head of each further column, when there is one.
  readonly onRemove?: (column: string) => void;
}): ReactNode {
  const order = readOrder(useQueryParams().get("sort"));
  const sortedLines = useMemo(() => sortLines(lines, columns, order), [lines, columns.join("\n"), order.column, order.descending]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => kRowPx, overscan: 10 });
  const template = { gridTemplateColumns: `160px minmax(120px, 1fr) minmax(140px, 1.6fr) 100px 90px ${columns.map(() => "minmax(110px, 1fr)").join(" ")}` };
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
    <div className="span-table" role="table" aria-label="Spans" aria-rowcount={lines.length + 1}>
      <div className="span-grid head" role="row" style={template}>
        {kOwn.map(([column, text]) => <span key={column} role="columnheader" aria-sort={sorted(column)}>{head(column, text)}</span>)}
        {columns.map((column) => (
          <span key={column} role="columnheader" aria-sort={sorted(column)}>
            {head(column, <span className="cut mono" title={column}>{column}</span>)}
            {onRemove !== undefined && (
              <button type="button" className="icon-button small" aria-label={`Remove ${column}`} onClick={() => onRemove(column)}><X size={13} /></button>
            )}
          </span>
        ))}
      </div>
      <div className="span-scroll" ref={scroller} tabIndex={0} role="rowgroup" aria-label="Rows">
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map((item) => {
            const line = sortedLines[item.index];
            return line === undefined ? undefined : (
              <div key={item.key} className="span-grid" role="row" style={{ ...template, transform: `translateY(${item.start}px)`, height: kRowPx }}>
                <Row line={line} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
