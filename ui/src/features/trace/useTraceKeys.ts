// SPDX-License-Identifier: Apache-2.0
import { useShortcuts } from "~/widgets/shortcuts";
import type { TraceTree } from "./model/tree";

interface Keys {
  readonly tree: TraceTree;
  readonly rows: Int32Array;
  readonly collapsed: ReadonlySet<number>;
  readonly cursor: number;
  readonly openRow: number | undefined;
  readonly moveTo: (row: number) => void;
  readonly onOpen: (row: number) => void;
  readonly close: () => void;
  readonly toggle: (row: number) => void;
  readonly step: (direction: 1 | -1) => void;
}

// Arrows and Enter belong to the timeline unless another control has the focus.
const forTimeline = (event: KeyboardEvent): boolean =>
  event.target === document.body || (event.target instanceof Element && event.target.closest(".timeline-scroll") !== null);

export function useTraceKeys(k: Keys): void {
  const jump = (count: number): void => {
    const at = Math.max(0, k.rows.indexOf(k.cursor));
    const row = k.rows[Math.max(0, Math.min(k.rows.length - 1, at + count))];
    if (row !== undefined) k.moveTo(row);
  };
  const hasChildren = (k.tree.childCount[k.cursor] ?? 0) > 0;
  const left = (): void => {
    const up = k.tree.parent[k.cursor] ?? -1;
    if (hasChildren && !k.collapsed.has(k.cursor)) k.toggle(k.cursor);
    else if (up >= 0) k.moveTo(up);
  };
  const right = (): void => {
    if (hasChildren && k.collapsed.has(k.cursor)) k.toggle(k.cursor);
    else if (hasChildren) k.moveTo(k.cursor + 1);
  };
  useShortcuts([
    { key: "/", run: () => document.getElementById("find-span")?.focus() },
    { key: "n", run: () => k.step(1) },
    { key: "N", run: () => k.step(-1) },
    { key: "Escape", run: k.close, when: () => k.openRow !== undefined },
    { key: "ArrowDown", run: () => jump(1), when: forTimeline },
    { key: "ArrowUp", run: () => jump(-1), when: forTimeline },
    { key: "PageDown", run: () => jump(20), when: forTimeline },
    { key: "PageUp", run: () => jump(-20), when: forTimeline },
    { key: "Home", run: () => jump(-k.rows.length), when: forTimeline },
    { key: "End", run: () => jump(k.rows.length), when: forTimeline },
    { key: "ArrowLeft", run: left, when: forTimeline },
    { key: "ArrowRight", run: right, when: forTimeline },
    { key: "Enter", run: () => k.onOpen(k.cursor), when: forTimeline },
  ]);
}
