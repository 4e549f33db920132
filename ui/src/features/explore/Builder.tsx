// SPDX-License-Identifier: Apache-2.0
import { useState, type ReactNode } from "react";
import { useFilterSource } from "~/api/filterSource";
import { isDuration, makeFilter, type Filter } from "~/base/filters";
import type { TimeRange } from "~/base/range";
import { FilterChips, ValueField } from "~/widgets/FilterChips";
import { Segments } from "~/widgets/Segments";
import { chipFilters, fieldOf, kFixedKeys, type Field } from "./model/state";

interface Props {
  readonly filters: readonly Filter[];
  readonly range: TimeRange;
  readonly onChange: (filters: readonly Filter[]) => void;
}

// The filter that a fixed field shows, and how to change it; a field left empty is no filter.
function slot({ filters, onChange }: Props, field: Field, fallback: Filter): {
  readonly filter: Filter;
  readonly set: (f: Filter) => void;
} {
  const at = filters.findIndex((f) => fieldOf(f) === field);
  const set = (next: Filter): void => {
    if (next.values.length === 0 && next.op === fallback.op) onChange(filters.filter((_, i) => i !== at));
    else onChange(at < 0 ? [...filters, next] : filters.map((f, i) => (i === at ? next : f)));
  };
  return { filter: filters[at] ?? fallback, set };
}

function DurationBound({ filter, label, onChange }: {
  readonly filter: Filter;
  readonly label: string;
  readonly onChange: (filter: Filter) => void;
}): ReactNode {
  const given = filter.values[0] ?? "";
  const [text, setText] = useState(given);
  const [last, setLast] = useState(given);
  if (given !== last) {
    setLast(given);
    setText(given);
  }
  const wrong = text.trim() !== "" && !isDuration(text);
  const commit = (): void => {
    if (!wrong && text.trim() !== given) onChange({ ...filter, values: text.trim() === "" ? [] : [text.trim()] });
  };
  return (
    <input
      className="bound"
      aria-label={label}
      aria-invalid={wrong}
      title={wrong ? "Write a number with a unit: 100ms, 1.5s, 2m" : label}
      placeholder={filter.op.startsWith(">") ? "min, 100ms" : "max, 1.2s"}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit();
      }}
    />
  );
}

export function Builder(props: Props): ReactNode {
  const { filters, range, onChange } = props;
  const source = useFilterSource(range);
  const service = slot(props, "service", makeFilter("resource.service.name", "=", []));
  const name = slot(props, "name", makeFilter("name", "=", []));
  const status = slot(props, "status", makeFilter("status", "=", []));
  const min = slot(props, "least", makeFilter("duration", ">", []));
  const max = slot(props, "most", makeFilter("duration", "<", []));
  return (
    <div className="builder">
      <div className="field wide" role="group" aria-label="Service name">
        <span className="label">Service</span>
        <div className="control">
          <ValueField filter={service.filter} source={source} label="Service name" placeholder="Any service" onChange={service.set} />
        </div>
      </div>
      <div className="field wide" role="group" aria-label="Span name">
        <span className="label">Span name</span>
        <div className="control">
          <ValueField filter={name.filter} source={source} label="Span name" placeholder="Any name" onChange={name.set} />
        </div>
      </div>
      <div className="field">
        <span className="label">Status</span>
        <Segments
          label="Status"
          value={status.filter.values[0] ?? "any"}
          items={["any", "ok", "error", "unset"].map((value) => ({ value, text: value }))}
          onChange={(value) => status.set(makeFilter("status", "=", value === "any" ? [] : [value]))}
        />
      </div>
      <div className="field" role="group" aria-label="Duration">
        <span className="label">Span duration</span>
        <div className="control">
          <DurationBound filter={min.filter} label="Shortest duration" onChange={min.set} />
          <span className="to">to</span>
          <DurationBound filter={max.filter} label="Longest duration" onChange={max.set} />
        </div>
      </div>
      <div className="field tags" role="group" aria-label="Tags">
        <span className="label">Tags</span>
        <FilterChips filters={filters} shown={chipFilters(filters).map(({ at }) => at)} source={source} addText="Add tag"
          hidden={kFixedKeys} onChange={onChange} />
      </div>
    </div>
  );
}
