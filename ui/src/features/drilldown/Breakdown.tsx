// SPDX-License-Identifier: Apache-2.0
import { CircleMinus, CirclePlus, Search, Star } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { useFilterSource } from "~/api/filterSource";
import { useMetrics } from "~/api/metrics";
import { formatDuration } from "~/base/time";
import { formatPercent, formatRate, plural } from "~/base/units";
import { mostOf } from "~/charts/timeBars";
import { Button, IconButton } from "~/widgets/Button";
import { Suggest } from "~/widgets/Combobox";
import { Segments } from "~/widgets/Segments";
import { Empty, Skeleton } from "~/widgets/States";
import { setParams } from "~/widgets/url";
import { filterOf, groupsOf, ordered, withFilter, type Group } from "./model/breakdown";
import { filterParams, groupQuery, kDefaultGroup, kLooks, kOrders, type DrilldownState, type Metric } from "./model/state";
import { rangeOf, type TabProps } from "./tab";
import { TimeBars } from "./TimeBars";
import { useFavourites } from "./useFavourites";
import { Loading, Problem } from "./Waiting";

const kIntervals = 48;
const kShown = 30;
const kCommon: Readonly<Record<"resource" | "span", readonly string[]>> = {
  resource: ["resource.service.name", "resource.service.version", "resource.deployment.environment", "resource.host.name", "resource.k8s.namespace.name"],
  span: ["name", "kind", "status", "span.http.route", "span.http.response.status_code", "span.gen_ai.request.model", "span.db.system.name"],
};

const scopeOf = (key: string): "resource" | "span" => (key.startsWith("resource.") ? "resource" : "span");
const shortName = (key: string): string => key.replace(/^(resource|span)\./, "");
const formatOf = (metric: Metric): ((value: number) => string) => (metric === "duration" ? (s) => formatDuration(s * 1e9) : formatRate);

// The difference in words, where it says something.
function differenceText(group: Group, metric: Metric): string {
  if (metric === "errors") return `${formatPercent(group.difference)} of all errors`;
  const sign = group.difference < 0 ? "−" : "+";
  const size = formatPercent(Math.abs(group.difference));
  return metric === "duration" ? `${sign}${size} to the usual p90` : `${sign}${size} errors to the whole`;
}

function GroupBy({ state, props }: { readonly state: DrilldownState; readonly props: TabProps }): ReactNode {
  const { options, loading } = useFilterSource(props.range).useKeys();
  const [favourites, toggle] = useFavourites();
  const scope = scopeOf(state.groupBy);
  const known = new Set(options.map((o) => o.value));
  const common = kCommon[scope].filter((key) => known.has(key) || key === state.groupBy);
  const shown = [...new Set([...favourites.filter((key) => scopeOf(key) === scope), ...common, state.groupBy])];
  const choose = (key: string): void => setParams({ by: key === kDefaultGroup ? undefined : key });
  return (
    <div className="group-by">
      <Segments label="Scope" value={scope} items={[{ value: "resource", text: "Resource" }, { value: "span", text: "Span" }]}
        onChange={(next) => choose(kCommon[next][0] ?? kDefaultGroup)} />
      <Segments label="Group by" value={state.groupBy} items={shown.map((key) => ({ value: key, text: shortName(key) }))} onChange={choose} />
      <IconButton label={favourites.includes(state.groupBy) ? "No longer a favourite" : "Make it a favourite"} aria-pressed={favourites.includes(state.groupBy)}
        icon={<Star size={15} fill={favourites.includes(state.groupBy) ? "currentColor" : "none"} />} onClick={() => toggle(state.groupBy)} />
      <span className="other-key">
        <Suggest label="Other attribute" placeholder="Other attribute" loading={loading} onPick={choose}
          options={options.filter((o) => o.hint === scope || (scope === "span" && o.hint === "intrinsic"))} />
      </span>
    </div>
  );
}

