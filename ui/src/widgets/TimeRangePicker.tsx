// SPDX-License-Identifier: Apache-2.0
import { ChevronLeft, ChevronRight, Clock, RefreshCw, ZoomOut } from "lucide-react";
import { useState, type FormEvent, type ReactNode } from "react";
import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import {
  absoluteRange, isRelative, kDefaultRange, parseMoment, rangeLabel, rangeProblem, resolveRange, shiftRange,
  zoomOutRange, type TimeRange,
} from "~/base/range";
import { formatDateTime } from "~/base/time";
import { Button, CopyButton, IconButton } from "./Button";
import { Popover } from "./Popover";
import { kRefreshSteps, useRefreshMs, useTimeRange } from "./range";
import { setParams } from "./url";

const kQuick = ["5m", "15m", "30m", "1h", "3h", "6h", "12h", "24h", "2d", "7d", "15d"];

export const chooseRange = (range: TimeRange): void => setParams({ from: range.from, to: range.to });

// A text for the field: relative as it is, absolute as a date.
function editable(text: string): string {
  return /^\d{11,14}$/.test(text) ? formatDateTime(Number(text)) : text;
}

function RangeForm({ range, onDone }: { readonly range: TimeRange; readonly onDone: () => void }): ReactNode {
  const [from, setFrom] = useState(editable(range.from));
  const [to, setTo] = useState(editable(range.to));
  const problem = rangeProblem({ from, to }, Date.now());
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (problem !== undefined) return;
    const now = Date.now();
    const kept = (text: string): string => (text.trim().startsWith("now") ? text.trim() : String(parseMoment(text, now)));
    chooseRange({ from: kept(from), to: kept(to) });
    onDone();
  };
  return (
    <form className="range-form" onSubmit={submit}>
      <label>
        From
        <input value={from} onChange={(e) => setFrom(e.target.value)} spellCheck={false} autoFocus />
      </label>
      <label>
        To
        <input value={to} onChange={(e) => setTo(e.target.value)} spellCheck={false} />
      </label>
      <p className="hint" role={problem === undefined ? undefined : "alert"}>
        {problem ?? "now-30m, or 2026-11-23 14:05:00 in local time"}
      </p>
      <button type="submit" className="button primary" disabled={problem !== undefined}>
        Apply
      </button>
    </form>
  );
}

function RangeButton({ range }: { readonly range: TimeRange }): ReactNode {
  const [open, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <span className="anchor">
      <Button icon={<Clock size={15} />} aria-haspopup="dialog" aria-expanded={open} onClick={() => setOpen(!open)}>
        {rangeLabel(range, Date.now())}
      </Button>
      {open && (
        <Popover label="Time range" align="end" onClose={close}>
          <div className="range-panel">
            <RangeForm range={range} onDone={close} />
            <ul className="quick">
              {kQuick.map((text) => {
                const quick = { from: `now-${text}`, to: "now" };
                return (
                  <li key={text}>
                    <button
                      type="button"
                      aria-current={quick.from === range.from && range.to === "now"}
                      onClick={() => {
                        chooseRange(quick);
                        close();
                      }}
                    >
                      {rangeLabel(quick, 0)}
                    </button>
                  </li>
                );
              })}
            </ul>
          </div>
        </Popover>
      )}
    </span>
  );
}

function RefreshButtons(): ReactNode {
  const client = useQueryClient();
  const busy = useIsFetching({ queryKey: ["search"] }) > 0;
  const interval = useRefreshMs();
  return (
    <span className="joined">
      <Button
        icon={<RefreshCw size={15} className={busy ? "turning" : ""} />}
        onClick={() => void client.invalidateQueries()}
      >
        Refresh
      </Button>
      <select
        aria-label="Refresh interval"
        value={kRefreshSteps.find((s) => s.ms === (interval === false ? 0 : interval))?.param ?? ""}
        onChange={(event) => setParams({ refresh: event.target.value }, "replace")}
      >
        {kRefreshSteps.map((s) => (
          <option key={s.param} value={s.param}>{s.text}</option>
        ))}
      </select>
    </span>
  );
}

// Absolute times, so that the receiver sees what the sender saw.
function absoluteLink(range: TimeRange): string {
  const url = new URL(window.location.href);
  const w = resolveRange(range, Date.now());
  if (w !== undefined) {
    const fixed = absoluteRange(w);
    url.searchParams.set("from", fixed.from);
    url.searchParams.set("to", fixed.to);
  }
  return url.href;
}

export function TimeRangePicker(): ReactNode {
  const range = useTimeRange();
  const shift = (direction: -1 | 1): void => chooseRange(shiftRange(range, direction, Date.now()));
  const toNow = (): void => {
    const w = resolveRange(range, Date.now());
    const minutes = w === undefined ? 0 : Math.max(1, Math.round((w.toMs - w.fromMs) / 60_000));
    chooseRange(minutes === 0 ? kDefaultRange : { from: `now-${minutes}m`, to: "now" });
  };
  return (
    <div className="range-picker" role="group" aria-label="Time range and refresh">
      <span className="joined">
        <IconButton label="Shift the range back" icon={<ChevronLeft size={16} />} onClick={() => shift(-1)} />
        <RangeButton range={range} />
        <IconButton label="Shift the range forward" icon={<ChevronRight size={16} />} onClick={() => shift(1)} />
      </span>
      <IconButton
        label="Zoom out: double the range"
        icon={<ZoomOut size={16} />}
        onClick={() => chooseRange(zoomOutRange(range, Date.now()))}
      />
      <Button onClick={toNow} disabled={isRelative(range)} title="Move the range so that it ends now">Now</Button>
      <RefreshButtons />
      <CopyButton text={() => absoluteLink(range)} label="Copy link with absolute times">
        Copy link
      </CopyButton>
    </div>
  );
}
