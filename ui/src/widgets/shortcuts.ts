// SPDX-License-Identifier: Apache-2.0
// Keyboard shortcuts of a view. Keys typed into a field belong to the field.
import { useEffect, useRef } from "react";

export interface Shortcut {
  // As in KeyboardEvent.key.
  readonly key: string;
  readonly run: (event: KeyboardEvent) => void;
  // Where it does not hold, the key keeps its usual meaning.
  readonly when?: (event: KeyboardEvent) => boolean;
}

export function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.closest("input, textarea, select, [contenteditable=true]") !== null);
}

export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (inField(event.target) || document.querySelector("dialog[open]") !== null) return;
      const shortcut = latest.current.find((s) => s.key === event.key && (s.when?.(event) ?? true));
      if (shortcut === undefined) return;
      event.preventDefault();
      shortcut.run(event);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
