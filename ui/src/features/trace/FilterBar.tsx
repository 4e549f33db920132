// SPDX-License-Identifier: Apache-2.0
import { ChevronDown, ChevronUp, CircleAlert, Route, Search, Snail, X } from "lucide-react";
import type { ReactNode } from "react";
import { formatWhole, plural } from "~/base/units";
import { IconButton } from "~/widgets/Button";
import { setParams } from "~/widgets/url";
import { kSlowShare, type Pill } from "./model/filter";
import type { TraceState } from "./model/state";

interface Props {
  // What stands in front of the filter.
  readonly children: ReactNode;
  readonly state: TraceState;
  readonly counts: Readonly<Record<Pill, number>>;
  // Number of matches and which of them is current (from 0; -1 for none); undefined without a filter.
  readonly matches: { readonly count: number; readonly at: number } | undefined;
  readonly onStep: (step: 1 | -1) => void;
}

const kPillNames: readonly { readonly pill: Pill; readonly text: string; readonly title: string; readonly icon: ReactNode }[] = [
  { pill: "errors", text: "Errors", title: "Spans with status error", icon: <CircleAlert size={14} /> },
  { pill: "critical", text: "Critical path", title: "Spans that decided when the trace ended", icon: <Route size={14} /> },
  {
    pill: "slow", text: "High latency", icon: <Snail size={14} />,
    title: `Spans whose own work, children aside, takes ${kSlowShare * 100} % of the trace or more`,
  },
];

export function FilterBar({ children, state, counts, matches, onStep }: Props): ReactNode {
  const { filter } = state;
  const toggle = (pill: Pill): void =>
    setParams({ pill: filter.pills.includes(pill) ? filter.pills.filter((p) => p !== pill) : [...filter.pills, pill] }, "replace");
  return (
    <div className="filter-bar" role="search">
      {children}
      <label className="find">
        <Search size={15} aria-hidden />
        <input
          id="find-span"
          aria-label="Find spans"
          placeholder="Find in names, services, attributes, events"
          value={filter.text}
          spellCheck={false}
          onChange={(event) => setParams({ find: event.target.value }, "replace")}
          onKeyDown={(event) => {
            if (event.key === "Enter") {
              event.preventDefault();
              onStep(event.shiftKey ? -1 : 1);
            } else if (event.key === "Escape") {
              event.currentTarget.blur();
            }
          }}
        />
        <kbd aria-hidden>/</kbd>
      </label>
      {kPillNames.map(({ pill, text, title, icon }) => (
        <button
          key={pill}
          type="button"
          className={`pill ${pill}`}
          aria-pressed={filter.pills.includes(pill)}
          disabled={counts[pill] === 0 && !filter.pills.includes(pill)}
          title={title}
          onClick={() => toggle(pill)}
        >
          {icon}{text}<small>{formatWhole(counts[pill])}</small>
        </button>
      ))}
      <span className="grow" />
      {matches !== undefined && (
        <>
          <label className="inline">
            <input
              type="checkbox"
              checked={state.matchesOnly}
              onChange={(event) => setParams({ only: event.target.checked ? "1" : undefined }, "replace")}
            />
            Matches only
          </label>
          <span className="summary" role="status">
            {matches.at >= 0 ? `${matches.at + 1} of ${plural(matches.count, "match", "matches")}` : plural(matches.count, "match", "matches")}
          </span>
          <span className="joined">
            <IconButton label="Previous match (Shift+N)" icon={<ChevronUp size={16} />} disabled={matches.count === 0} onClick={() => onStep(-1)} />
            <IconButton label="Next match (n)" icon={<ChevronDown size={16} />} disabled={matches.count === 0} onClick={() => onStep(1)} />
          </span>
          <IconButton label="Clear the filter" icon={<X size={16} />}
            onClick={() => setParams({ find: undefined, pill: undefined, only: undefined }, "replace")} />
        </>
      )}
    </div>
  );
}
