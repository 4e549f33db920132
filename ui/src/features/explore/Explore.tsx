// SPDX-License-Identifier: Apache-2.0
import { useQueryClient } from "@tanstack/react-query";
import { FileUp, Pencil, Play } from "lucide-react";
import { useEffect, useMemo, useState, type ReactNode } from "react";
import { ApiError } from "~/api/http";
import { useSearch } from "~/api/hooks";
import { useMetrics } from "~/api/metrics";
import { tagNames, tagValues } from "~/api/tempo";
import { resolveRange, toSeconds, type TimeRange } from "~/base/range";
import { Button, CopyButton } from "~/widgets/Button";
import type { Vocabulary } from "~/widgets/editor/traceql";
import { QueryEditor } from "~/widgets/editor/QueryEditor";
import { useRefreshMs, useTimeRange } from "~/widgets/range";
import { Segments } from "~/widgets/Segments";
import { useShortcuts } from "~/widgets/shortcuts";
import { TimeRangePicker } from "~/widgets/TimeRangePicker";
import { setParams, useQueryParams } from "~/widgets/url";
import { Builder } from "./Builder";
import { ImportDialog } from "./ImportDialog";
import { keepRecent } from "./model/saved";
import { filterParams, isMetricsQuery, kLimits, kSpansPerTrace, listedQuery, readState, type Mode } from "./model/state";
import { MetricsResults } from "./MetricsResults";
import { Peek } from "./Peek";
import { Results } from "./Results";
import { SavedQueries } from "./SavedQueries";

const kIntervals = 120;

function useVocabulary(range: TimeRange): Vocabulary {
  const client = useQueryClient();
  return useMemo(() => {
    const seconds = (): ReturnType<typeof toSeconds> =>
      toSeconds(resolveRange(range, Date.now()) ?? { fromMs: Date.now() - 3600e3, toMs: Date.now() });
    const held = <T,>(key: readonly unknown[], ask: (signal: AbortSignal) => Promise<T>, none: T): Promise<T> =>
      // Completion is a help: when the store can't answer, there is none.
      client.fetchQuery({ queryKey: key, queryFn: ({ signal }) => ask(signal), staleTime: 60_000 }).catch(() => none);
    return {
      fields: async () => {
        const scopes = await held(["tags", range], (signal) => tagNames(seconds(), signal), []);
        return scopes.filter((s) => s.name !== "intrinsic").flatMap((s) => s.tags.map((tag) => `${s.name}.${tag}`));
      },
      values: (field) => held(["tag-values", field, range], (signal) => tagValues(field, seconds(), signal), []),
    };
  }, [client, range]);
}

function focusQuery(): void {
  document.querySelector<HTMLElement>(".query-panel .cm-content, .query-panel input")?.focus();
}

export function Explore(): ReactNode {
  const query = useQueryParams();
  const state = readState(query);
  const range = useTimeRange();
  const refreshMs = useRefreshMs();
  const vocabulary = useVocabulary(range);
  const [draft, setDraft] = useState(state.q);
  const [importing, setImporting] = useState(false);
  const client = useQueryClient();

  // Back and links change the text from outside.
  useEffect(() => setDraft(state.q), [state.q]);
  // The trace view's way back leads here.
  useEffect(() => sessionStorage.setItem("orrery.explore", `/explore${query.text}`), [query.text]);
  useShortcuts([{ key: "/", run: focusQuery }]);

  const params = useMemo(
    () => ({ q: listedQuery(state.q, state.listing), limit: state.limit, spansPerTrace: kSpansPerTrace[state.listing], range }),
    [state.q, state.listing, state.limit, range],
  );
  const metrics = isMetricsQuery(state.q);
  const search = useSearch(metrics ? undefined : params, refreshMs);
  const numbers = useMetrics(metrics ? { q: state.q, range, intervals: kIntervals } : undefined, refreshMs);
  const error = metrics ? numbers.error : search.error;
  const fault = error instanceof ApiError ? error.fault : undefined;
  const run = (text: string): void => {
    keepRecent(text);
    if (text === state.q) void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === "search" || queryKey[0] === "metrics" });
    else setParams({ mode: "traceql", q: text, f: undefined });
  };
  const setMode = (mode: Mode): void =>
    mode === "traceql"
      ? setParams({ mode, q: state.q })
      : setParams({ mode: undefined, q: undefined });

  return (
    <div className="explore">
      <header className="view-head">
        <h1>Explore traces</h1>
        <TimeRangePicker />
      </header>
      <section className="query-panel" aria-label="Query">
        <div className="query-bar">
          <Segments
            role="tabs"
            label="Query type"
            value={state.mode}
            items={[{ value: "search", text: "Search" }, { value: "traceql", text: "TraceQL" }]}
            onChange={setMode}
          />
          <span className="grow" />
          <label className="inline">
            Limit
            <select value={state.limit} onChange={(event) => setParams({ limit: event.target.value })}>
              {kLimits.map((n) => <option key={n}>{n}</option>)}
            </select>
          </label>
          <SavedQueries query={state.q} />
          <Button icon={<FileUp size={15} />} onClick={() => setImporting(true)}>Import trace</Button>
        </div>
        {state.mode === "search" ? (
          <>
            <Builder filters={state.filters} range={range} onChange={(filters) => setParams(filterParams(filters))} />
            <div className="made-query">
              <code aria-label="TraceQL of this search">{state.q}</code>
              <CopyButton text={state.q} label="Copy the query" />
              <Button look="quiet" icon={<Pencil size={14} />} onClick={() => setMode("traceql")}>Edit as TraceQL</Button>
            </div>
          </>
        ) : (
          <div className="text-query">
            <QueryEditor
              text={draft}
              vocabulary={vocabulary}
              fault={draft === state.q ? fault : undefined}
              onChange={setDraft}
              onRun={run}
            />
            <Button look="primary" icon={<Play size={14} />} onClick={() => run(draft)} title="Run (Ctrl+Enter)">Run</Button>
          </div>
        )}
      </section>
      {metrics
        ? <MetricsResults metrics={numbers} query={state.q} />
        : (
          <div className={`found ${state.peek === undefined ? "" : "with-peek"}`}>
            <Results search={search} params={params} state={state} />
            {state.peek !== undefined && <Peek key={state.peek} id={state.peek} />}
          </div>
        )}
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
    </div>
  );
}
