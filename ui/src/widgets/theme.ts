// SPDX-License-Identifier: Apache-2.0
// Dark or light: the system's choice until the user makes one. A matter of taste, so it is in local storage, not in the URL.
import { useSyncExternalStore } from "react";

export type Theme = "dark" | "light";

const kKey = "orrery.theme";
const kChanged = "orrery:theme";
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");

export function themeNow(): Theme {
  const chosen = localStorage.getItem(kKey);
  if (chosen === "dark" || chosen === "light") return chosen;
  return systemDark.matches ? "dark" : "light";
}

export function applyTheme(): void {
  document.documentElement.dataset["theme"] = themeNow();
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(kKey, theme);
  applyTheme();
  window.dispatchEvent(new Event(kChanged));
}

function subscribe(listener: () => void): () => void {
  const changed = (): void => {
    applyTheme();
    listener();
  };
  systemDark.addEventListener("change", changed);
  window.addEventListener(kChanged, listener);
  return () => {
    systemDark.removeEventListener("change", changed);
    window.removeEventListener(kChanged, listener);
  };
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, themeNow);

// The value of a colour token, for canvas code, which can't use var().
export function tokenColour(token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  document.documentElement.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}
