// SPDX-License-Identifier: Apache-2.0
import type { KeyboardEvent, ReactNode } from "react";

export interface Segment<T extends string> {
  readonly value: T;
  readonly text: ReactNode;
}

interface Props<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly items: readonly Segment<T>[];
  readonly onChange: (value: T) => void;
  // Tabs change what is shown below; a choice changes a setting.
  readonly role?: "tabs" | "choice";
}

export function Segments<T extends string>({ label, value, items, onChange, role = "choice" }: Props<T>): ReactNode {
  const tabs = role === "tabs";
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const at = items.findIndex((item) => item.value === value);
    const next = items[(at + step + items.length) % items.length];
    if (next === undefined) return;
    onChange(next.value);
    const index = items.indexOf(next);
    (event.currentTarget.children[index] as HTMLElement | undefined)?.focus();
  };
  return (
    <div className={`segments ${role}`} role={tabs ? "tablist" : "radiogroup"} aria-label={label} onKeyDown={onKeyDown}>
      {items.map((item) => {
        const on = item.value === value;
        return (
          <button
            key={item.value}
            type="button"
            role={tabs ? "tab" : "radio"}
            aria-selected={tabs ? on : undefined}
            aria-checked={tabs ? undefined : on}
            tabIndex={on ? 0 : -1}
            onClick={() => onChange(item.value)}
          >
            {item.text}
          </button>
        );
      })}
    </div>
  );
}
