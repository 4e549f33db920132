// SPDX-License-Identifier: Apache-2.0
import { ArrowUpRight, CircleAlert, CircleCheck, ExternalLink, ListFilter, TriangleAlert, X } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { readCall } from "~/api/genai";
import { useLinkingSpans } from "~/api/hooks";
import { findAttribute, valueText, type Span, type SpanEvent } from "~/api/trace";
import { formatDuration, formatMoment } from "~/base/time";
import { formatPercent, plural } from "~/base/units";
import { Button, CopyButton, IconButton } from "~/widgets/Button";
import { serviceClass } from "~/widgets/service";
import { Link } from "~/widgets/url";
import { Attributes, filterHref } from "./Attributes";
import { CallFacts, Chat, hasTalk } from "./Conversation";
import { startsBeforeParentNs, type TraceTree } from "./model/tree";

function Section({ title, count, children, open = true }: {
  readonly title: string;
  readonly count?: number;
  readonly open?: boolean;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <details className="section" open={open}>
      <summary>{title}{count !== undefined && <small>{count}</small>}</summary>
      {children}
    </details>
  );
}

function Event({ event, span }: { readonly event: SpanEvent; readonly span: Span }): ReactNode {
  const type = findAttribute(event.attributes, "exception.type");
  const message = findAttribute(event.attributes, "exception.message");
  const stack = findAttribute(event.attributes, "exception.stacktrace");
  const shown = ["exception.type", "exception.message", "exception.stacktrace"];
  const exception = event.name === "exception";
  const rest = exception ? event.attributes.filter((a) => !shown.includes(a.key)) : event.attributes;
  return (
    <article className={`event ${exception ? "exception" : ""}`}>
      <header>
        <b>{exception && type !== undefined ? valueText(type) : event.name}</b>
        <time title={formatMoment(event.at)}>+{formatDuration(Number(event.at - span.start))}</time>
      </header>
      {exception && message !== undefined && <p>{valueText(message)}</p>}
      {exception && stack !== undefined && (
        <div className="stack">
          <CopyButton text={valueText(stack)} label="Copy the stack trace" />
          <pre tabIndex={0}>{valueText(stack)}</pre>
        </div>
      )}
      {rest.length > 0 && <Attributes attributes={rest} scope="event" />}
    </article>
  );
}

// A streamed answer may have an event for each chunk; what failed is never hidden.
const kShownEvents = 25;

function Events({ span }: { readonly span: Span }): ReactNode {
  const [all, setAll] = useState(false);
  const shown = span.events.filter((event, i) => all || i < kShownEvents || event.name === "exception");
  return (
    <>
      {shown.map((event, i) => <Event key={i} event={event} span={span} />)}
      {shown.length < span.events.length && (
        <Button className="more" onClick={() => setAll(true)}>Show {plural(span.events.length - shown.length, "more event")}</Button>
      )}
    </>
  );
}

const whichTrace = (traceId: string, here: string): string => (traceId === here ? " of this trace" : ` of trace ${traceId.slice(0, 12)}`);

function Links({ span }: { readonly span: Span }): ReactNode {
  return span.links.map((link, i) => (
    <article key={i} className="event">
      <header>
        <Link href={`/trace/${link.traceId}?span=${link.spanId}`}>
          <ExternalLink size={13} aria-hidden /> span {link.spanId}{whichTrace(link.traceId, span.traceId)}
        </Link>
      </header>
      {link.attributes.length > 0 && <Attributes attributes={link.attributes} scope="link" />}
    </article>
  ));
}

// Spans that name this one as linked, found in the store.
function LinkedFrom({ span }: { readonly span: Span }): ReactNode {
  const linking = useLinkingSpans(span.traceId, span.id);
  if (linking.isError) return <p className="hint">Spans that link to this one can't be looked up: {linking.error.message}</p>;
  if (linking.data === undefined || linking.data.length === 0) return undefined;
  return (
    <Section title="Linked from" count={linking.data.length}>
      {linking.data.map(({ traceId, spanId, name, service }) => (
        <article key={`${traceId} ${spanId}`} className="event">
          <header>
            <Link href={`/trace/${traceId}?span=${spanId}`}><ArrowUpRight size={13} aria-hidden /> {name}</Link>
            <span className="quiet">{service}{whichTrace(traceId, span.traceId)}</span>
          </header>
        </article>
      ))}
    </Section>
  );
}

