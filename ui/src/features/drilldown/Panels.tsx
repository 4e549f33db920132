// SPDX-License-Identifier: Apache-2.0
// The three linked panels: rate, errors, durations. One of them is the metric that the tabs below are about.
import { X } from "lucide-react";
import { useMemo, type ReactNode } from "react";
import type { Metrics, MetricsState } from "~/api/metrics";
import { formatDateTime, formatDuration } from "~/base/time";
import { formatRate } from "~/base/units";
import { heatCells, type HeatBox } from "~/charts/heatMap";
import { Button } from "~/widgets/Button";
import { setParams } from "~/widgets/url";
import { HeatMap, roundDuration } from "./HeatMap";
import { boxParam, type DrilldownState, type Metric } from "./model/state";
import { TimeBars } from "./TimeBars";
import { Loading, Problem } from "./Waiting";

export const kNames: Readonly<Record<Metric, string>> = { rate: "Span rate", errors: "Errors", duration: "Duration" };

export function chooseMetric(metric: Metric): void {
  setParams({ metric: metric === "rate" ? undefined : metric });
}

const total = (metrics: Metrics | undefined): number | undefined => {
  if (metrics === undefined) return undefined;
  const intervals = Math.max(1, (metrics.window.toMs - metrics.window.fromMs) / metrics.stepMs);
  return (metrics.series[0]?.points.reduce((sum, p) => sum + p.value, 0) ?? 0) / intervals;
};

function Panel({ metric, chosen, summary, asked, children }: {
  readonly metric: Metric;
  readonly chosen: boolean;
  readonly summary: string;
  readonly asked: MetricsState;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className={`card red-panel ${metric} ${chosen ? "chosen" : ""}`} aria-label={kNames[metric]}>
      <Loading of={asked} label={`Loading ${kNames[metric].toLowerCase()}`} />
      <header>
        <label className="radio">
          <input type="radio" name="metric" checked={chosen} onChange={() => chooseMetric(metric)} />
          {kNames[metric]}
        </label>
        <small>{summary}</small>
      </header>
      {asked.isError && asked.data === undefined ? <Problem of={asked} title="No answer" /> : children}
    </section>
  );
}

export function boxText(box: HeatBox): string {
  return `${roundDuration(box.leastNs)} – ${roundDuration(box.mostNs)}, ${formatDateTime(box.fromMs)} – ${formatDateTime(box.toMs).slice(11)}`;
}

export const kHeatIntervals = 60;

export function Panels({ state, rate, errors, durations, slowNs }: {
  readonly state: DrilldownState;
  readonly rate: MetricsState;
  readonly errors: MetricsState;
  readonly durations: MetricsState;
  readonly slowNs: number | undefined;
}): ReactNode {
  const cells = useMemo(() => durations.data === undefined ? undefined : heatCells(
    durations.data.series.map((s) => ({ seconds: Number(s.labels.find((l) => l.key === "__bucket")?.text), points: s.points })),
    durations.data.window, durations.data.stepMs,
  ), [durations.data]);
  const rateLayers = useMemo(() => [{ name: "Spans", bars: rate.data?.series[0]?.points ?? [], token: "--rate" }], [rate.data]);
  const errorLayers = useMemo(() => [{ name: "Errors", bars: errors.data?.series[0]?.points ?? [], token: "--error" }], [errors.data]);
  const spans = total(rate.data);
  const failed = total(errors.data);
  const chosen = state.metric;
  return (
    <div className={`red-panels ${chosen}`} role="radiogroup" aria-label="Metric">
      <Panel metric="rate" chosen={chosen === "rate"} asked={rate} summary={spans === undefined ? "" : formatRate(spans)}>
        {rate.data !== undefined && (
          <TimeBars label="Spans per second" window={rate.data.window} stepMs={rate.data.stepMs} layers={rateLayers}
            heightPx={chosen === "rate" ? 190 : 62} format={formatRate} />
        )}
      </Panel>
      <Panel metric="errors" chosen={chosen === "errors"} asked={errors} summary={failed === undefined ? "" : failed === 0 ? "none" : formatRate(failed)}>
        {errors.data !== undefined && (
          <TimeBars label="Failed spans per second" window={errors.data.window} stepMs={errors.data.stepMs} layers={errorLayers}
            heightPx={chosen === "errors" ? 190 : 62} format={formatRate} />
        )}
      </Panel>
      <Panel metric="duration" chosen={chosen === "duration"} asked={durations} summary={slowNs === undefined ? "" : `p90 ${formatDuration(slowNs)}`}>
        {cells !== undefined && (
          <HeatMap cells={cells} box={state.box} heightPx={chosen === "duration" ? 190 : 62}
            onBox={(box) => setParams({ box: boxParam(box), metric: state.metric === "rate" ? "duration" : state.metric })} />
        )}
      </Panel>
      {state.box !== undefined && (
        <p className="box-line">
          <span>Selected: <b>{boxText(state.box)}</b></span>
          <Button look="quiet" icon={<X size={14} />} onClick={() => setParams({ box: undefined })}>Clear the selection</Button>
        </p>
      )}
    </div>
  );
}
