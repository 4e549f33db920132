// SPDX-License-Identifier: Apache-2.0
// Two traces side by side: their heads, their operations on one tree, and what changed by operation.
import { ArrowLeftRight } from "lucide-react";
import { useMemo, useState, type FormEvent, type ReactNode } from "react";
import type { UseQueryResult } from "@tanstack/react-query";
import { useSearch, useTrace } from "~/api/hooks";
import type { Trace } from "~/api/trace";
import { quote } from "~/base/filters";
import { formatDateTime, formatDuration, formatMoment, nanos, nanosToMs } from "~/base/time";
import { formatPercent, formatWhole, plural } from "~/base/units";
import { Button } from "~/widgets/Button";
import { Segments } from "~/widgets/Segments";
import { serviceClass } from "~/widgets/service";
import { Empty, Failure, Progress, Skeleton } from "~/widgets/States";
import { Link, setParams, useQueryParams } from "~/widgets/url";
import { differenceRows, operationRows, originOf, totalNs, type DifferenceNode, type OperationRow, type Side, type Verdict } from "./model/difference";

type SideName = "a" | "b";
const kVerdicts: Readonly<Record<Verdict, string>> = { "only-a": "only in A", "only-b": "only in B", slower: "slower", faster: "faster", same: "" };
const kNewest = 20;

const rootOf = (trace: Trace): Trace["spans"][number] | undefined => trace.spans.find((s) => s.parentId === undefined) ?? trace.spans[0];

