// SPDX-License-Identifier: Apache-2.0
import { Plus, X } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";
import { valueText } from "~/api/trace";
import { kOperators, makeFilter, type Filter, type Operator } from "~/base/filters";
import { Button, IconButton } from "~/widgets/Button";
import { MultiSuggest, Suggest, type Option } from "~/widgets/Combobox";
import { setParams } from "~/widgets/url";
import { kKinds, kStatuses, parseDurationNs, type SpanFilter } from "./model/filter";
import { filterParams } from "./model/state";
import type { TraceTree } from "./model/tree";

const kMostSpans = 5000;

const set = (change: Partial<SpanFilter>): void => setParams(filterParams(change), "replace");

// Distinct texts with how often they occur, most frequent first.
function counted(texts: Iterable<string>): readonly Option[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value, n]) => ({ value, hint: String(n) }));
}

function* attributesOf(tree: TraceTree): Iterable<{ key: string; text: () => string }> {
  // Enough for a completion; every span is still filtered.
  for (const span of tree.spans.slice(0, kMostSpans)) {
    for (const { key, value } of span.attributes) yield { key, text: () => valueText(value) };
    for (const { key, value } of span.resource.attributes) yield { key, text: () => valueText(value) };
  }
}

function Choice<T extends string>({ label, values, chosen, onChange }: {
  readonly label: string;
  readonly values: readonly T[];
  readonly chosen: readonly T[];
  readonly onChange: (values: readonly T[]) => void;
}): ReactNode {
  return (
    <label className="condition">
      <span>{label}</span>
      <select className="select" value={chosen[0] ?? ""} onChange={(event) => onChange(values.filter((v) => v === event.target.value))}>
        <option value="">any</option>
        {values.map((value) => <option key={value} value={value}>{value}</option>)}
      </select>
    </label>
  );
}

function DurationField({ label, text, onChange }: {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}): ReactNode {
  const wrong = text.trim() !== "" && parseDurationNs(text) === undefined;
  return (
    <input className="duration-field" aria-label={label} aria-invalid={wrong} value={text} placeholder="e.g. 100ms" spellCheck={false}
      title={wrong ? "Write a number with a unit: 100ms, 1.5s, 2m" : label} onChange={(event) => onChange(event.target.value)} />
  );
}

function AttributeCondition({ filter, values, onChange, onRemove }: {
  readonly filter: Filter;
  readonly values: readonly Option[];
  readonly onChange: (filter: Filter) => void;
  readonly onRemove: () => void;
}): ReactNode {
  return (
    <span className="chip" role="group" aria-label={`Attribute ${filter.key}`}>
      <b title={filter.key}>{filter.key}</b>
      <select className="operator" aria-label="Operator" value={filter.op}
        onChange={(event) => onChange(makeFilter(filter.key, event.target.value as Operator, filter.values))}>
        {kOperators.map((op) => <option key={op}>{op}</option>)}
      </select>
      <MultiSuggest label={`Value of ${filter.key}`} placeholder="any value" options={values} values={filter.values}
        onChange={(list) => onChange(makeFilter(filter.key, filter.op, list))} />
      <IconButton className="small" label={`Remove the condition on ${filter.key}`} icon={<X size={13} />} onClick={onRemove} />
    </span>
  );
}

function AttributeConditions({ tree, filter }: { readonly tree: TraceTree; readonly filter: SpanFilter }): ReactNode {
  const [adding, setAdding] = useState(false);
  const keys = useMemo(() => counted([...attributesOf(tree)].map((a) => a.key)), [tree]);
  const valuesOf = (key: string): readonly Option[] =>
    counted([...attributesOf(tree)].filter((a) => a.key === key).map((a) => a.text()));
  const replace = (at: number, changed: readonly Filter[]): void =>
    set({ attributes: filter.attributes.flatMap((f, i) => (i === at ? changed : [f])) });
  return (
    <span className="condition wide">
      <span>Attributes</span>
      {filter.attributes.map((f, i) => (
        <AttributeCondition key={`${i} ${f.key}`} filter={f} values={valuesOf(f.key)} onChange={(changed) => replace(i, [changed])}
          onRemove={() => replace(i, [])} />
      ))}
      {adding ? (
        <span className="control key-field">
          <Suggest label="Attribute" placeholder="attribute" options={keys} autoFocus
            onPick={(key) => {
              setAdding(false);
              set({ attributes: [...filter.attributes, makeFilter(key, "=", [])] });
            }} />
        </span>
      ) : <Button icon={<Plus size={14} />} onClick={() => setAdding(true)}>Add attribute</Button>}
    </span>
  );
}

export function Conditions({ tree, filter }: { readonly tree: TraceTree; readonly filter: SpanFilter }): ReactNode {
  const services = useMemo(() => counted(tree.spans.map((s) => s.resource.service)), [tree]);
  const names = useMemo(() => counted(tree.spans.map((s) => s.name)), [tree]);
  return (
    <div id="span-conditions" className="conditions">
      <span className="condition">
        <span>Service</span>
        <span className="control"><MultiSuggest label="Service of the span" placeholder="any" options={services} values={filter.services} onChange={(list) => set({ services: list })} /></span>
      </span>
      <span className="condition">
        <span>Name</span>
        <span className="control"><MultiSuggest label="Name of the span" placeholder="any" options={names} values={filter.names} onChange={(list) => set({ names: list })} /></span>
      </span>
      <Choice label="Kind" values={kKinds} chosen={filter.kinds} onChange={(kinds) => set({ kinds })} />
      <Choice label="Status" values={kStatuses} chosen={filter.statuses} onChange={(statuses) => set({ statuses })} />
      <span className="condition">
        <span>Duration</span>
        <DurationField label="At least" text={filter.minDuration} onChange={(minDuration) => set({ minDuration })} />
        <span className="quiet">to</span>
        <DurationField label="At most" text={filter.maxDuration} onChange={(maxDuration) => set({ maxDuration })} />
      </span>
      <AttributeConditions tree={tree} filter={filter} />
    </div>
  );
}
