// SPDX-License-Identifier: Apache-2.0
import { useState, type ReactNode } from "react";
import type { ServerStatus, SettingInForce, Telemetry } from "~/api/orrery";
import { formatAgo, formatDateTime, nanosToMs } from "~/base/time";
import { formatBytes, formatCount, formatWhole, plural } from "~/base/units";
import { setParams, useQueryParams } from "~/widgets/url";
import { losses, sum } from "./model/pipeline";

export function Storage({ status, now, settings }: {
  readonly status: ServerStatus;
  readonly now: Telemetry;
  readonly settings: readonly SettingInForce[];
}): ReactNode {
  const t = status.traces;
  if (t === undefined) return undefined;
  const inBlocks = t.rows - t.headRows;
  const perRow = inBlocks > 0 ? t.blockBytes / inBlocks : undefined;
  const received = sum(now, "orrery_ingest_spans_total");
  const asSent = received > 0 ? sum(now, "orrery_ingest_bytes_total") / received : undefined;
  const retention = settings.filter((s) => /^(storage\.|traces\.)?retention\b/.test(s.name)).map((s) => s.value);
  const quiet = <span className="quiet">–</span>;
  return (
    <div className="table-box" role="region" aria-label="Storage by signal" tabIndex={0}>
      <table className="plain">
        <thead>
          <tr>
            <th scope="col">Signal</th><th scope="col" className="num">Rows</th><th scope="col" className="num">In blocks</th>
            <th scope="col" className="num">Log</th>
            <th scope="col" className="num" title="Bytes that a span takes in the blocks, and how often that goes into what a span had as it was sent">Compression</th>
            <th scope="col" className="num">Oldest</th><th scope="col">Retention</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Traces</th>
            <td className="num">{plural(t.rows, "span")} <small className="quiet">{plural(t.groups, "trace")}{t.pinned > 0 && `, ${formatWhole(t.pinned)} kept`}</small></td>
            <td className="num">{formatBytes(t.blockBytes)} <small className="quiet">{plural(t.blocks, "block")}</small></td>
            <td className="num">{formatBytes(t.logBytes)}</td>
            <td className="num">
              {perRow === undefined ? quiet : <>{perRow.toFixed(1)} B a span{asSent !== undefined && asSent > perRow && <small className="quiet"> {(asSent / perRow).toFixed(1)} times smaller</small>}</>}
            </td>
            <td className="num" title={t.oldest === undefined ? "" : formatDateTime(nanosToMs(t.oldest))}>
              {t.oldest === undefined ? quiet : formatAgo(nanosToMs(t.oldest), Date.now())}
            </td>
            <td>{retention.length === 0 ? <span className="quiet" title="No setting of this version removes old data">unlimited</span> : retention.join(", ")}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

export function Losses({ now, before }: { readonly now: Telemetry; readonly before: Telemetry | undefined }): ReactNode {
  const all = losses(now, before);
  const every = useQueryParams().get("losses") === "all";
  const shown = every ? all : all.filter((l) => l.total > 0);
  return (
    <>
      <label className="inline">
        <input type="checkbox" checked={every} onChange={(event) => setParams({ losses: event.target.checked ? "all" : undefined }, "replace")} />
        Also the {formatWhole(all.filter((l) => l.total === 0).length)} counters that are 0
      </label>
      {shown.length === 0 ? <p className="hint" role="status">Nothing has been refused or dropped since the start.</p> : (
        <div className="table-box" role="region" aria-label="Refused and dropped" tabIndex={0}>
          <table className="plain">
            <thead>
              <tr><th scope="col">What</th><th scope="col">Where</th><th scope="col" className="num">Since the start</th><th scope="col" className="num">Now</th><th scope="col">Meaning</th></tr>
            </thead>
            <tbody>
              {shown.map((l) => (
                <tr key={`${l.family} ${l.what} ${l.where}`}>
                  <th scope="row" title={l.family}>{l.what}</th><td>{l.where}</td>
                  <td className="num">{formatWhole(l.total)}</td>
                  <td className="num">{l.rate === undefined || l.rate === 0 ? <span className="quiet">–</span> : `${formatCount(Number(l.rate.toFixed(1)))}/s`}</td>
                  <td className="quiet">{l.help}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

export function Settings({ settings }: { readonly settings: readonly SettingInForce[] }): ReactNode {
  const [find, setFind] = useState("");
  const changedOnly = useQueryParams().get("settings") === "changed";
  const needle = find.trim().toLowerCase();
  const shown = settings.filter((s) =>
    (!changedOnly || s.changed) && (needle === "" || s.name.includes(needle) || s.help.toLowerCase().includes(needle)));
  return (
    <>
      <div className="row">
        <input aria-label="Find settings" placeholder="Find settings" value={find} spellCheck={false} onChange={(event) => setFind(event.target.value)} />
        <label className="inline">
          <input type="checkbox" checked={changedOnly} onChange={(event) => setParams({ settings: event.target.checked ? "changed" : undefined }, "replace")} />
          Only those that were changed
        </label>
      </div>
      {shown.length === 0 ? <p className="hint" role="status">No setting {changedOnly ? "was changed from its default" : "matches"}.</p> : (
        <div className="table-box" role="region" aria-label="Configuration in force" tabIndex={0}>
          <table className="plain settings">
            <thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">Default</th><th scope="col">Meaning</th></tr></thead>
            <tbody>
              {shown.map((s) => (
                <tr key={s.name} className={s.changed ? "changed" : ""}>
                  <th scope="row"><code>{s.name}</code></th>
                  <td><code>{s.value === "" ? <span className="quiet">empty</span> : s.value}</code>{s.changed && <span className="badge">changed</span>}</td>
                  <td><code className="quiet">{s.default === "" ? "empty" : s.default}</code></td>
                  <td className="quiet">{s.help}{s.bounds !== "" && ` (${s.bounds})`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
