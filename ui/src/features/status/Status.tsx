// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";
import { useSettings, useStatus } from "~/api/hooks";
import type { ServerStatus, Telemetry } from "~/api/orrery";
import { formatDateTime, formatDuration, nanosToMs } from "~/base/time";
import { formatBytes } from "~/base/units";
import { Button } from "~/widgets/Button";
import { Failure, Progress, Skeleton } from "~/widgets/States";
import { sum } from "./model/pipeline";
import { PipelineGraph } from "./PipelineGraph";
import { Losses, Settings, Storage } from "./Tables";
import { kPollMs, useReadings } from "./useReadings";

function Fact({ name, title, children }: { readonly name: string; readonly title?: string; readonly children: ReactNode }): ReactNode {
  return <div className="fact" title={title}><dt>{name}</dt><dd>{children}</dd></div>;
}

function Facts({ status, now }: { readonly status: ServerStatus; readonly now: Telemetry }): ReactNode {
  const upNs = Number(now.at - status.started);
  const cpu = sum(now, "process_cpu_seconds_total");
  return (
    <dl className="facts">
      <Fact name="Version">{status.version}</Fact>
      <Fact name="Running for" title={`since ${formatDateTime(nanosToMs(status.started))}`}>{formatDuration(Math.max(1, Math.round(upNs / 1e9)) * 1e9)}</Fact>
      <Fact name="Memory">{formatBytes(sum(now, "process_resident_memory_bytes"))}</Fact>
      <Fact name="CPU time" title="User and system, since the start">{formatDuration(cpu * 1e9)}</Fact>
      <Fact name="Threads">{sum(now, "process_threads")}</Fact>
      <Fact name="Open files">{sum(now, "process_open_fds")}</Fact>
      <Fact name="HTTP connections">{sum(now, "orrery_http_connections")}</Fact>
    </dl>
  );
}

export default function Status(): ReactNode {
  const status = useStatus(kPollMs);
  const { now, before, error } = useReadings();
  const settings = useSettings();
  const problem = status.error ?? error ?? settings.error;
  if (problem !== null && problem !== undefined) {
    return (
      <Failure title="The server does not answer" error={problem.message}>
        <Button onClick={() => window.location.reload()}>Try again</Button>
      </Failure>
    );
  }
  if (status.data === undefined || now === undefined || settings.data === undefined) {
    return <div className="status-view"><Progress label="Asking the server" /><Skeleton rows={10} /></div>;
  }
  return (
    <div className="status-view">
      <header className="view-head"><h1>Status</h1><Facts status={status.data} now={now} /></header>
      <section aria-labelledby="status-pipeline">
        <h2 id="status-pipeline">Pipeline</h2>
        <PipelineGraph now={now} before={before} status={status.data} />
      </section>
      <section aria-labelledby="status-storage">
        <h2 id="status-storage">Storage</h2>
        <Storage status={status.data} now={now} settings={settings.data} />
      </section>
      <section aria-labelledby="status-losses">
        <h2 id="status-losses">Refused and dropped</h2>
        <Losses now={now} before={before} />
      </section>
      <section aria-labelledby="status-settings">
        <h2 id="status-settings">Configuration in force</h2>
        <Settings settings={settings.data} />
      </section>
    </div>
  );
}
