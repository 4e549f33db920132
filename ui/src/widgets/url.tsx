// SPDX-License-Identifier: Apache-2.0
// The address bar as a store. Whatever of a view deserves a link lives here and nowhere else.
import { useCallback, useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent, type ReactNode } from "react";

const kChanged = "orrery:location";

const subscribe = (listener: () => void): (() => void) => {
  window.addEventListener("popstate", listener);
  window.addEventListener(kChanged, listener);
  return () => {
    window.removeEventListener("popstate", listener);
    window.removeEventListener(kChanged, listener);
  };
};

const pathNow = (): string => window.location.pathname;
const searchNow = (): string => window.location.search;

export const usePath = (): string => useSyncExternalStore(subscribe, pathNow);

export type HistoryStep = "push" | "replace";

export function go(href: string, step: HistoryStep = "push"): void {
  const to = new URL(href, window.location.href);
  if (to.href === window.location.href) return;
  if (step === "push") window.history.pushState(undefined, "", to);
  else window.history.replaceState(undefined, "", to);
  window.dispatchEvent(new Event(kChanged));
}

export type Params = Readonly<Record<string, string | readonly string[] | undefined>>;

// Changes the named parameters and keeps the others; undefined and empty remove.
export function setParams(changes: Params, step: HistoryStep = "push"): void {
  const to = new URL(window.location.href);
  for (const [key, value] of Object.entries(changes)) {
    to.searchParams.delete(key);
    if (value === undefined || value === "") continue;
    if (typeof value === "string") to.searchParams.set(key, value);
    else value.forEach((item) => to.searchParams.append(key, item));
  }
  go(to.href, step);
}

export interface Query {
  readonly get: (key: string) => string | undefined;
  readonly all: (key: string) => readonly string[];
  // Equal texts mean equal parameters; for dependency lists.
  readonly text: string;
}

export function useQueryParams(): Query {
  const text = useSyncExternalStore(subscribe, searchNow);
  const params = new URLSearchParams(text);
  return { text, get: (key) => params.get(key) ?? undefined, all: (key) => params.getAll(key) };
}

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly href: string;
  readonly children: ReactNode;
}

// A link inside the page: a plain click changes the view, everything else is the browser's.
export function Link({ href, children, onClick, ...rest }: LinkProps): ReactNode {
  const click = useCallback(
    (event: MouseEvent<HTMLAnchorElement>) => {
      onClick?.(event);
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
        return;
      }
      event.preventDefault();
      go(href);
    },
    [href, onClick],
  );
  return (
    <a href={href} onClick={click} {...rest}>
      {children}
    </a>
  );
}
