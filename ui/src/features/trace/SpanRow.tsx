// SPDX-License-Identifier: Apache-2.0
import { ChevronRight, CircleAlert, Sparkles, Unlink } from "lucide-react";
import { memo, type ReactNode } from "react";
import { isLlmSpan } from "~/api/genai";
import { formatDuration } from "~/base/time";
import { apart, barPlace, placeLabel, share, type Extent } from "~/charts/timeScale";
import { serviceClass } from "~/widgets/service";
import type { Stretch } from "./model/criticalPath";
import type { TraceTree } from "./model/tree";

export interface RowProps {
  readonly tree: TraceTree;
  readonly row: number;
  readonly extent: Extent;
  readonly nameWidth: number;
  readonly barWidth: number;
  readonly indentPx: number;
  readonly collapsed: boolean;
  readonly current: boolean;
  readonly open: boolean;
  // Whether the row matches the filter; undefined without a filter.
  readonly match: boolean | undefined;
  readonly marked: boolean;
  readonly critical: readonly Stretch[] | undefined;
  readonly onToggle: (row: number) => void;
  readonly onOpen: (row: number) => void;
}

// Ticks closer than this are one: a streamed answer may have an event for each word.
const kTickPx = 5;

// Text of this size is about 6.6 px a character; 16 px of margin.
const labelPx = (text: string): number => text.length * 6.6 + 16;

function Name({ tree, row, indentPx, nameWidth, collapsed, onToggle }: RowProps): ReactNode {
  const span = tree.spans[row];
  if (span === undefined) return undefined;
  const up = tree.spans[tree.parent[row] ?? -1];
  const children = tree.childCount[row] ?? 0;
  const below = (tree.lastRow[row] ?? row) - row;
  const maxIndentPx = nameWidth * 0.55;
  const foreign = up === undefined || up.resource.service !== span.resource.service;
  return (
    <>
      <span className="indent" style={{ width: Math.min((tree.depth[row] ?? 0) * indentPx, maxIndentPx) }} aria-hidden />
      {children > 0 ? (
        <button
          type="button"
          tabIndex={-1}
          className={`toggle ${collapsed ? "" : "turned"}`}
          aria-label={collapsed ? `Expand ${below} spans` : "Collapse"}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(row);
          }}
        >
          <ChevronRight size={14} />
        </button>
      ) : (
        <span className="toggle" />
      )}
      <i className="strip" aria-hidden />
      {span.status === "error" && <CircleAlert className="error-mark" size={15} aria-label="error" role="img" />}
      {tree.orphan[row] === 1 && <Unlink className="orphan" size={14} aria-label="its parent span is not in this trace" role="img" />}
      {isLlmSpan(span) && <Sparkles className="llm-mark" size={14} aria-label="LLM call" role="img" />}
      {foreign && <><b title={span.resource.service}>{span.resource.service}</b>{" "}</>}
      <span className="op" title={`${span.resource.service}: ${span.name}`}>{span.name}</span>
      {" "}{collapsed && <small className="below">+{below}</small>}
    </>
  );
}

function Bar({ tree, row, extent, barWidth, critical }: RowProps): ReactNode {
  const span = tree.spans[row];
  const start = tree.startNs[row] ?? 0;
  const duration = tree.durationNs[row] ?? 0;
  const place = barPlace(extent, start, duration);
  if (span === undefined || place === undefined) return undefined;
  const text = formatDuration(duration);
  const all = span.events
    .map((event) => ({ name: event.name, at: share(extent, Number(event.at - span.start) + start) * 100 }))
    .filter(({ at }) => at >= 0 && at <= 100);
  const marks = apart(all, (kTickPx * 100) / Math.max(1, barWidth));
  const side = placeLabel(place, barWidth, labelPx(text), marks.map((mark) => mark.at))?.side;
  const label = { right: { left: `${place.left + place.width}%` }, left: { right: `${100 - place.left}%` } };
  return (
    <>
      <i className={`span-bar ${span.status === "error" ? "failed" : ""} label-${side ?? "none"}`}
        style={{ left: `${place.left}%`, width: `${place.width}%` }}>
        {(side === "end" || side === "start" || side === "middle") && <span>{text}</span>}
      </i>
      {critical?.map((stretch) => {
        const part = barPlace(extent, stretch.fromNs, stretch.toNs - stretch.fromNs);
        return part && <i key={stretch.fromNs} className="critical-mark" style={{ left: `${part.left}%`, width: `${part.width}%` }} />;
      })}
      {marks.map(({ name, at }, i) => <i key={i} className="event-mark" title={name} style={{ left: `${at}%` }} />)}
      {(side === "right" || side === "left") && <span className={`bar-label ${side}`} style={label[side]}>{text}</span>}
    </>
  );
}

export const SpanRow = memo(function SpanRow(props: RowProps): ReactNode {
  const { tree, row, collapsed, current, open, match } = props;
  const span = tree.spans[row];
  if (span === undefined) return undefined;
  const text = [
    `${span.resource.service} ${span.name}${collapsed ? ` +${(tree.lastRow[row] ?? row) - row}` : ""}`,
    formatDuration(tree.durationNs[row] ?? 0),
    ...(span.status === "error" ? ["error"] : []),
  ].join(", ");
  const state = [current && "current", open && "opened", match === false && "dim", match === true && props.marked && "match",
    span.status === "error" && "error"].filter(Boolean).join(" ");
  return (
    <div
      id={`row-${row}`}
      role="treeitem"
      aria-level={(tree.depth[row] ?? 0) + 1}
      aria-expanded={(tree.childCount[row] ?? 0) > 0 ? !collapsed : undefined}
      aria-selected={current}
      aria-label={text}
      data-span={span.id}
      className={`span-row ${serviceClass(span.resource.service)} ${state}`}
      onClick={() => props.onOpen(row)}
    >
      <div className="name-cell" style={{ width: props.nameWidth }}><Name {...props} /></div>{" "}
      <div className="bar-cell"><Bar {...props} /></div>
    </div>
  );
});
