// SPDX-License-Identifier: Apache-2.0
// A text field with completion. Free text is welcome: the store may not know the value yet.
import { useId, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { X } from "lucide-react";

export interface Option {
  readonly value: string;
  readonly hint?: string;
}

const kShown = 60;

interface SuggestProps {
  readonly label: string;
  readonly placeholder: string;
  readonly options: readonly Option[];
  readonly loading?: boolean;
  readonly onPick: (value: string) => void;
  readonly onOpen?: () => void;
  readonly onBackspace?: () => void;
  readonly inputClass?: string;
  readonly initial?: string;
  // Keeps the text after a pick, for a field with one value.
  readonly keep?: boolean;
  readonly autoFocus?: boolean;
}

function ranked(options: readonly Option[], text: string): readonly Option[] {
  const needle = text.trim().toLowerCase();
  if (needle === "") return options.slice(0, kShown);
  const starts = options.filter((o) => o.value.toLowerCase().startsWith(needle));
  const holds = options.filter((o) => !o.value.toLowerCase().startsWith(needle) && o.value.toLowerCase().includes(needle));
  return [...starts, ...holds].slice(0, kShown);
}

export function Suggest(props: SuggestProps): ReactNode {
  const { label, placeholder, options, onPick, keep = false } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(props.initial ?? "");
  const [typed, setTyped] = useState(false);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const shown = useMemo(() => ranked(options, typed ? text : ""), [options, text, typed]);

  const show = (): void => {
    setOpen(true);
    props.onOpen?.();
  };
  const pick = (value: string): void => {
    onPick(value);
    setText(keep ? value : "");
    setTyped(false);
    setOpen(false);
    setAt(-1);
  };
  const leave = (): void => {
    setOpen(false);
    setAt(-1);
    const value = text.trim();
    if (typed && value !== "") pick(value);
    else if (typed && keep) onPick("");
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      show();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((was) => Math.max(-1, Math.min(shown.length - 1, was + step)));
    } else if (event.key === "Enter") {
      event.preventDefault();
      const value = shown[at]?.value ?? text.trim();
      if (value !== "") pick(value);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    } else if (event.key === "Backspace" && text === "") {
      props.onBackspace?.();
    }
  };
  return (
    <span className="suggest">
      <input
        ref={input}
        className={props.inputClass}
        role="combobox"
        aria-label={label}
        aria-expanded={open}
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        autoComplete="off"
        spellCheck={false}
        autoFocus={props.autoFocus}
        placeholder={placeholder}
        value={text}
        onFocus={show}
        onClick={show}
        onBlur={leave}
        onChange={(event) => {
          setText(event.target.value);
          setTyped(true);
          setAt(-1);
          show();
        }}
        onKeyDown={onKeyDown}
      />
      {open && (
        <ul id={id} className="options" role="listbox" aria-label={label}>
          {shown.map((option, i) => (
            <li
              key={`${option.hint ?? ""}\n${option.value}`}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === at}
              ref={(element) => {
                if (i === at) element?.scrollIntoView({ block: "nearest" });
              }}
              onPointerDown={(event) => {
                event.preventDefault();
                pick(option.value);
              }}
            >
              <span>{option.value}</span>
              {option.hint !== undefined && <small>{option.hint}</small>}
            </li>
          ))}
          {shown.length === 0 && (
            <li className="none" aria-disabled>
              {props.loading === true ? "Loading…" : text.trim() === "" ? "Nothing stored in this range" : "Enter takes the text as it is"}
            </li>
          )}
        </ul>
      )}
    </span>
  );
}

interface MultiProps extends Omit<SuggestProps, "onPick" | "keep" | "initial" | "onBackspace"> {
  readonly values: readonly string[];
  readonly onChange: (values: readonly string[]) => void;
}

export function MultiSuggest({ values, onChange, ...rest }: MultiProps): ReactNode {
  return (
    <span className="multi">
      {values.map((value) => (
        <span key={value} className="value">
          <span title={value}>{value}</span>
          <button type="button" aria-label={`Remove ${value}`} onClick={() => onChange(values.filter((v) => v !== value))}>
            <X size={12} />
          </button>
        </span>
      ))}
      <Suggest
        {...rest}
        placeholder={values.length === 0 ? rest.placeholder : ""}
        options={rest.options.filter((o) => !values.includes(o.value))}
        onPick={(value) => onChange(values.includes(value) ? values : [...values, value])}
        onBackspace={() => onChange(values.slice(0, -1))}
      />
    </span>
  );
}
