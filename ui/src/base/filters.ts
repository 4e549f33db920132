// SPDX-License-Identifier: Apache-2.0
// The builder's filters and the TraceQL they make. A filter in the URL is `key|op|value|value...`.

export const kOperators = ["=", "!=", "=~", "!~", ">", ">=", "<", "<="] as const;
export type Operator = (typeof kOperators)[number];

export interface Filter {
  // A TraceQL field: resource.service.name, span.http.route, name, status, duration.
  readonly key: string;
  readonly op: Operator;
  // Values of one filter are alternatives. Empty values make no condition.
  readonly values: readonly string[];
  // How the values are written: as quoted text, or as they are (numbers, durations, keywords).
  readonly bare: boolean;
}

const kBareKeys = new Set(["status", "kind", "duration", "traceDuration", "span:status", "span:kind", "span:duration", "trace:duration"]);

// Values that a typed attribute stores as a number or a truth value are not quoted; the completion tells the type.
export const isBareType = (type: string): boolean => ["int", "float", "bool", "duration", "keyword"].includes(type);

export function makeFilter(key: string, op: Operator, values: readonly string[], bare = false): Filter {
  return { key, op, values, bare: bare || kBareKeys.has(key) };
}

// Go's escapes for what a double-quoted TraceQL string can't hold as it is.
export function quote(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
  return `"${escaped}"`;
}

// Attribute names may hold nearly everything; these end a bare name, so such a name is quoted after its scope.
export function fieldText(key: string): string {
  const scoped = /^(span|resource|event|link|instrumentation)?\.(.+)$/s.exec(key);
  if (scoped === null) return key;
  const [, scope = "", name = ""] = scoped;
  if (!/[\s{}()=~!<>&|^,"\\]/.test(name)) return key;
  return `${scope}."${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function condition(filter: Filter): string | undefined {
  const values = filter.values.map((value) => value.trim()).filter((value) => value !== "");
  if (values.length === 0) return undefined;
  const field = fieldText(filter.key);
  const one = (value: string): string => `${field} ${filter.op} ${filter.bare ? value : quote(value)}`;
  if (values.length === 1) return one(values[0] ?? "");
  if (filter.op === "=~" || filter.op === "!~") return `${field} ${filter.op} ${quote(values.join("|"))}`;
  // "none of these" needs all conditions, "one of these" any.
  const negative = filter.op === "!=";
  const joined = values.map(one).join(negative ? " && " : " || ");
  return negative ? joined : `(${joined})`;
}

export function buildQuery(filters: readonly Filter[]): string {
  const conditions = filters.map(condition).filter((text) => text !== undefined);
  return conditions.length === 0 ? "{ }" : `{ ${conditions.join(" && ")} }`;
}

const escapePart = (part: string): string => part.replaceAll("\\", "\\\\").replaceAll("|", "\\|");

function splitParts(text: string): string[] {
  const parts = [""];
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i] ?? "";
    if (c === "|") {
      parts.push("");
    } else {
      const literal = c === "\\" ? (text[(i += 1)] ?? "") : c;
      parts[parts.length - 1] += literal;
    }
  }
  return parts;
}

// A leading '#' on the operator marks bare values that the key alone does not tell.
export function encodeFilter(f: Filter): string {
  const mark = f.bare && !kBareKeys.has(f.key) ? "#" : "";
  return [escapePart(f.key), mark + f.op, ...f.values.map(escapePart)].join("|");
}

export function decodeFilter(text: string): Filter | undefined {
  const [key = "", marked = "", ...values] = splitParts(text);
  const bare = marked.startsWith("#");
  const op = kOperators.find((known) => known === (bare ? marked.slice(1) : marked));
  if (key === "" || op === undefined) return undefined;
  return makeFilter(key, op, values, bare);
}

export const operatorsFor = (key: string): readonly Operator[] => {
  if (key === "status" || key === "kind") return ["=", "!="];
  if (key === "duration" || key === "traceDuration") return [">", ">=", "<", "<="];
  return kOperators;
};

// "100ms", "1.5s", "1h30m": a number with unit, as TraceQL reads it.
export const isDuration = (text: string): boolean => /^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h|d|w|y))+$/.test(text.trim());
