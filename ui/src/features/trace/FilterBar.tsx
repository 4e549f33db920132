// SPDX-License-Identifier: Apache-2.0
import { ChevronDown, ChevronUp, CircleAlert, ListFilterPlus, Route, Search, Snail, X } from "lucide-react";
import { useState, type ReactNode } from "react";
import { formatWhole, plural } from "~/base/units";
import { Button, IconButton } from "~/widgets/Button";
import { setParams } from "~/widgets/url";
import { Conditions } from "./Conditions";
import { conditionCount, kSlowShare, type Pill } from "./model/filter";
import { filterParams, type TraceState } from "./model/state";
import type { TraceTree } from "./model/tree";
import { clearFilter } from "./NoMatch";

interface Props {
  readonly tree: TraceTree;
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

function Find({ text, onStep }: { readonly text: string; readonly onStep: (step: 1 | -1) => void }): ReactNode {
  return (
    <label className="find">
      <Search size={15} aria-hidden />
      <input
        id="find-span"
        aria-label="Find spans"
        placeholder="Find in names, services, attributes, events"
        value={text}
        spellCheck={false}
        onChange={(event) => setParams(filterParams({ text: event.target.value }), "replace")}
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
  );
}

function Matches({ state, matches, onStep }: Required<Pick<Props, "state" | "onStep">> & {
  readonly matches: NonNullable<Props["matches"]>;
}): ReactNode {
  const whole = plural(matches.count, "match", "matches");
  return (
    <div className="match-steps">
      {state.tab === "timeline" && (
        <label className="inline">
          <input
            type="checkbox"
            checked={state.matchesOnly}
            onChange={(event) => setParams({ only: event.target.checked ? "1" : undefined }, "replace")}
          />
          Matches only
        </label>
      )}
      <span className="summary" role="status">{matches.at >= 0 ? `${matches.at + 1} of ${whole}` : whole}</span>
      <span className="joined">
        <IconButton label="Previous match (Shift+N)" icon={<ChevronUp size={16} />} disabled={matches.count === 0} onClick={() => onStep(-1)} />
        <IconButton label="Next match (n)" icon={<ChevronDown size={16} />} disabled={matches.count === 0} onClick={() => onStep(1)} />
      </span>
      <IconButton label="Clear the filter" icon={<X size={16} />} onClick={clearFilter} />
    </div>
  );
}

export function FilterBar({ tree, state, counts, matches, onStep }: Props): ReactNode {
  const { filter } = state;
  const conditions = conditionCount(filter);
  const [open, setOpen] = useState(conditions > 0);
  const toggle = (pill: Pill): void => {
    const pills = filter.pills.includes(pill) ? filter.pills.filter((p) => p !== pill) : [...filter.pills, pill];
    setParams(filterParams({ pills }), "replace");
  };
  return (
    <div role="search" className="filters">
      <div className="filter-bar">
        <Find text={filter.text} onStep={onStep} />
        <Button className={conditions > 0 ? "on" : ""} icon={<ListFilterPlus size={15} />} aria-expanded={open} aria-controls="span-conditions"
          title="Filter by service, name, kind, status, duration or any attribute" onClick={() => setOpen(!open)}>
          {conditions > 0 ? `Filters ${conditions}` : "Filters"}
        </Button>
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
        {matches !== undefined && <Matches state={state} matches={matches} onStep={onStep} />}
      </div>
      {open && <Conditions tree={tree} filter={filter} />}
    </div>
  );
}
