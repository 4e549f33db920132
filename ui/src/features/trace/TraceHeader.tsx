// SPDX-License-Identifier: Apache-2.0
import { ArrowLeft, CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Trace } from "~/api/trace";
import { formatDuration, formatMoment, nanos } from "~/base/time";
import { formatWhole, plural } from "~/base/units";
import { CopyButton } from "~/widgets/Button";
import { serviceClass } from "~/widgets/service";
import { Link } from "~/widgets/url";
import type { TraceTree } from "./model/tree";

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

// Where the list was left, so that Back to it keeps its query.
const backHref = (): string => sessionStorage.getItem("orrery.explore") ?? "/explore";

export function TraceHeader({ trace, tree }: { readonly trace: Trace; readonly tree: TraceTree }): ReactNode {
  // Orphans may have started earlier than the root.
  const found = tree.spans.find((span) => span.parentId === undefined);
  const root = found ?? tree.spans[0];
  const rooted = found !== undefined;
  const depth = tree.depth.reduce((max, d) => Math.max(max, d), 0) + 1;
  return (
    <header className="trace-head">
      <div className="trace-title">
        <Link className="icon-button" href={backHref()} aria-label="Back to the search" title="Back to the search">
          <ArrowLeft size={17} />
        </Link>
        <h1>
          <span className={`service ${serviceClass(root?.resource.service ?? "")}`}>
            <i className="dot" aria-hidden /><span className="cut" title={root?.resource.service}>{root?.resource.service}</span>
          </span>
          <span className="operation" title={root?.name}>{root?.name}</span>
        </h1>
        <span className="grow" />
        <span className="trace-id">
          <code title={trace.id}>{trace.id}</code>
          <CopyButton text={trace.id} label="Copy the trace ID" />
        </span>
      </div>
      <div className="facts">
        <dl className="facts">
          <Fact name="Start">{formatMoment(nanos(tree.originNs))}</Fact>
          <Fact name="Duration">{formatDuration(tree.totalNs)}</Fact>
          <Fact name="Services">{tree.services.length}</Fact>
          <Fact name="Spans">{formatWhole(tree.spans.length)}</Fact>
          <Fact name="Depth">{depth}</Fact>
          <Fact name="Errors">
            {tree.errorCount === 0 ? "none" : <span className="error-count"><CircleAlert size={14} aria-hidden /> {formatWhole(tree.errorCount)}</span>}
          </Fact>
        </dl>
        <div className="legend" role="group" aria-label={plural(tree.services.length, "service")}>
          {tree.services.slice(0, 12).map((service) => (
            <span key={service} className={serviceClass(service)}><i className="dot" aria-hidden /><span className="cut" title={service}>{service}</span></span>
          ))}
          {tree.services.length > 12 && <span>and {tree.services.length - 12} more</span>}
        </div>
      </div>
      {!rooted && (
        <p className="notice"><TriangleAlert size={15} aria-hidden /> The root span has not been received; the trace may still be incomplete.</p>
      )}
      {trace.warning !== undefined && <p className="notice"><TriangleAlert size={15} aria-hidden /> {trace.warning}</p>}
    </header>
  );
}
