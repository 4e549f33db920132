// SPDX-License-Identifier: Apache-2.0
// Attributes that somebody groups by often: a matter of taste, so in local storage.
import { useState } from "react";

const kKey = "orrery.drilldown.favourites";

function read(): readonly string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(kKey) ?? "[]");
    return Array.isArray(list) ? list.filter((x) => typeof x === "string") : [];
  } catch {
    return [];
  }
}

export function useFavourites(): [readonly string[], (key: string) => void] {
  const [favourites, set] = useState(read);
  const toggle = (key: string): void => {
    const next = favourites.includes(key) ? favourites.filter((k) => k !== key) : [...favourites, key];
    localStorage.setItem(kKey, JSON.stringify(next));
    set(next);
  };
  return [favourites, toggle];
}
