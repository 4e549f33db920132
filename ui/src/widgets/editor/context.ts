// SPDX-License-Identifier: Apache-2.0
// What can stand at the cursor of a TraceQL text, judged by the text before it. Completion needs an answer for half-written
// queries, which the grammar can't give, so this is a small scanner of its own.

export type Place =
  | { readonly kind: "start"; readonly from: number }
  | { readonly kind: "stage"; readonly from: number }
  | { readonly kind: "field"; readonly from: number }
  | { readonly kind: "value"; readonly from: number; readonly field: string; readonly quoted: boolean }
  | { readonly kind: "none" };

// Skips a string that opens at `i`; returns the place behind it, or undefined when it is still open.
function behindString(text: string, i: number): number | undefined {
  const end = text[i];
  for (let j = i + 1; j < text.length; j += 1) {
    if (end === '"' && text[j] === "\\") j += 1;
    else if (text[j] === end) return j + 1;
  }
  return undefined;
}

// The position of the last open brace, or of the open string inside it.
function scan(text: string): { depth: number; openString: number | undefined } {
  let depth = 0;
  for (let i = 0; i < text.length; ) {
    const c = text[i];
    if (c === '"' || c === "`") {
      const next = behindString(text, i);
      if (next === undefined) return { depth, openString: i };
      i = next;
      continue;
    }
    if (c === "{") depth += 1;
    if (c === "}") depth -= 1;
    i += 1;
  }
  return { depth, openString: undefined };
}

const kFieldThenOperator = /([\w.:][\w.:/-]*)\s*(?:=~|!~|!=|>=|<=|=|>|<)\s*$/;

export function placeAt(before: string): Place {
  const { depth, openString } = scan(before);
  if (openString !== undefined) {
    const field = kFieldThenOperator.exec(before.slice(0, openString))?.[1];
    return field === undefined || depth === 0
      ? { kind: "none" }
      : { kind: "value", from: openString + 1, field, quoted: true };
  }
  const word = /[\w.:/-]*$/.exec(before)?.[0] ?? "";
  const from = before.length - word.length;
  const left = before.slice(0, from);
  if (depth <= 0) {
    if (/\|\s*$/.test(left)) return { kind: "stage", from };
    return left.trim() === "" ? { kind: "start", from } : { kind: "none" };
  }
  const field = kFieldThenOperator.exec(left)?.[1];
  if (field !== undefined) return { kind: "value", from, field, quoted: false };
  return /(?:[{(!]|&&|\|\|)\s*$/.test(left) ? { kind: "field", from } : { kind: "none" };
}
