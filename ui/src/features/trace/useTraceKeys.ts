// SPDX-License-Identifier: Apache-2.0
import type { Extent } from "~/charts/timeScale";
import { useShortcuts } from "~/widgets/shortcuts";
import { setParams } from "~/widgets/url";
import { kTabs } from "./model/state";
import type { TraceTree } from "./model/tree";
import type { TraceViewModel } from "./useTraceView";

interface Keys {
  readonly tree: TraceTree;
  readonly rows: Int32Array;
  readonly collapsed: ReadonlySet<number>;
  readonly cursor: number;
  readonly openRow: number | undefined;
  readonly zoom: Extent | undefined;
  readonly moveTo: (row: number) => void;
  readonly onOpen: (row: number) => void;
  readonly toggle: (row: number) => void;
  readonly onZoom: (zoom: Extent | undefined) => void;
}

// Arrows and Enter belong to the timeline unless another control has the focus.
const forTimeline = (event: KeyboardEvent): boolean =>
  event.target === document.body || (event.target instanceof Element && event.target.closest(".timeline-scroll") !== null);

// Keys of every tab.
export function useTraceKeys(view: TraceViewModel): void {
  useShortcuts([
    { key: "/", run: () => document.getElementById("find-span")?.focus() },
    { key: "n", run: () => view.step(1) },
    { key: "N", run: () => view.step(-1) },
    { key: "Escape", run: () => view.show(undefined), when: () => view.openRow !== undefined },
    ...kTabs.map((tab, i) => ({ key: String(i + 1), run: () => setParams({ tab: tab === "timeline" ? undefined : tab }) })),
  ]);
}

export function useTimelineKeys(k: Keys): void {
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
  // Around the current span, with a tenth of its length on both sides.
  const zoomIn = (): void => {
    const [start, length] = [k.tree.startNs[k.cursor] ?? 0, k.tree.durationNs[k.cursor] ?? 0];
    if (length > 0) k.onZoom({ fromNs: Math.max(0, start - length / 10), toNs: Math.min(k.tree.totalNs, start + length * 1.1) });
  };
  useShortcuts([
    { key: "ArrowDown", run: () => jump(1), when: forTimeline },
    { key: "ArrowUp", run: () => jump(-1), when: forTimeline },
    { key: "PageDown", run: () => jump(20), when: forTimeline },
    { key: "PageUp", run: () => jump(-20), when: forTimeline },
    { key: "Home", run: () => jump(-k.rows.length), when: forTimeline },
    { key: "End", run: () => jump(k.rows.length), when: forTimeline },
    { key: "ArrowLeft", run: left, when: forTimeline },
    { key: "ArrowRight", run: right, when: forTimeline },
    { key: "Enter", run: () => k.onOpen(k.cursor), when: forTimeline },
    { key: "z", run: zoomIn },
    { key: "Z", run: () => k.onZoom(undefined), when: () => k.zoom !== undefined },
  ]);
}
