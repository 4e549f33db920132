// SPDX-License-Identifier: Apache-2.0
// The way of the data from left to right, with what flows and what stays behind at each station.
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { ServerStatus, Telemetry } from "~/api/orrery";
import { formatBytes, formatCount, formatWhole, plural } from "~/base/units";
import { rate, receivers, sum, type Receiver } from "./model/pipeline";

interface Props {
  readonly now: Telemetry;
  readonly before: Telemetry | undefined;
  readonly status: ServerStatus;
}

const kNames: Readonly<Record<string, string>> = { grpc: "OTLP over gRPC", http: "OTLP over HTTP" };

const perSecond = (value: number | undefined, unit: string): string =>
  value === undefined ? "measuring…" : `${formatCount(value < 10 ? Number(value.toFixed(1)) : Math.round(value))} ${unit}/s`;

function Number_({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return <div><dt>{name}</dt><dd className="num">{children}</dd></div>;
}

function Station({ title, place, children, refused }: {
  readonly title: string;
  readonly place: string;
  readonly children: ReactNode;
  readonly refused: string;
}): ReactNode {
  return (
    <article className="station">
      <header><b>{title}</b>{place !== "" && <code>{place}</code>}</header>
      <dl>{children}</dl>
      {refused !== "" && <p className="error-count"><CircleAlert size={14} aria-hidden /> {refused}</p>}
    </article>
  );
}

function Inlet({ receiver, status }: { readonly receiver: Receiver; readonly status: ServerStatus }): ReactNode {
  const refused = [
    ...(receiver.refusedSpans > 0 ? [plural(receiver.refusedSpans, "span")] : []),
    ...(receiver.refusedRequests > 0 ? [plural(receiver.refusedRequests, "request")] : []),
  ];
  return (
    <Station title={kNames[receiver.transport] ?? receiver.transport} place={status.addresses[`otlp_${receiver.transport}`] ?? ""}
      refused={refused.length === 0 ? "" : `${refused.join(" and ")} refused`}>
      <Number_ name="Spans">{perSecond(receiver.spanRate, "spans")}</Number_>
      <Number_ name="Requests">{perSecond(receiver.requestRate, "requests")}</Number_>
      <Number_ name="Bytes">{receiver.byteRate === undefined ? "measuring…" : `${formatBytes(receiver.byteRate)}/s`}</Number_>
      <Number_ name="Since the start">{plural(receiver.spans, "span")}</Number_>
    </Station>
  );
}

function Arrow({ text }: { readonly text: string }): ReactNode {
  return (
    <div className="flow">
      <span className="num">{text}</span>
      <svg viewBox="0 0 60 12" preserveAspectRatio="none" aria-hidden><path d="M0 6 H56 M50 1.5 L57 6 L50 10.5" /></svg>
    </div>
  );
}

export function PipelineGraph({ now, before, status }: Props): ReactNode {
  const inlets = receivers(now, before);
  const waiting = sum(now, "orrery_pipeline_waiting_requests");
  const limit = sum(now, "orrery_memory_limit_bytes");
  const resident = sum(now, "process_resident_memory_bytes");
  const failedGroups = sum(now, "orrery_pipeline_failed_groups_total");
  const receivedRate = before === undefined ? undefined : inlets.reduce((total, r) => total + (r.spanRate ?? 0), 0);
  return (
    <section className="pipeline card" aria-label="Pipeline">
      <div className="stations" role="group" aria-label="Receivers">
        {inlets.map((receiver) => <Inlet key={receiver.transport} receiver={receiver} status={status} />)}
      </div>
      <Arrow text={perSecond(receivedRate, "spans")} />
      <Station title="Queue" place="" refused={failedGroups > 0 ? `${plural(failedGroups, "group")} could not be stored` : ""}>
        <Number_ name="Waiting">{plural(waiting, "request")}</Number_>
        <Number_ name="Their size">{formatBytes(sum(now, "orrery_pipeline_waiting_bytes"))}</Number_>
        <Number_ name="Groups">{perSecond(rate(now, before, "orrery_pipeline_groups_total"), "groups")}</Number_>
        <Number_ name="Memory">{formatBytes(resident)}{limit > 0 && ` of ${formatBytes(limit)}`}</Number_>
      </Station>
      <Arrow text={perSecond(rate(now, before, "orrery_ingest_stored_spans_total"), "spans")} />
      <Station title="Trace store" place="" refused="">
        <Number_ name="Stored">{plural(status.traces?.rows ?? 0, "span")}</Number_>
        <Number_ name="Not yet in a block">{formatWhole(status.traces?.headRows ?? 0)}</Number_>
        <Number_ name="Blocks">{formatWhole(status.traces?.blocks ?? 0)}</Number_>
        <Number_ name="Expired">{formatWhole(sum(now, "orrery_traces_expired_spans_total"))}</Number_>
        <Number_ name="Written, merged">
          {formatWhole(sum(now, "orrery_traces_written_blocks_total"))}, {formatWhole(sum(now, "orrery_traces_merged_blocks_total"))}
        </Number_>
      </Station>
    </section>
  );
}