// A trace is chosen by its id, or from those of the same operation.
function Choose({ side, other }: { readonly side: SideName; readonly other: Trace | undefined }): ReactNode {
  const [id, setId] = useState("");
  const wrong = id.trim() !== "" && !/^[0-9a-fA-F]{1,32}$/.test(id.trim());
  const root = other === undefined ? undefined : rootOf(other);
  const q = root === undefined ? "{ }" : `{ nestedSetParent < 0 && name = ${quote(root.name)} && resource.service.name = ${quote(root.resource.service)} }`;
  const params = useMemo(() => ({ q, limit: kNewest, spansPerTrace: 1, range: { from: "now-24h", to: "now" } }), [q]);
  const found = useSearch(params, false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!wrong && id.trim() !== "") setParams({ [side]: id.trim() });
  };
  return (
    <div className="compare-choose">
      <form onSubmit={submit}>
        <input className="mono" aria-label={`ID of trace ${side.toUpperCase()}`} placeholder="Trace ID" value={id} aria-invalid={wrong}
          onChange={(event) => setId(event.target.value)} />
        <Button look="primary" type="submit" disabled={wrong || id.trim() === ""}>Show</Button>
      </form>
      <p>{root === undefined ? "Or one of the newest:" : `Or another ${root.name} of ${root.resource.service}:`}</p>
      {found.isFetching && <Progress label="Searching" />}
      <ul>
        {(found.data?.traces ?? []).filter((t) => t.id !== other?.id).map((t) => (
          <li key={t.id}>
            <button type="button" onClick={() => setParams({ [side]: t.id })}>
              <span className="num">{formatDateTime(nanosToMs(t.start))}</span>
              <span className="cut">{t.rootName}</span>
              <span className="num">{formatDuration(t.durationMs * 1e6)}</span>
              <span className={(t.errorCount ?? 0) > 0 ? "error-text" : "quiet"}>{(t.errorCount ?? 0) > 0 ? plural(t.errorCount ?? 0, "error") : ""}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Head({ side, id, query, other }: {
  readonly side: SideName;
  readonly id: string;
  readonly query: UseQueryResult<Trace | null, Error>;
  readonly other: Trace | undefined;
}): ReactNode {
  const trace = id === "" ? undefined : query.data;
  const root = trace == null ? undefined : rootOf(trace);
  const errors = trace?.spans.filter((s) => s.status === "error").length ?? 0;
  return (
    <section className="card compare-head" aria-label={`Trace ${side.toUpperCase()}`}>
      {query.isFetching && <Progress label={`Loading trace ${side.toUpperCase()}`} />}
      <header>
        <b className={`side ${side}`}>{side.toUpperCase()}</b>
        {root !== undefined && (
          <Link href={`/trace/${id}`} className={`cut ${serviceClass(root.resource.service)}`}><i className="dot" aria-hidden /> {root.resource.service} {root.name}</Link>
        )}
        <span className="grow" />
        {id !== "" && <Button look="quiet" onClick={() => setParams({ [side]: undefined })}>Take another</Button>}
      </header>
      {id === "" && <Choose side={side} other={other} />}
      {id !== "" && query.isError && <Failure title="The trace did not come" error={query.error.message}><Button onClick={() => void query.refetch()}>Try again</Button></Failure>}
      {id !== "" && query.isPending && !query.isError && <Skeleton rows={2} />}
      {id !== "" && trace === null && <Empty title="There is no such trace"><p>It may have expired, or not have arrived yet.</p></Empty>}
      {trace != null && (
        <p className="note">
          {formatMoment(nanos(originOf(trace)))} · <b>{formatDuration(totalNs(trace))}</b> · {plural(trace.spans.length, "span")} ·{" "}
          {errors === 0 ? "no errors" : <span className="error-text">{plural(errors, "error")}</span>}
        </p>
      )}
    </section>
  );
}

function Bar({ side, of, longestNs }: { readonly side: SideName; readonly of: Side | undefined; readonly longestNs: number }): ReactNode {
  if (of === undefined) return <i className="bar none" />;
  const percent = (ns: number): string => `${Math.min(100, (100 * ns) / Math.max(1, longestNs))}%`;
  return <i className={`bar ${side}`} style={{ left: percent(of.offsetNs), width: percent(of.totalNs / of.count) }} />;
}

const change = (a: number, b: number): string => {
  const ns = b - a;
  return `${ns < 0 ? "−" : "+"}${formatDuration(Math.abs(ns))}${a > 0 ? ` (${ns < 0 ? "−" : "+"}${formatPercent(Math.abs(ns) / a)})` : ""}`;
};

function Row({ node, longestNs, a, b }: { readonly node: DifferenceNode; readonly longestNs: number; readonly a: string; readonly b: string }): ReactNode {
  const sideCell = (id: string, side: Side | undefined): ReactNode => side === undefined ? <span className="num quiet">–</span> : (
    <Link className="num" href={`/trace/${id}?span=${side.spanId}`}>
      {formatDuration(side.totalNs)}{side.count > 1 && <small> {formatWhole(side.count)}×</small>}{side.errors > 0 && <b className="error-text"> ✕</b>}
    </Link>
  );
  return (
    <li className={`compare-row ${node.verdict} ${serviceClass(node.service)}`}>
      <span className="cut" style={{ paddingLeft: node.depth * 14 }} title={`${node.service} ${node.name}`}><i className="dot" aria-hidden /> <b>{node.service}</b> {node.name}</span>
      {sideCell(a, node.a)}
      {sideCell(b, node.b)}
      <span className="compare-track" aria-hidden><Bar side="a" of={node.a} longestNs={longestNs} /><Bar side="b" of={node.b} longestNs={longestNs} /></span>
      <span className="verdict">{kVerdicts[node.verdict]}{node.a !== undefined && node.b !== undefined && node.verdict !== "same" && ` ${change(node.a.totalNs, node.b.totalNs)}`}</span>
    </li>
  );
}

function Operations({ rows }: { readonly rows: readonly OperationRow[] }): ReactNode {
  const cell = (side: Side | undefined, pick: (s: Side) => string): string => (side === undefined ? "–" : pick(side));
  return (
    <div className="card scroll-x">
      <table className="plain">
        <thead>
          <tr>
            <th>Service and operation</th><th className="num">Count A</th><th className="num">Count B</th><th className="num">Total A</th><th className="num">Total B</th>
            <th className="num">Self A</th><th className="num">Self B</th><th className="num">Change of self</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.service} ${row.name}`}>
              <td className={serviceClass(row.service)}><i className="dot" aria-hidden /> <b>{row.service}</b> {row.name}</td>
              <td className="num">{cell(row.a, (s) => formatWhole(s.count))}</td><td className="num">{cell(row.b, (s) => formatWhole(s.count))}</td>
              <td className="num">{cell(row.a, (s) => formatDuration(s.totalNs))}</td><td className="num">{cell(row.b, (s) => formatDuration(s.totalNs))}</td>
              <td className="num">{cell(row.a, (s) => formatDuration(s.selfNs))}</td><td className="num">{cell(row.b, (s) => formatDuration(s.selfNs))}</td>
              <td className={`num ${row.changeNs > 0 ? "slower" : row.changeNs < 0 ? "faster" : ""}`}>{change(row.a?.selfNs ?? 0, row.b?.selfNs ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Both({ a, b, ids }: { readonly a: Trace; readonly b: Trace; readonly ids: readonly [string, string] }): ReactNode {
  const view = useQueryParams().get("view") === "operations" ? "operations" : "tree";
  const rows = useMemo(() => differenceRows(a, b), [a, b]);
  const operations = useMemo(() => operationRows(rows), [rows]);
  const longestNs = Math.max(totalNs(a), totalNs(b));
  const differing = rows.filter((r) => r.verdict !== "same").length;
  return (
    <>
      <div className="tab-bar">
        <Segments role="tabs" label="What to compare" value={view} items={[{ value: "tree", text: "Timeline" }, { value: "operations", text: "Operations" }]}
          onChange={(next) => setParams({ view: next === "tree" ? undefined : next })} />
        <span className="note">{differing === 0 ? "Both traces do the same in about the same time." : `${plural(differing, "operation differs", "operations differ")} of ${formatWhole(rows.length)}.`}</span>
      </div>
      {view === "operations" ? <Operations rows={operations} /> : (
        <section className="card compare-tree" aria-label="Both traces">
          <div className="compare-row head" aria-hidden>
            <span>Service and operation</span><span className="num">A</span><span className="num">B</span>
            <span className="ends"><span>0 s</span><span>{formatDuration(longestNs)}</span></span><span>Difference</span>
          </div>
          <ol>{rows.map((node) => <Row key={node.key} node={node} longestNs={longestNs} a={ids[0]} b={ids[1]} />)}</ol>
        </section>
      )}
    </>
  );
}

export default function Compare(): ReactNode {
  const query = useQueryParams();
  const ids = { a: query.get("a") ?? "", b: query.get("b") ?? "" };
  const a = useTrace(ids.a, undefined, () => false);
  const b = useTrace(ids.b, undefined, () => false);
  const [traceA, traceB] = [ids.a === "" ? undefined : (a.data ?? undefined), ids.b === "" ? undefined : (b.data ?? undefined)];
  return (
    <div className="compare">
      <header className="view-head">
        <h1>Compare two traces</h1>
        <Button icon={<ArrowLeftRight size={15} />} onClick={() => setParams({ a: ids.b, b: ids.a })}>Swap</Button>
      </header>
      <div className="compare-heads">
        <Head side="a" id={ids.a} query={a} other={traceB} />
        <Head side="b" id={ids.b} query={b} other={traceA} />
      </div>
      {traceA !== undefined && traceB !== undefined && <Both a={traceA} b={traceB} ids={[ids.a, ids.b]} />}
    </div>
  );
}
