// SPDX-License-Identifier: Apache-2.0
import { useMemo, type ReactNode } from "react";
import { useSearch } from "~/api/hooks";
import { resolveRange } from "~/base/range";
import { formatAgo } from "~/base/time";
import { formatWhole, plural } from "~/base/units";
import { mostOf, placeBar } from "~/charts/timeBars";
import { Empty, Skeleton } from "~/widgets/States";
import { serviceClass } from "~/widgets/service";
import { Link } from "~/widgets/url";
import { exceptionGroups, kNoMessage, type ExceptionGroup } from "./model/exceptions";
import { exceptionsQuery } from "./model/state";
import { rangeOf, type TabProps } from "./tab";
import { Loading, Problem } from "./Waiting";

const kTraces = 400;
const kSpans = 10;
const kSpark = { widthPx: 132, heightPx: 22 };

function Spark({ group }: { readonly group: ExceptionGroup }): ReactNode {
  const stepMs = (group.bars[1]?.ms ?? 1) - (group.bars[0]?.ms ?? 0);
  const area = { fromMs: (group.bars[0]?.ms ?? 0) - stepMs, toMs: group.bars.at(-1)?.ms ?? 1, most: Math.max(1, mostOf([group.bars])), ...kSpark };
  return (
    <svg className="spark" width={kSpark.widthPx} height={kSpark.heightPx} aria-hidden>
      {group.bars.map((bar) => {
        const { x, y, width, height } = placeBar(area, stepMs, bar);
        return bar.value === 0 ? undefined : <rect key={bar.ms} x={x} y={y} width={width} height={height} />;
      })}
      <line x1="0" x2={kSpark.widthPx} y1={kSpark.heightPx - 0.5} y2={kSpark.heightPx - 0.5} />
    </svg>
  );
}

export function Exceptions(props: TabProps): ReactNode {
  const { state, refreshMs } = props;
  const range = rangeOf(props);
  const params = useMemo(() => ({ q: exceptionsQuery(state), limit: kTraces, spansPerTrace: kSpans, range }), [state, range]);
  const search = useSearch(params, refreshMs);
  const now = search.dataUpdatedAt === 0 ? Date.now() : search.dataUpdatedAt;
  const groups = useMemo(() => exceptionGroups(search.data?.traces ?? [], resolveRange(range, now) ?? { fromMs: now - 1, toMs: now }), [search.data, range, now]);
  return (
    <div className="exceptions">
      <p className="note">What failed spans say went wrong, in the newest {plural(search.data?.traces.length ?? 0, "failed trace")} of the range.</p>
      <Loading of={search} label="Loading the exceptions" />
      {search.isError && search.data === undefined && <Problem of={search} title="The exceptions did not come" />}
      {search.isPending && !search.isError && <Skeleton rows={6} />}
      {search.data !== undefined && groups.length === 0 && <Empty title="Nothing failed here"><p>Take a longer time range or another set of spans.</p></Empty>}
      {groups.length > 0 && (
        <div className="card scroll-x">
          <table className="plain">
            <thead><tr><th>Message</th><th className="num">Count</th><th>Over time</th><th>Service</th><th>Last seen</th></tr></thead>
            <tbody>
              {groups.slice(0, 100).map((group) => (
                <tr key={group.key}>
                  <td>
                    <Link href={`/trace/${group.traceId}?span=${group.spanId}`} title="Open the newest trace with it">
                      {group.message === kNoMessage ? <em>{kNoMessage}</em> : group.message}
                    </Link>
                    {group.type !== "" && <small className="mono">{group.type}</small>}
                  </td>
                  <td className="num">{formatWhole(group.count)}</td>
                  <td><Spark group={group} /></td>
                  <td className={serviceClass(group.service)}><i className="dot" aria-hidden /> {group.service}</td>
                  <td className="num">{formatAgo(group.lastMs, now)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
