// SPDX-License-Identifier: Apache-2.0
// What all tabs of a trace share: which rows match, which are folded, where the cursor is, which span is open.
import { useCallback, useDeferredValue, useEffect, useMemo, useState } from "react";
import { setParams, useQueryParams } from "~/widgets/url";
import { matchingRows, kNoFilter, type Pill } from "./model/filter";
import { LlmCounter, type LlmTotals } from "./model/llmTotals";
import { readState, type TraceState } from "./model/state";
import { collapsedToDepth, shownDepth, type TraceTree } from "./model/tree";

export interface CollapseActions {
  readonly one: (row: number) => void;
  readonly level: (step: 1 | -1) => void;
  readonly all: (collapse: boolean) => void;
}

export interface Matches {
  readonly rows: readonly number[];
  readonly set: ReadonlySet<number>;
}

export interface TraceViewModel {
  readonly state: TraceState;
  readonly counts: Readonly<Record<Pill, number>>;
  // Undefined without a filter.
  readonly matches: Matches | undefined;
  readonly collapsed: ReadonlySet<number>;
  readonly collapse: CollapseActions;
  readonly cursor: number;
  readonly openRow: number | undefined;
  readonly show: (row: number | undefined) => void;
  // Moves the cursor; an open panel follows it.
  readonly moveTo: (row: number) => void;
  // Opens the row's span, or closes it when it is open.
  readonly toggleOpen: (row: number) => void;
  // To the next or previous match.
  readonly step: (direction: 1 | -1) => void;
}

function useCollapse(tree: TraceTree): { collapsed: ReadonlySet<number>; actions: CollapseActions } {
  const [collapsed, setCollapsed] = useState<ReadonlySet<number>>(new Set());
  const actions = useMemo<CollapseActions>(() => ({
    one: (row) => setCollapsed((was) => {
      const next = new Set(was);
      if (!next.delete(row)) next.add(row);
      return next;
    }),
    level: (step) => setCollapsed((was) => {
      const shown = shownDepth(tree, was);
      return step < 0 ? collapsedToDepth(tree, Math.max(0, shown - 1)) : collapsedToDepth(tree, shown + 1);
    }),
    all: (collapse) => setCollapsed(collapse ? collapsedToDepth(tree, 0) : new Set()),
  }), [tree]);
  return { collapsed, actions };
}

function pillCounts(tree: TraceTree): Record<Pill, number> {
  const count = (pill: Pill): number => matchingRows(tree, { ...kNoFilter, pills: [pill] })?.length ?? 0;
  return { errors: tree.errorCount, critical: count("critical"), slow: count("slow") };
}

export function useTraceView(tree: TraceTree): TraceViewModel {
  const query = useQueryParams();
  const state = useMemo(() => readState(query), [query.text]);
  const { collapsed, actions } = useCollapse(tree);
  const openRow = state.span === undefined ? undefined : tree.rowOf.get(state.span);
  const [cursor, setCursor] = useState(openRow ?? 0);
  // In a large trace matching takes longer than a key stroke; typing goes first.
  const text = useDeferredValue(state.filter.text);
  const conditions = JSON.stringify({ ...state.filter, text });
  const rows = useMemo(() => matchingRows(tree, { ...state.filter, text }), [tree, conditions]);
  const matches = useMemo(() => (rows === undefined ? undefined : { rows, set: new Set(rows) }), [rows]);
  const counts = useMemo(() => pillCounts(tree), [tree]);

  const show = useCallback((row: number | undefined) => {
    setParams({ span: row === undefined ? undefined : tree.spans[row]?.id }, "replace");
  }, [tree]);
  const moveTo = useCallback((row: number) => {
    setCursor(row);
    if (openRow !== undefined) show(row);
  }, [openRow, show]);
  const toggleOpen = useCallback((row: number) => {
    setCursor(row);
    show(row === openRow ? undefined : row);
  }, [openRow, show]);
  const step = (direction: 1 | -1): void => {
    if (rows === undefined || rows.length === 0) return;
    const next = direction > 0
      ? (rows.find((row) => row > cursor) ?? rows[0])
      : (rows.findLast((row) => row < cursor) ?? rows.at(-1));
    if (next === undefined) return;
    for (let up = tree.parent[next] ?? -1; up >= 0; up = tree.parent[up] ?? -1) {
      if (collapsed.has(up)) actions.one(up);
    }
    // Only the timeline shows the cursor itself.
    if (state.tab === "timeline") moveTo(next);
    else {
      setCursor(next);
      show(next);
    }
  };
  return { state, counts, matches, collapsed, collapse: actions, cursor, openRow, show, moveTo, toggleOpen, step };
}

const kSliceRows = 1500;

// Reads the attributes of every span, a slice between two frames. Undefined until it is done.
export function useLlmTotals(tree: TraceTree): LlmTotals | undefined {
  const [totals, setTotals] = useState<LlmTotals>();
  useEffect(() => {
    setTotals(undefined);
    const counter = new LlmCounter(tree);
    let timer: ReturnType<typeof setTimeout>;
    const run = (): void => {
      const done = counter.step(kSliceRows);
      if (done === undefined) timer = setTimeout(run, 0);
      else setTotals(done);
    };
    // After the first picture.
    timer = setTimeout(run, 30);
    return () => clearTimeout(timer);
  }, [tree]);
  return totals;
}
