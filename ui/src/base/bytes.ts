// SPDX-License-Identifier: Apache-2.0
// Ids travel as base64 in Tempo's JSON and as hex in OTLP's; the page shows hex.

const kHexPairs: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

export function base64ToHex(text: string): string | undefined {
  let binary: string;
  try {
    binary = atob(/[-_]/.test(text) ? text.replaceAll("-", "+").replaceAll("_", "/") : text);
  } catch {
    return undefined;
  }
  let out = "";
  for (let i = 0; i < binary.length; i += 1) {
    out += kHexPairs[binary.charCodeAt(i)] ?? "";
  }
  return out;
}

// Reads an id of `bytes` bytes in either form. The two can't be mixed up: their lengths differ.
export function readId(text: unknown, bytes: number): string | undefined {
  if (typeof text !== "string" || text === "") return undefined;
  if (text.length === bytes * 2 && /^[0-9a-fA-F]+$/.test(text)) return text.toLowerCase();
  const hex = base64ToHex(text);
  return hex?.length === bytes * 2 ? hex : undefined;
}

export const isZeroId = (hex: string): boolean => hex.startsWith("00") && /^0+$/.test(hex);
