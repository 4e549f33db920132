// SPDX-License-Identifier: Apache-2.0
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp, ChevronRight, CircleAlert, PanelRightOpen } from "lucide-react";
import { useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import type { MatchedSpan, TraceSummary } from "~/api/tempo";
import { formatDateTime, formatDuration, nanosToMs } from "~/base/time";
import { formatCount } from "~/base/units";
import { IconButton } from "~/widgets/Button";
import { serviceClass } from "~/widgets/service";
import { useShortcuts } from "~/widgets/shortcuts";
import { go, Link, setParams, useQueryParams } from "~/widgets/url";
import { kColumns, nextSorting, readSorting, sortingText, sortTraces, type Column } from "./model/sort";

const kTitles: Readonly<Record<Column, string>> = {
  start: "Start", service: "Service", name: "Name", spans: "Spans", errors: "Errors", duration: "Duration",
};

const kRowPx = 36;
const kSpanPx = 30;

const traceHref = (trace: TraceSummary, span?: string): string =>
  `/trace/${trace.id}${span === undefined ? "" : `?span=${span}`}`;

function Header(): ReactNode {
  const sorting = readSorting(useQueryParams().get("sort"));
  return (
    <div className="tr head" role="row">
      <span role="columnheader" aria-label="Matched spans" />
      <span role="columnheader">Trace</span>
      {kColumns.map((column) => {
        const on = sorting.column === column;
        return (
          <span key={column} role="columnheader" className={`col-${column}`}
            aria-sort={on ? (sorting.descending ? "descending" : "ascending") : "none"}>
            <button type="button" onClick={() => setParams({ sort: sortingText(nextSorting(sorting, column)) }, "replace")}>
              {kTitles[column]}
              {on && (sorting.descending ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
            </button>
          </span>
        );
      })}
    </div>
  );
}

function ErrorCell({ count }: { readonly count: number | undefined }): ReactNode {
  if (count === undefined || count === 0) return <span className="quiet">–</span>;
  return (
    <span className="error-count">
      <CircleAlert size={14} aria-hidden /> {formatCount(count)}
    </span>
  );
}

function Row({ trace, longestMs, open, onToggle }: {
  readonly trace: TraceSummary;
  readonly longestMs: number;
  readonly open: boolean;
  readonly onToggle: () => void;
}): ReactNode {
  return (
    <div className={`tr body ${open ? "open" : ""}`} role="row" data-trace={trace.id}>
      <span role="cell">
        <button type="button" className={`icon-button small ${open ? "turned" : ""}`} aria-expanded={open}
          aria-label={`${open ? "Hide" : "Show"} matched spans`} title={`${trace.matched} matched`} onClick={onToggle}>
          <ChevronRight size={16} />
        </button>
      </span>
      <span role="cell" className="id-cell">
        <Link className="mono" href={traceHref(trace)} title={trace.id}>{trace.id.slice(0, 12)}</Link>
        <IconButton className="small" label={`Show ${trace.id.slice(0, 12)} beside the list`} icon={<PanelRightOpen size={14} />}
          onClick={() => setParams({ peek: trace.id })} />
      </span>
      <span role="cell" className="col-start num">{formatDateTime(nanosToMs(trace.start))}</span>
      <span role="cell" className={`col-service ${serviceClass(trace.rootService)}`}>
        <i className="dot" aria-hidden /><span className="cut" title={trace.rootService}>{trace.rootService}</span>
      </span>
      <span role="cell" className="col-name cut" title={trace.rootName}>{trace.rooted ? trace.rootName : <em>root not received yet</em>}</span>
      <span role="cell" className="col-spans num">{trace.spanCount === undefined ? "–" : formatCount(trace.spanCount)}</span>
      <span role="cell" className="col-errors num"><ErrorCell count={trace.errorCount} /></span>
      <span role="cell" className="col-duration num">
        <span className="track" aria-hidden>
          <i className="bar" style={{ width: `${longestMs === 0 ? 0 : (100 * trace.durationMs) / longestMs}%` }} />
        </span>
        <span>{trace.durationMs === 0 ? "< 1 ms" : formatDuration(trace.durationMs * 1e6)}</span>
      </span>
    </div>
  );
}

function SpanRow({ trace, span }: { readonly trace: TraceSummary; readonly span: MatchedSpan }): ReactNode {
  return (
    <div className="tr span" role="row">
      <span role="cell" />
      <span role="cell"><Link className="mono" href={traceHref(trace, span.id)}>{span.id}</Link></span>
      <span role="cell" className="col-start num">+{formatDuration(Number(span.start - trace.start))}</span>
      <span role="cell" className="span-text cut">
        <b>{span.name}</b>
        {span.attributes.map((a) => <code key={a.key}>{a.key} = {a.text}</code>)}
      </span>
      <span role="cell" className="col-duration num"><span>{formatDuration(span.durationNs)}</span></span>
    </div>
  );
}

type Line =
  | { readonly kind: "trace"; readonly trace: TraceSummary }
  | { readonly kind: "span"; readonly trace: TraceSummary; readonly span: MatchedSpan }
  | { readonly kind: "more"; readonly trace: TraceSummary; readonly count: number };

function linesOf(traces: readonly TraceSummary[], open: ReadonlySet<string>): readonly Line[] {
  return traces.flatMap((trace): Line[] => {
    const lines: Line[] = [{ kind: "trace", trace }];
    if (!open.has(trace.id)) return lines;
    trace.spans.forEach((span) => lines.push({ kind: "span", trace, span }));
    const rest = trace.matched - trace.spans.length;
    if (rest > 0) lines.push({ kind: "more", trace, count: rest });
    return lines;
  });
}

// Arrows move between the links of the rows; Right and Left open and close the matched spans.
function onArrows(event: KeyboardEvent<HTMLDivElement>): void {
  const row = (event.target as HTMLElement).closest(".tr");
  if (row === null) return;
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step !== 0) {
    event.preventDefault();
    const links = [...event.currentTarget.querySelectorAll<HTMLElement>(".tr a")];
    const at = links.findIndex((link) => row.contains(link));
    links[at + step]?.focus();
  } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    const toggle = row.querySelector<HTMLElement>("button[aria-expanded]");
    if ((toggle?.getAttribute("aria-expanded") === "true") !== (event.key === "ArrowRight")) toggle?.click();
  }
}

export function TraceTable({ traces }: { readonly traces: readonly TraceSummary[] }): ReactNode {
  const sorting = readSorting(useQueryParams().get("sort"));
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const sorted = useMemo(() => sortTraces(traces, sorting), [traces, sorting.column, sorting.descending]);
  const lines = useMemo(() => linesOf(sorted, open), [sorted, open]);
  const longestMs = useMemo(() => traces.reduce((max, t) => Math.max(max, t.durationMs), 0), [traces]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => (lines[i]?.kind === "trace" ? kRowPx : kSpanPx),
    overscan: 12,
  });
  useShortcuts([{
    key: "ArrowDown",
    when: (event) => event.target === document.body,
    run: () => scroller.current?.querySelector<HTMLElement>(".tr a")?.focus(),
  }]);
  const toggle = (id: string): void => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  return (
    <div className="trace-table" role="table" aria-label="Traces" aria-rowcount={traces.length + 1}>
      <Header />
      <div ref={scroller} className="table-scroll" onKeyDown={onArrows}>
        <div className="virtual" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const line = lines[item.index];
            if (line === undefined) return undefined;
            return (
              <div key={item.key} className="virtual-row" style={{ transform: `translateY(${item.start}px)`, height: item.size }}
                onDoubleClick={() => go(traceHref(line.trace))}>
                {line.kind === "trace" && (
                  <Row trace={line.trace} longestMs={longestMs} open={open.has(line.trace.id)} onToggle={() => toggle(line.trace.id)} />
                )}
                {line.kind === "span" && <SpanRow trace={line.trace} span={line.span} />}
                {line.kind === "more" && (
                  <div className="tr span more" role="row"><span role="cell">and {formatCount(line.count)} more matched spans</span></div>
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
