// SPDX-License-Identifier: Apache-2.0
import { Plus, X } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useTagNames, useTagValues } from "~/api/hooks";
import { isBareType, isDuration, makeFilter, operatorsFor, type Filter, type Operator } from "~/base/filters";
import type { TimeRange } from "~/base/range";
import { Button } from "~/widgets/Button";
import { MultiSuggest, Suggest } from "~/widgets/Combobox";
import { Segments } from "~/widgets/Segments";
import { chipFilters, fieldOf, kFixedKeys, type Field } from "./model/state";

interface Props {
  readonly filters: readonly Filter[];
  readonly range: TimeRange;
  readonly onChange: (filters: readonly Filter[]) => void;
}

function OperatorSelect({ filter, onChange }: { readonly filter: Filter; readonly onChange: (op: Operator) => void }): ReactNode {
  return (
    <select
      className="operator"
      aria-label={`Operator for ${filter.key}`}
      value={filter.op}
      onChange={(event) => {
        const op = operatorsFor(filter.key).find((o) => o === event.target.value);
        if (op !== undefined) onChange(op);
      }}
    >
      {operatorsFor(filter.key).map((op) => <option key={op}>{op}</option>)}
    </select>
  );
}

// One condition: operator and values with completion from the store.
function ValueField({ filter, range, label, placeholder, onChange, autoFocus = false }: {
  readonly filter: Filter;
  readonly range: TimeRange;
  readonly label: string;
  readonly placeholder: string;
  readonly onChange: (filter: Filter) => void;
  readonly autoFocus?: boolean;
}): ReactNode {
  const [wanted, setWanted] = useState(autoFocus);
  const values = useTagValues(filter.key, range, wanted);
  return (
    <>
      <OperatorSelect filter={filter} onChange={(op) => onChange({ ...filter, op })} />
      <MultiSuggest
        label={label}
        placeholder={placeholder}
        values={filter.values}
        options={(values.data ?? []).map((v) => ({ value: v.value }))}
        loading={values.isFetching}
        onOpen={() => setWanted(true)}
        autoFocus={autoFocus}
        onChange={(chosen) => {
          // Whether a value is quoted follows the type that the store knows for it.
          const known = values.data?.find((v) => v.value === chosen.at(-1));
          onChange(makeFilter(filter.key, filter.op, chosen, known === undefined ? filter.bare : isBareType(known.type)));
        }}
      />
    </>
  );
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

function AddTag({ range, onAdd }: { readonly range: TimeRange; readonly onAdd: (key: string) => void }): ReactNode {
  const [open, setOpen] = useState(false);
  const tags = useTagNames(range);
  if (!open) {
    return (
      <Button look="quiet" icon={<Plus size={14} />} onClick={() => setOpen(true)}>
        Add tag
      </Button>
    );
  }
  const options = (tags.data ?? []).flatMap((scope) =>
    scope.tags.map((tag) => (scope.name === "intrinsic"
      ? { value: tag, hint: "intrinsic" }
      : { value: `${scope.name}.${tag}`, hint: scope.name })),
  );
  return (
    <span className="add-tag" onBlur={(event) => {
      if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
    }}>
      <Suggest
        label="Tag"
        placeholder="Tag, for example span.http.route"
        options={options.filter((o) => !(kFixedKeys as readonly string[]).includes(o.value))}
        loading={tags.isFetching}
        autoFocus
        onPick={(key) => {
          setOpen(false);
          // A name without a scope is looked for in all of them.
          onAdd(/[.:]/.test(key) || options.some((o) => o.value === key) ? key : `.${key}`);
        }}
      />
    </span>
  );
}

export function Builder(props: Props): ReactNode {
  const { filters, range, onChange } = props;
  const [fresh, setFresh] = useState<string>();
  const service = slot(props, "service", makeFilter("resource.service.name", "=", []));
  const name = slot(props, "name", makeFilter("name", "=", []));
  const status = slot(props, "status", makeFilter("status", "=", []));
  const min = slot(props, "least", makeFilter("duration", ">", []));
  const max = slot(props, "most", makeFilter("duration", "<", []));
  const change = (at: number, next: Filter): void => onChange(filters.map((f, i) => (i === at ? next : f)));
  return (
    <div className="builder">
      <div className="field wide" role="group" aria-label="Service name">
        <span className="label">Service</span>
        <div className="control">
          <ValueField filter={service.filter} range={range} label="Service name" placeholder="Any service" onChange={service.set} />
        </div>
      </div>
      <div className="field wide" role="group" aria-label="Span name">
        <span className="label">Span name</span>
        <div className="control">
          <ValueField filter={name.filter} range={range} label="Span name" placeholder="Any name" onChange={name.set} />
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
        <div className="chips">
          {chipFilters(filters).map(({ filter, at }) => (
            <span key={`${at} ${filter.key}`} className="chip">
              <b title={filter.key}>{filter.key}</b>
              <ValueField
                filter={filter}
                range={range}
                label={`Value of ${filter.key}`}
                placeholder="value"
                autoFocus={fresh === filter.key && filter.values.length === 0}
                onChange={(next) => change(at, next)}
              />
              <button type="button" aria-label={`Remove ${filter.key}`} onClick={() => onChange(filters.filter((_, i) => i !== at))}>
                <X size={14} />
              </button>
            </span>
          ))}
          <AddTag
            range={range}
            onAdd={(key) => {
              setFresh(key);
              onChange([...filters, makeFilter(key, operatorsFor(key)[0] ?? "=", [])]);
            }}
          />
        </div>
      </div>
    </div>
  );
}
