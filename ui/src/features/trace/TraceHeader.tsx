// SPDX-License-Identifier: Apache-2.0
import { ArrowLeft, CircleAlert, Download, GitCompareArrows, LoaderCircle, Pin, TriangleAlert } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { fetchTraceJson, usePin } from "~/api/hooks";
import type { TracePart } from "~/api/tempo";
import type { Trace } from "~/api/trace";
import { formatDuration, formatMoment, nanos } from "~/base/time";
import { formatCost, formatWhole, plural } from "~/base/units";
import { Button, CopyButton } from "~/widgets/Button";
import { download } from "~/widgets/download";
import { serviceClass } from "~/widgets/service";
import { Link } from "~/widgets/url";
import { arrival } from "./model/arrival";
import type { TraceTree } from "./model/tree";
import { useLlmTotals } from "./useTraceView";

function Fact({ name, title, children }: { readonly name: string; readonly title?: string; readonly children: ReactNode }): ReactNode {
  return (
    <div className="fact" title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

// Where the list was left, so that Back to it keeps its query.
const backHref = (): string => sessionStorage.getItem("orrery.explore") ?? "/explore";

function Notice({ children, icon }: { readonly children: ReactNode; readonly icon?: ReactNode }): ReactNode {
  return <p className="notice" role="status">{icon ?? <TriangleAlert size={15} aria-hidden />}<span>{children}</span></p>;
}

function Notices({ trace, tree, part }: { readonly trace: Trace; readonly tree: TraceTree; readonly part: TracePart | undefined }): ReactNode {
  const state = arrival(tree, Date.now());
  return (
    <>
      {part !== undefined && <Notice>Only a part of this trace is shown. <Link href={`/trace/${trace.id}`}>Show the whole trace</Link></Notice>}
      {state.state === "running" && (
        <Notice icon={<LoaderCircle size={15} className="turning" aria-hidden />}>
          The root span has not been received; the trace may still be running. The newest span ended {formatDuration(Math.round(state.sinceMs / 1000) * 1e9)} ago. This page keeps looking.
        </Notice>
      )}
      {state.state === "rootless" && (
        <Notice>The root span has not been received, and nothing has come for a while: it was dropped on its way, or its program ended before it sent.</Notice>
      )}
      {state.state === "gaps" && part === undefined && (
        <Notice>{plural(state.orphans, "span names a parent that is", "spans name a parent that is")} not here; they are shown beside the root.</Notice>
      )}
      {trace.warning !== undefined && part === undefined && <Notice>{trace.warning}</Notice>}
    </>
  );
}

function Llm({ tree }: { readonly tree: TraceTree }): ReactNode {
  const totals = useLlmTotals(tree);
  if (totals === undefined || totals.calls === 0) return undefined;
  const whole = totals.input + totals.output;
  return (
    <>
      <Fact name="LLM calls">{formatWhole(totals.calls)}</Fact>
      <Fact name="Tokens" title={`${plural(totals.input, "token")} in, ${formatWhole(totals.output)} out; spans that repeat those of spans below them are not counted`}>
        {formatWhole(whole)} <small className="quiet">{formatWhole(totals.input)} in · {formatWhole(totals.output)} out</small>
      </Fact>
      {totals.cost !== undefined && <Fact name="Cost" title="As the senders told it">{formatCost(totals.cost)}</Fact>}
    </>
  );
}

// Kept by retention whatever its age.
function Keep({ trace }: { readonly trace: Trace }): ReactNode {
  const { pinned, error, set } = usePin(trace.id);
  if (pinned === undefined) return undefined;
  return (
    <>
      {error !== undefined && <span className="problem" role="alert">{error.message}</span>}
      <Button icon={<Pin size={15} />} className={pinned ? "on" : ""} aria-pressed={pinned} onClick={() => set(!pinned)}
        title={pinned ? "Retention keeps this trace; press to let it expire like others" : "Keep this trace when others expire"}>
        {pinned ? "Kept" : "Keep"}
      </Button>
    </>
  );
}

function Export({ trace }: { readonly trace: Trace }): ReactNode {
  const client = useQueryClient();
  const [problem, setProblem] = useState("");
  const run = (): void => {
    fetchTraceJson(client, trace).then(
      (json) => {
        setProblem("");
        download(JSON.stringify(json), `trace-${trace.id}.json`);
      },
      (error: unknown) => setProblem(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <>
      {problem !== "" && <span className="problem" role="alert">{problem}</span>}
      <Button icon={<Download size={15} />} title="Download the trace as JSON, to be imported elsewhere" onClick={run}>Export</Button>
    </>
  );
}

export function ServiceLegend({ tree }: { readonly tree: TraceTree }): ReactNode {
  return (
    <div className="legend" role="group" aria-label={plural(tree.services.length, "service")}>
      {tree.services.slice(0, 12).map((service) => (
        <span key={service} className={serviceClass(service)}><i className="dot" aria-hidden /><span className="cut" title={service}>{service}</span></span>
      ))}
      {tree.services.length > 12 && <span>and {tree.services.length - 12} more</span>}
    </div>
  );
}

export function TraceHeader({ trace, tree, part }: {
  readonly trace: Trace;
  readonly tree: TraceTree;
  readonly part: TracePart | undefined;
}): ReactNode {
  // Orphans may have started earlier than the root.
  const root = tree.spans.find((span) => span.parentId === undefined) ?? tree.spans[0];
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
        {trace.id !== "imported" && (
          <Link className="button" href={`/compare?a=${trace.id}`} title="Put another trace beside this one"><GitCompareArrows size={15} aria-hidden /> Compare</Link>
        )}
        <Keep trace={trace} />
        <Export trace={trace} />
      </div>
      <dl className="facts">
        <Fact name="Start">{formatMoment(nanos(tree.originNs))}</Fact>
        <Fact name="Duration">{formatDuration(tree.totalNs)}</Fact>
        <Fact name="Services">{tree.services.length}</Fact>
        <Fact name="Spans">{formatWhole(tree.spans.length)}</Fact>
        <Fact name="Depth">{depth}</Fact>
        <Fact name="Errors">
          {tree.errorCount === 0 ? "none" : <span className="error-count"><CircleAlert size={14} aria-hidden /> {formatWhole(tree.errorCount)}</span>}
        </Fact>
        <Llm tree={tree} />
      </dl>
      <Notices trace={trace} tree={tree} part={part} />
    </header>
  );
}
