// SPDX-License-Identifier: Apache-2.0
// A trace beside the list of results.
import { X } from "lucide-react";
import { useMemo, type ReactNode } from "react";
import { useTrace } from "~/api/hooks";
import { formatDuration } from "~/base/time";
import { plural } from "~/base/units";
import { Button, IconButton } from "~/widgets/Button";
import { serviceClass } from "~/widgets/service";
import { Empty, Failure, Progress, Skeleton } from "~/widgets/States";
import { Link, setParams } from "~/widgets/url";
import { peekRows } from "./model/peek";

const kMost = 200;

export function Peek({ id }: { readonly id: string }): ReactNode {
  const query = useTrace(id, undefined, () => false);
  const trace = query.data;
  const rows = useMemo(() => (trace == null ? [] : peekRows(trace, kMost)), [trace]);
  const root = rows[0]?.span;
  return (
    <aside className="card peek" aria-label="The chosen trace">
      {query.isFetching && <Progress label="Loading the trace" />}
      <header>
        <b className="cut">{root === undefined ? id.slice(0, 12) : `${root.resource.service} ${root.name}`}</b>
        <span className="grow" />
        <Link className="button" href={`/trace/${id}`}>Open</Link>
        <IconButton label="Close the trace" icon={<X size={16} />} onClick={() => setParams({ peek: undefined })} />
      </header>
      {query.isError && <Failure title="The trace did not come" error={query.error.message}><Button onClick={() => void query.refetch()}>Try again</Button></Failure>}
      {query.isPending && !query.isError && <Skeleton rows={8} />}
      {trace === null && <Empty title="There is no such trace" />}
      {trace != null && (
        <>
          <small className="peek-facts">{plural(trace.spans.length, "span")}{trace.spans.length > rows.length && `, the first ${rows.length} shown`}</small>
          <ol className="peek-rows" tabIndex={0} aria-label="Spans">
            {rows.map(({ span, depth, left, width }) => (
              <li key={span.id} className={`${serviceClass(span.resource.service)} ${span.status === "error" ? "failed" : ""}`}>
                <Link href={`/trace/${id}?span=${span.id}`} className="peek-name cut" style={{ paddingLeft: depth * 10 }} title={`${span.resource.service} ${span.name}`}>
                  <i className="dot" aria-hidden /> {span.name}{span.status === "error" && <b className="error-text"> ✕ error</b>}
                </Link>
                <span className="peek-track" aria-hidden><i style={{ left: `${left * 100}%`, width: `${Math.max(0.5, width * 100)}%` }} /></span>
                <span className="num">{formatDuration(Number(span.end - span.start))}</span>
              </li>
            ))}
          </ol>
        </>
      )}
    </aside>
  );
}
