// SPDX-License-Identifier: Apache-2.0
// The spans themselves, with any attribute as a further column.
import { useMemo, type ReactNode } from "react";
import { useFilterSource } from "~/api/filterSource";
import { useSearch } from "~/api/hooks";
import { spanLines } from "~/api/spanLines";
import { makeFilter } from "~/base/filters";
import { plural } from "~/base/units";
import { Button } from "~/widgets/Button";
import { Suggest } from "~/widgets/Combobox";
import { Empty, Skeleton } from "~/widgets/States";
import { SpanTable } from "~/widgets/SpanTable";
import { Link, setParams } from "~/widgets/url";
import { withFilter } from "./model/breakdown";
import { filterParams, spansQuery } from "./model/state";
import { exploreHref, rangeOf, type TabProps } from "./tab";
import { Loading, Problem } from "./Waiting";

const kTraces = 200;
const kSpans = 10;

export function Spans(props: TabProps): ReactNode {
  const { state, refreshMs, slowNs } = props;
  const range = rangeOf(props);
  const q = spansQuery(state, slowNs === undefined ? undefined : Number(slowNs.toPrecision(2)));
  const params = useMemo(() => ({ q, limit: kTraces, spansPerTrace: kSpans, range }), [q, range]);
  const search = useSearch(params, refreshMs);
  const { options, loading } = useFilterSource(props.range).useKeys();
  const lines = useMemo(() => spanLines(search.data?.traces ?? [], state.columns), [search.data, state.columns.join("\n")]);
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
        <div className="card">
          <SpanTable lines={lines} columns={state.columns} onRemove={(column) => setParams({ col: state.columns.filter((c) => c !== column) })} />
        </div>
      )}
    </div>
  );
}
