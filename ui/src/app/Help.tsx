// SPDX-License-Identifier: Apache-2.0
import type { ReactNode } from "react";
import { Dialog } from "~/widgets/Dialog";

const kGroups: readonly { readonly title: string; readonly keys: readonly (readonly [string, string])[] }[] = [
  { title: "Everywhere", keys: [["/", "Go to the query or the filter"], ["?", "Show this list"], ["Esc", "Close what is open"]] },
  {
    title: "Explore",
    keys: [
      ["↑ ↓", "Move between the traces"], ["→ ←", "Show or hide matched spans"], ["Enter", "Open the trace"],
      ["Ctrl Enter", "Run the TraceQL text"], ["Ctrl Space", "Complete"],
    ],
  },
  {
    title: "One trace",
    keys: [
      ["↑ ↓", "Move between the spans"], ["→ ←", "Expand or collapse; go to child or parent"], ["Enter", "Open or close the span"],
      ["n  N", "Next, previous match"], ["Home End", "First, last span"], ["1 … 5", "Timeline, node graph, flame graph, statistics, JSON"],
      ["z  Z", "Zoom to the current span; show the whole trace"],
    ],
  },
  {
    title: "Graphs",
    keys: [
      ["↑ ↓ ← →", "Move between nodes or blocks"], ["Enter", "Open the node; fill the width with the block"], ["o", "Open the block's span"],
      ["+ - 0", "Node graph: zoom in, out, show all"], ["Shift ←", "Node graph: move the picture"],
    ],
  },
];

export function Help({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <div className="help">
        {kGroups.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl>
              {group.keys.map(([keys, text]) => (
                <div key={text}>
                  <dt>{keys.split(" ").filter(Boolean).map((key) => <kbd key={key}>{key}</kbd>)}</dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
