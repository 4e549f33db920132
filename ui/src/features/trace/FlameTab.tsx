// SPDX-License-Identifier: Apache-2.0
import { Maximize2, PanelRightOpen } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { kServiceColours } from "~/base/colour";
import { formatDuration } from "~/base/time";
import { formatPercent, plural } from "~/base/units";
import { FlameGraph } from "~/charts/flame/FlameGraph";
import type { FlameTheme } from "~/charts/flame/flamePainter";
import { flameTree } from "~/charts/flame/flameTree";
import { Button } from "~/widgets/Button";
import { serviceClass, serviceIndex } from "~/widgets/service";
import { tokenColour, useTheme } from "~/widgets/theme";
import { setParams, useQueryParams } from "~/widgets/url";
import { mergeSpans, type MergedNode, type MergedTree } from "./model/merged";
import type { TraceTree } from "./model/tree";
import type { TraceViewModel } from "./useTraceView";

function themeNow(): FlameTheme {
  return {
    colours: Array.from({ length: kServiceColours }, (_, i) => tokenColour(`--svc-${i}`)),
    dim: tokenColour("--hover"), dimText: tokenColour("--text-quiet"), text: tokenColour("--on-service"), error: tokenColour("--error"),
    mark: tokenColour("--text"), font: `500 12px ${getComputedStyle(document.body).fontFamily}`,
  };
}

function flameOf(merged: MergedTree): ReturnType<typeof flameTree> {
  return flameTree(merged.nodes.map((node) => ({
    label: node.name, parent: node.parent, depth: node.depth, value: node.workNs, colour: serviceIndex(node.service), failed: node.errors > 0,
  })));
}

const sentence = (node: MergedNode, allNs: number): string => [
  plural(node.count, "span"), `work ${formatDuration(node.workNs)} (${formatPercent(allNs > 0 ? node.workNs / allNs : 0)})`,
  `self ${formatDuration(node.selfNs)}`, `total ${formatDuration(node.totalNs)}`,
  ...(node.errors > 0 ? [plural(node.errors, "error")] : []),
].join(" · ");

export default function FlameTab({ tree, view }: { readonly tree: TraceTree; readonly view: TraceViewModel }): ReactNode {
  const merged = useMemo(() => mergeSpans(tree), [tree]);
  const flame = useMemo(() => flameOf(merged), [merged]);
  const name = useTheme();
  const theme = useMemo(themeNow, [name]);
  const matches = useMemo(
    () => (view.matches === undefined ? undefined : new Set(view.matches.rows.map((row) => merged.nodeOf[row] ?? -1))),
    [view.matches, merged],
  );
  const focusRow = tree.rowOf.get(useQueryParams().get("focus") ?? "");
  const focus = focusRow === undefined ? -1 : (merged.nodeOf[focusRow] ?? -1);
  const [hovered, setHovered] = useState(-1);
  const opened = view.openRow === undefined ? undefined : merged.nodeOf[view.openRow];
  const [current, setCurrent] = useState(Math.max(0, opened ?? focus));
  const shown = hovered >= 0 ? hovered : opened !== undefined && matches !== undefined ? opened : current;
  const node = merged.nodes[shown];
  const onFocus = (at: number): void => {
    const row = at < 0 ? undefined : merged.nodes[at]?.longest;
    setParams({ focus: row === undefined || merged.nodes[at]?.parent === -1 && merged.nodes.length === flame.last[at] ? undefined : tree.spans[row]?.id }, "replace");
  };
  return (
    <section className="flame-tab" aria-label="Flame graph">
      <header className="flame-bar">
        {node !== undefined && (
          <p className={`flame-now ${serviceClass(node.service)}`} role="status">
            <i className="dot" aria-hidden /><b>{node.service}</b> <span className="cut" title={node.name}>{node.name}</span>
            <span className="num quiet">{sentence(node, flame.total)}</span>
          </p>
        )}
        <Button icon={<PanelRightOpen size={15} />} onClick={() => view.toggleOpen(merged.nodes[current]?.longest ?? 0)}
          title="Open the span of the marked block; of several, the longest (o)">Open span</Button>
        <Button icon={<Maximize2 size={14} />} disabled={focus < 0} onClick={() => onFocus(-1)}>Show all</Button>
      </header>
      <FlameGraph
        label="Spans merged by service and name; the width is the time in which the span or one below it worked. Arrows move, Enter fills the width with a block, o opens its span."
        tree={flame}
        theme={theme}
        focus={focus}
        current={opened ?? current}
        matches={matches}
        onCurrent={setCurrent}
        onHover={setHovered}
        onFocus={onFocus}
        onOpen={(at) => view.toggleOpen(merged.nodes[at]?.longest ?? 0)}
      />
    </section>
  );
}