function Tile({ group, state, metric, window, stepMs, most, heightPx }: {
  readonly group: Group;
  readonly state: DrilldownState;
  readonly metric: Metric;
  readonly window: { readonly fromMs: number; readonly toMs: number };
  readonly stepMs: number;
  readonly most: number;
  readonly heightPx: number;
}): ReactNode {
  const layers = useMemo(() => [
    { name: metric === "duration" ? "p90" : metric === "errors" ? "Errors" : "Spans", bars: group.bars,
      token: metric === "errors" ? "--error" : metric === "duration" ? "--heat" : "--rate" },
    ...(metric === "rate" && group.errors.length > 0 ? [{ name: "Errors", bars: group.errors, token: "--error" }] : []),
  ], [group, metric]);
  const narrow = (op: "=" | "!="): void => setParams(filterParams(withFilter(state.filters, filterOf(state.groupBy, group.label, op))));
  const format = formatOf(metric);
  return (
    <section className="card tile" aria-label={group.label.text}>
      <header>
        <b className="cut" title={group.label.text}>{group.label.text === "" ? "(empty)" : group.label.text}</b>
        <span className="num">{format(group.value)}</span>
        {metric === "rate" && group.errorRate > 0 && <span className="num error-text">{formatPercent(group.errorRate / Math.max(group.value, 1e-12))} failed</span>}
        <span className="grow" />
        <IconButton className="small" label={`Only ${group.label.text}`} icon={<CirclePlus size={15} />} onClick={() => narrow("=")} />
        <IconButton className="small" label={`Without ${group.label.text}`} icon={<CircleMinus size={15} />} onClick={() => narrow("!=")} />
      </header>
      <TimeBars label={group.label.text} window={window} stepMs={stepMs} layers={layers} heightPx={heightPx} format={format} most={most} />
      {state.order === "difference" && <small className="difference">{differenceText(group, metric)}</small>}
    </section>
  );
}

export function Breakdown(props: TabProps): ReactNode {
  const { state, refreshMs } = props;
  const range = rangeOf(props);
  const metric = state.metric;
  const [needle, setNeedle] = useState("");
  const [shown, setShown] = useState(kShown);
  const main = useMetrics({ q: groupQuery(state, metric), range, intervals: kIntervals }, refreshMs);
  const errors = useMetrics(metric === "rate" ? { q: groupQuery(state, "errors"), range, intervals: kIntervals } : undefined, refreshMs);
  const groups = useMemo(
    () => (main.data === undefined ? [] : ordered(groupsOf(state.groupBy, metric, main.data, errors.data), state.order)),
    [main.data, errors.data, state.groupBy, metric, state.order],
  );
  const found = groups.filter((g) => g.label.text.toLowerCase().includes(needle.toLowerCase()));
  const listed = state.look === "single" ? found.slice(0, 1) : found.slice(0, shown);
  const most = mostOf(listed.map((g) => g.bars));
  return (
    <div className="breakdown">
      <div className="tab-bar">
        <GroupBy state={state} props={props} />
        <span className="grow" />
        <label className="inline">
          Order by
          <select value={state.order} onChange={(event) => setParams({ order: event.target.value })}>
            {kOrders.map((order) => (
              <option key={order} value={order}>{order === "rate" ? (metric === "duration" ? "p90" : metric === "errors" ? "errors/s" : "rate") : order}</option>
            ))}
          </select>
        </label>
        <Segments label="View" value={state.look} items={kLooks.map((value) => ({ value, text: value[0]?.toUpperCase() + value.slice(1) }))}
          onChange={(look) => setParams({ look: look === "grid" ? undefined : look })} />
      </div>
      {groups.length > 6 && (
        <label className="find">
          <Search size={15} aria-hidden />
          <input placeholder={`Find among ${plural(groups.length, "value")}`} aria-label="Find a value" value={needle} onChange={(e) => setNeedle(e.target.value)} />
        </label>
      )}
      <div className="tiles-box">
        <Loading of={main} label="Loading the breakdown" />
        {main.isError && main.data === undefined && <Problem of={main} title="The breakdown did not succeed" />}
        {main.isPending && !main.isError && <Skeleton rows={4} />}
        {main.data !== undefined && groups.length === 0 && (
          <Empty title={`No span here has ${shortName(state.groupBy)}`}><p>Group by another attribute, or take another set of spans.</p></Empty>
        )}
        {main.data !== undefined && (
          <div className={`tiles ${state.look}`}>
            {listed.map((group) => (
              <Tile key={`${group.label.type} ${group.label.text}`} group={group} state={state} metric={metric} window={main.data.window}
                stepMs={main.data.stepMs} most={most} heightPx={state.look === "single" ? 240 : state.look === "rows" ? 64 : 96} />
            ))}
          </div>
        )}
        {state.look !== "single" && found.length > listed.length && (
          <Button onClick={() => setShown(shown + kShown)}>Show {Math.min(kShown, found.length - listed.length)} more of {found.length}</Button>
        )}
        {main.data?.partial !== undefined && main.data.partial !== "" && <p className="note">{main.data.partial}</p>}
      </div>
    </div>
  );
}