function Status({ span }: { readonly span: Span }): ReactNode {
  if (span.status === "unset" && span.statusMessage === "") return undefined;
  const failed = span.status === "error";
  return (
    <div className={`status-box ${span.status}`}>
      {failed ? <CircleAlert size={16} aria-hidden /> : <CircleCheck size={16} aria-hidden />}
      <b>{failed ? "Error" : "OK"}</b>
      <span>{span.statusMessage}</span>
      {span.statusMessage !== "" && <CopyButton text={span.statusMessage} label="Copy the status message" />}
    </div>
  );
}

// A span that starts before its parent was timed by another clock; one that ends later may also be asynchronous work.
function Skew({ tree, row }: { readonly tree: TraceTree; readonly row: number }): ReactNode {
  const early = startsBeforeParentNs(tree, row);
  if (early <= 0) return undefined;
  return (
    <div className="status-box skewed">
      <TriangleAlert size={16} aria-hidden />
      <span>Starts {formatDuration(early)} before its parent: the clocks of the two hosts differ by at least that.</span>
    </div>
  );
}

function Fact({ name, children, title }: { readonly name: string; readonly title?: string; readonly children: ReactNode }): ReactNode {
  return <div className="fact" title={title}><dt>{name}</dt><dd>{children}</dd></div>;
}

export function SpanDetail({ tree, row, onClose }: {
  readonly tree: TraceTree;
  readonly row: number;
  readonly onClose: () => void;
}): ReactNode {
  const span = tree.spans[row];
  const call = useMemo(() => (span === undefined ? undefined : readCall(span)), [span]);
  if (span === undefined) return undefined;
  const duration = tree.durationNs[row] ?? 0;
  const self = tree.selfNs[row] ?? 0;
  const nameHref = filterHref("name", { type: "string", value: span.name });
  return (
    <aside className={`span-detail ${call === undefined ? "" : "wide"} ${serviceClass(span.resource.service)}`} aria-label={`Span ${span.name}`}>
      <header>
        <div className="heading">
          <span className="service"><i className="dot" aria-hidden /><span className="cut" title={span.resource.service}>{span.resource.service}</span></span>
          <h2>{span.name}</h2>
        </div>
        {nameHref !== undefined && (
          <Link className="icon-button" href={nameHref} aria-label="Search for spans with this name" title="Search for spans with this name">
            <ListFilter size={16} />
          </Link>
        )}
        <IconButton label="Close the span (Esc)" icon={<X size={16} />} onClick={onClose} />
      </header>
      <div className="detail-scroll">
        <Status span={span} />
        <Skew tree={tree} row={row} />
        <dl className="facts">
          <Fact name="Duration" title={tree.totalNs > 0 ? `${formatPercent(duration / tree.totalNs)} of the trace` : ""}>{formatDuration(duration)}</Fact>
          <Fact name="Self" title={`Time in which no child ran${duration > 0 ? `: ${formatPercent(self / duration)} of the span` : ""}`}>{formatDuration(self)}</Fact>
          <Fact name="Starts at" title={formatMoment(span.start)}>+{formatDuration(tree.startNs[row] ?? 0)}</Fact>
          <Fact name="Kind">{span.kind}</Fact>
        </dl>
        {call !== undefined && <CallFacts call={call} />}
        {call !== undefined && hasTalk(call) && (
          <Section key={`chat ${span.id}`} title={call.kind === "tool" ? "Call and result" : "Conversation"} count={call.input.length + call.output.length}><Chat call={call} /></Section>
        )}
        {span.events.length > 0 && (
          <Section key={`events ${span.id}`} title="Events" count={span.events.length}><Events span={span} /></Section>
        )}
        <Section title="Attributes" count={span.attributes.length}>
          {span.attributes.length === 0 ? <p className="hint">This span has none.</p> : <Attributes attributes={span.attributes} scope="span" />}
        </Section>
        <Section title="Resource" count={span.resource.attributes.length}>
          <Attributes attributes={span.resource.attributes} scope="resource" />
        </Section>
        {span.links.length > 0 && <Section title="Links" count={span.links.length}><Links span={span} /></Section>}
        <LinkedFrom span={span} />
        <Section title="Identity">
          <Attributes
            scope={undefined}
            attributes={[
              { key: "span ID", value: { type: "string", value: span.id } },
              ...(span.parentId === undefined ? [] : [{ key: "parent span ID", value: { type: "string" as const, value: span.parentId } }]),
              { key: "started", value: { type: "string", value: formatMoment(span.start) } },
              ...(span.scope.name === "" ? [] : [{ key: "scope", value: { type: "string" as const, value: `${span.scope.name} ${span.scope.version}`.trim() } }]),
            ]}
          />
        </Section>
      </div>
    </aside>
  );
}
