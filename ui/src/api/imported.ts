// SPDX-License-Identifier: Apache-2.0
// The trace that the user opened from a file. It stays in this tab; a reload keeps it when it fits into session storage.
import { decodeTrace } from "./otlpJson";
import type { Trace } from "./trace";

const kKey = "orrery.imported-trace";
let held: Trace | undefined;

// Throws DecodeError or SyntaxError when the text is no trace.
export function importTrace(json: string): Trace {
  const trace = decodeTrace(JSON.parse(json) as unknown);
  held = trace;
  try {
    sessionStorage.setItem(kKey, json);
  } catch {
    sessionStorage.removeItem(kKey);  // Too large: the trace then lives until the reload.
  }
  return trace;
}

export function importedTrace(): Trace | undefined {
  if (held !== undefined) return held;
  const json = sessionStorage.getItem(kKey);
  if (json !== null) held = decodeTrace(JSON.parse(json) as unknown);
  return held;
}
