// SPDX-License-Identifier: Apache-2.0
// Filters as chips with key, operator and values, completed from the store.
import { Plus, X } from "lucide-react";
import { useState, type ReactNode } from "react";
import { isBareType, makeFilter, operatorsFor, type Filter, type Operator } from "~/base/filters";
import { Button } from "./Button";
import { MultiSuggest, Suggest, type Option } from "./Combobox";

// What the store knows, for completion. Hooks, called whenever the chips are drawn.
export interface FilterSource {
  readonly useKeys: () => { readonly options: readonly Option[]; readonly loading: boolean };
  readonly useValues: (key: string, wanted: boolean) => {
    readonly values: readonly { readonly type: string; readonly value: string }[];
    readonly loading: boolean;
  };
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

// One condition: operator and values.
export function ValueField({ filter, source, label, placeholder, onChange, autoFocus = false }: {
  readonly filter: Filter;
  readonly source: FilterSource;
  readonly label: string;
  readonly placeholder: string;
  readonly onChange: (filter: Filter) => void;
  readonly autoFocus?: boolean;
}): ReactNode {
  const [wanted, setWanted] = useState(autoFocus);
  const { values, loading } = source.useValues(filter.key, wanted);
  return (
    <>
      <OperatorSelect filter={filter} onChange={(op) => onChange({ ...filter, op })} />
      <MultiSuggest
        label={label}
        placeholder={placeholder}
        values={filter.values}
        options={values.map((v) => ({ value: v.value }))}
        loading={loading}
        onOpen={() => setWanted(true)}
        autoFocus={autoFocus}
        onChange={(chosen) => {
          // Whether a value is quoted follows the type that the store knows for it.
          const known = values.find((v) => v.value === chosen.at(-1));
          onChange(makeFilter(filter.key, filter.op, chosen, known === undefined ? filter.bare : isBareType(known.type)));
        }}
      />
    </>
  );
}

function AddFilter({ source, text, hidden, onAdd }: {
  readonly source: FilterSource;
  readonly text: string;
  readonly hidden: readonly string[];
  readonly onAdd: (key: string) => void;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const { options, loading } = source.useKeys();
  if (!open) return <Button look="quiet" icon={<Plus size={14} />} onClick={() => setOpen(true)}>{text}</Button>;
  return (
    <span className="add-tag" onBlur={(event) => {
      if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
    }}>
      <Suggest
        label="Tag"
        placeholder="Tag, for example span.http.route"
        options={options.filter((o) => !hidden.includes(o.value))}
        loading={loading}
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

// Shows those of `filters` that `shown` lists by index, all of them by default; changes keep the others.
export function FilterChips({ filters, shown, source, addText, hidden = [], onChange }: {
  readonly filters: readonly Filter[];
  readonly shown?: readonly number[];
  readonly source: FilterSource;
  readonly addText: string;
  // Keys that are not offered.
  readonly hidden?: readonly string[];
  readonly onChange: (filters: readonly Filter[]) => void;
}): ReactNode {
  const [fresh, setFresh] = useState<string>();
  return (
    <div className="chips">
      {(shown ?? filters.map((_, i) => i)).map((at) => {
        const filter = filters[at];
        if (filter === undefined) return undefined;
        return (
          <span key={`${at} ${filter.key}`} className="chip">
            <b title={filter.key}>{filter.key}</b>
            <ValueField
              filter={filter}
              source={source}
              label={`Value of ${filter.key}`}
              placeholder="value"
              autoFocus={fresh === filter.key && filter.values.length === 0}
              onChange={(next) => onChange(filters.map((f, i) => (i === at ? next : f)))}
            />
            <button type="button" aria-label={`Remove ${filter.key}`} onClick={() => onChange(filters.filter((_, i) => i !== at))}>
              <X size={14} />
            </button>
          </span>
        );
      })}
      <AddFilter
        source={source}
        text={addText}
        hidden={hidden}
        onAdd={(key) => {
          setFresh(key);
          onChange([...filters, makeFilter(key, operatorsFor(key)[0] ?? "=", [])]);
        }}
      />
    </div>
  );
}
