// SPDX-License-Identifier: Apache-2.0
// Queries that somebody keeps under a name, and those that were asked lately. They stay in this browser.

export interface SavedQuery {
  readonly name: string;
  readonly q: string;
}

const kSaved = "orrery.explore.saved";
const kRecent = "orrery.explore.recent";
const kMostRecent = 20;

function read(key: string): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

const isSaved = (x: unknown): x is SavedQuery =>
  typeof x === "object" && x !== null && typeof (x as SavedQuery).name === "string" && typeof (x as SavedQuery).q === "string";

export const savedQueries = (): readonly SavedQuery[] => read(kSaved).filter(isSaved);
export const recentQueries = (): readonly string[] => read(kRecent).filter((x) => typeof x === "string");

// A name is taken over by the newest query that has it.
export function saveQuery(query: SavedQuery): readonly SavedQuery[] {
  const list = [...savedQueries().filter((s) => s.name !== query.name), query].sort((a, b) => a.name.localeCompare(b.name));
  localStorage.setItem(kSaved, JSON.stringify(list));
  return list;
}

export function forgetQuery(name: string): readonly SavedQuery[] {
  const list = savedQueries().filter((s) => s.name !== name);
  localStorage.setItem(kSaved, JSON.stringify(list));
  return list;
}

export function keepRecent(q: string): void {
  const text = q.trim();
  if (text === "" || text === "{ }" || text === "{}") return;
  localStorage.setItem(kRecent, JSON.stringify([text, ...recentQueries().filter((r) => r !== text)].slice(0, kMostRecent)));
}
