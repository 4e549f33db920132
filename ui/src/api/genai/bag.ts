// SPDX-License-Identifier: Apache-2.0
// Attributes by key, asked for under several names; the first that is there wins. Values may be typed attributes or JSON text.
import { findAttribute, valueText, type Attribute, type AttributeValue } from "../trace";

// An attribute value as plain JavaScript, as JSON.parse would give it.
export function plain(value: AttributeValue): unknown {
  switch (value.type) {
    case "list":
      return value.value.map(plain);
    case "map":
      return Object.fromEntries(value.value.map((a) => [a.key, plain(a.value)]));
    case "int":
      return Number(value.value);
    case "empty":
      return undefined;
    default:
      return value.value;
  }
}

// Text that begins like a JSON object or list is parsed; what does not parse stays text (senders cut long values).
export function parsed(x: unknown): unknown {
  if (typeof x !== "string" || !/^\s*[[{]/.test(x)) return x;
  try {
    return JSON.parse(x) as unknown;
  } catch {
    return x;
  }
}

// As people read it: text as it is, everything else as indented JSON.
export function readable(x: unknown): string {
  const value = parsed(x);
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : typeof value === "object" ? JSON.stringify(value, undefined, 2) : String(value);
}

export type Json = Readonly<Record<string, unknown>>;
export const isObject = (x: unknown): x is Json => typeof x === "object" && x !== null && !Array.isArray(x);

export class Bag {
  constructor(readonly attributes: readonly Attribute[]) {}

  value(keys: readonly string[]): unknown {
    for (const key of keys) {
      const found = findAttribute(this.attributes, key);
      if (found !== undefined && found.type !== "empty") return plain(found);
    }
    return undefined;
  }

  text(keys: readonly string[]): string {
    for (const key of keys) {
      const found = findAttribute(this.attributes, key);
      if (found !== undefined && found.type !== "empty") return valueText(found);
    }
    return "";
  }

  // Undefined for what is no number; senders write numbers as text, too.
  number(keys: readonly string[]): number | undefined {
    const x = this.value(keys);
    if (typeof x !== "number" && (typeof x !== "string" || x.trim() === "")) return undefined;
    const n = Number(x);
    return Number.isFinite(n) ? n : undefined;
  }

  // A list, one text, or a list as JSON text.
  texts(keys: readonly string[]): readonly string[] {
    const x = parsed(this.value(keys));
    if (Array.isArray(x)) return x.map(readable).filter((t) => t !== "");
    return x === undefined || x === "" ? [] : [readable(x)];
  }

  // The keys below `prefix` as a tree: "a.0.b" becomes {a: [{b}]} with numbers as keys of plain objects.
  tree(prefix: string): Json | undefined {
    const root: Record<string, unknown> = {};
    let any = false;
    for (const { key, value } of this.attributes) {
      if (!key.startsWith(prefix)) continue;
      const path = key.slice(prefix.length).split(".");
      if (path.length > kDeepest || path.some((p) => p === "__proto__")) continue;
      let at = root;
      for (const step of path.slice(0, -1)) {
        const below = at[step];
        at = isObject(below) ? (below as Record<string, unknown>) : ((at[step] = {}) as Record<string, unknown>);
      }
      at[path.at(-1) ?? ""] = plain(value);
      any = true;
    }
    return any ? root : undefined;
  }
}

const kDeepest = 12;

// The members of {"0": a, "1": b} in the order of their numbers.
export function indexed(x: unknown): readonly unknown[] {
  if (Array.isArray(x)) return x;
  if (!isObject(x)) return [];
  return Object.keys(x).filter((k) => /^\d+$/.test(k)).sort((a, b) => Number(a) - Number(b)).map((k) => x[k]);
}
