// SPDX-License-Identifier: Apache-2.0
import { CirclePlus } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { useMetrics } from "~/api/metrics";
import { formatPercent, formatWhole, plural } from "~/base/units";
import { Button, IconButton } from "~/widgets/Button";
import { Empty, Skeleton } from "~/widgets/States";
import { setParams } from "~/widgets/url";
import { filterOf, withFilter } from "./model/breakdown";
import { comparedAttributes, type ComparedAttribute, type ComparedValue } from "./model/comparison";
import { compareQuery, filterParams, selectionOf, type DrilldownState } from "./model/state";
import { boxText, chooseMetric } from "./Panels";
import type { TabProps } from "./tab";
import { Loading, Problem } from "./Waiting";

const kShown = 24;

function Value({ attribute, value, state }: {
  readonly attribute: string;
  readonly value: ComparedValue;
  readonly state: DrilldownState;
}): ReactNode {
  const more = value.selection > value.baseline;
  return (
    <li>
      <span className="cut" title={value.label.text}>{value.label.text}</span>
      <IconButton className="small" label={`Only ${attribute} = ${value.label.text}`} icon={<CirclePlus size={14} />}
        onClick={() => setParams(filterParams(withFilter(state.filters, filterOf(attribute, value.label))))} />
      <span className="pair" title={`${formatPercent(value.selection)} of the selection, ${formatPercent(value.baseline)} of the baseline`}>
        <i className="selection" style={{ width: `${value.selection * 100}%` }} /><i className="baseline" style={{ width: `${value.baseline * 100}%` }} />
      </span>
      <span className="num">{formatPercent(value.selection)}</span>
      <span className="num quiet">{formatPercent(value.baseline)}</span>
      <span className={`num ${more ? "more" : "less"}`}>{more ? "+" : "−"}{formatPercent(Math.abs(value.selection - value.baseline))}</span>
    </li>
  );
}

function Attribute({ attribute, state }: { readonly attribute: ComparedAttribute; readonly state: DrilldownState }): ReactNode {
  const [all, setAll] = useState(false);
  const shown = all ? attribute.values : attribute.values.slice(0, 4);
  return (
    <section className="card compared" aria-label={attribute.key}>
      <header><b className="mono cut" title={attribute.key}>{attribute.key}</b><span className="num">{formatPercent(attribute.difference)} apart</span></header>
      <ul>{shown.map((value) => <Value key={`${value.label.type} ${value.label.text}`} attribute={attribute.key} value={value} state={state} />)}</ul>
      {attribute.values.length > shown.length && (
        <Button look="quiet" onClick={() => setAll(true)}>{plural(attribute.values.length - shown.length, "more value")}</Button>
      )}
    </section>
  );
}

function selectionText(state: DrilldownState): string {
  const what = state.metric === "errors" ? "failed spans" : state.box === undefined ? "the slowest tenth" : "spans";
  return state.box === undefined ? what : `${what} of ${boxText(state.box)}`;
}

export function Comparison({ state, range, refreshMs, slowNs }: TabProps): ReactNode {
  const selection = selectionOf(state, slowNs === undefined ? undefined : Number(slowNs.toPrecision(2)));
  const compared = useMetrics(selection === undefined ? undefined : { q: compareQuery(state, selection), range, intervals: undefined }, refreshMs);
  const result = useMemo(() => comparedAttributes(compared.data?.series ?? []), [compared.data]);
  const [shown, setShown] = useState(kShown);
  if (selection === undefined) {
    return (
      <Empty title="What shall be compared with the rest?">
        <p>Drag a box on the durations above, or</p>
        <Button onClick={() => chooseMetric("errors")}>Compare failed spans</Button>
        <Button onClick={() => chooseMetric("duration")}>Compare slow spans</Button>
      </Empty>
    );
  }
  // That failed spans have the status "error" says nothing.
  const telling = result.attributes.filter((a) => a.difference >= 0.001 && !(state.metric === "errors" && a.key === "status"));
  return (
    <div className="comparison">
      <p className="note compare-legend">
        <i className="swatch selection" aria-hidden /> Selection: {selectionText(state)}, {formatWhole(result.selected)}
        <i className="swatch baseline" aria-hidden /> Baseline: all others, {formatWhole(result.others)}. Attributes that differ most come first.
      </p>
      <Loading of={compared} label="Comparing" />
      {compared.isError && compared.data === undefined && <Problem of={compared} title="The comparison did not succeed" />}
      {compared.isPending && !compared.isError && <Skeleton rows={6} />}
      {compared.data !== undefined && result.selected === 0 && <Empty title="Nothing is selected"><p>No span of this set is in the selection; take a larger one.</p></Empty>}
      {result.selected > 0 && telling.length === 0 && <Empty title="No attribute differs"><p>Selection and baseline have the same values in the same shares.</p></Empty>}
      {result.selected > 0 && (
        <div className="compared-list">{telling.slice(0, shown).map((attribute) => <Attribute key={attribute.key} attribute={attribute} state={state} />)}</div>
      )}
      {telling.length > shown && <Button onClick={() => setShown(shown + kShown)}>Show more of {plural(telling.length, "attribute")}</Button>}
    </div>
  );
}
