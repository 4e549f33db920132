// SPDX-License-Identifier: Apache-2.0
// Which rows of a trace match the text, the pills and the conditions. All given conditions must hold; values of one
// condition are alternatives.
import { findAttribute, valueText, type Attribute, type Span, type SpanKind, type SpanStatus } from "~/api/trace";
import type { Filter } from "~/base/filters";
import { criticalPath } from "./criticalPath";
import type { TraceTree } from "./tree";

export const kPills = ["errors", "critical", "slow"] as const;
export type Pill = (typeof kPills)[number];

// A span counts as slow when its own work, children aside, takes at least this share of the trace.
export const kSlowShare = 0.1;

export const kKinds: readonly SpanKind[] = ["server", "client", "internal", "producer", "consumer", "unspecified"];
export const kStatuses: readonly SpanStatus[] = ["error", "ok", "unset"];

export interface SpanFilter {
  readonly text: string;
  readonly pills: readonly Pill[];
  readonly services: readonly string[];
  readonly names: readonly string[];
  readonly kinds: readonly SpanKind[];
  readonly statuses: readonly SpanStatus[];
  // As typed: "100ms", "1.5s"; empty for no limit.
  readonly minDuration: string;
  readonly maxDuration: string;
  // Keys without scope: a span has the attribute itself or by its resource.
  readonly attributes: readonly Filter[];
}

export const kNoFilter: SpanFilter = {
  text: "", pills: [], services: [], names: [], kinds: [], statuses: [], minDuration: "", maxDuration: "", attributes: [],
};

// How many conditions hold besides text and pills.
export const conditionCount = (f: SpanFilter): number =>
  [f.services, f.names, f.kinds, f.statuses].filter((list) => list.length > 0).length +
  [f.minDuration, f.maxDuration].filter((text) => parseDurationNs(text) !== undefined).length +
  f.attributes.length;

export const isActive = (f: SpanFilter): boolean => f.text.trim() !== "" || f.pills.length > 0 || conditionCount(f) > 0;

const kUnitNs: Readonly<Record<string, number>> = {
  ns: 1, us: 1e3, "µs": 1e3, ms: 1e6, s: 1e9, m: 60e9, min: 60e9, h: 3600e9,
};

// "100ms", "1.5 s", "2m"; a number alone is milliseconds. Undefined for what is no duration.
export function parseDurationNs(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|min|m|h)?\s*$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (kUnitNs[match[2] ?? "ms"] ?? 1e6);
}

const inAttributes = (attributes: readonly Attribute[], needle: string): boolean =>
  attributes.some((a) => a.key.toLowerCase().includes(needle) || valueText(a.value).toLowerCase().includes(needle));

function spanContains(span: Span, needle: string): boolean {
  return (
    span.name.toLowerCase().includes(needle) ||
    span.resource.service.toLowerCase().includes(needle) ||
    span.id === needle ||
    span.kind === needle ||
    span.status === needle ||
    span.statusMessage.toLowerCase().includes(needle) ||
    inAttributes(span.attributes, needle) ||
    span.events.some((e) => e.name.toLowerCase().includes(needle) || inAttributes(e.attributes, needle))
  );
}

export function criticalRows(tree: TraceTree): Set<number> {
  return new Set(criticalPath(tree).map((s) => s.row));
}

type Test = (row: number, span: Span) => boolean;

function pillTest(tree: TraceTree, pill: Pill): Test {
  switch (pill) {
    case "errors":
      return (_, span) => span.status === "error";
    case "slow":
      return (row) => tree.totalNs > 0 && (tree.selfNs[row] ?? 0) >= kSlowShare * tree.totalNs;
    case "critical": {
      const rows = criticalRows(tree);
      return (row) => rows.has(row);
    }
  }
}

function compares(op: Filter["op"], found: string, wanted: string): boolean {
  const [a, b] = [Number(found), Number(wanted)];
  switch (op) {
    case "=": return found === wanted;
    case "!=": return found !== wanted;
    case ">": return a > b;
    case ">=": return a >= b;
    case "<": return a < b;
    case "<=": return a <= b;
    case "=~":
    case "!~": return false;  // Decided by matcher().
  }
}

// The whole value must match, as in TraceQL. What is no regular expression matches nothing.
function matcher(text: string): (found: string) => boolean {
  try {
    const pattern = new RegExp(`^(?:${text})$`, "su");
    return (found) => pattern.test(found);
  } catch {
    return () => false;
  }
}

function attributeTest(filter: Filter): Test {
  const patterns = filter.values.map(matcher);
  return (_, span) => {
    const value = findAttribute(span.attributes, filter.key) ?? findAttribute(span.resource.attributes, filter.key);
    if (value === undefined) return false;
    if (filter.values.length === 0) return true;
    const found = value.type === "list" ? value.value.map(valueText) : [valueText(value)];
    switch (filter.op) {
      case "=~": return found.some((text) => patterns.some((matches) => matches(text)));
      case "!~": return !found.some((text) => patterns.some((matches) => matches(text)));
      case "!=": return filter.values.every((wanted) => !found.includes(wanted));
      default: return found.some((text) => filter.values.some((wanted) => compares(filter.op, text, wanted)));
    }
  };
}

// Cheap ones first: attributes are decoded when they are first read.
function testsOf(tree: TraceTree, f: SpanFilter): readonly Test[] {
  const tests = f.pills.map((pill) => pillTest(tree, pill));
  const oneOf = (list: readonly string[], pick: (span: Span) => string): void => {
    const wanted = new Set(list);
    if (list.length > 0) tests.push((_, span) => wanted.has(pick(span)));
  };
  oneOf(f.services, (span) => span.resource.service);
  oneOf(f.names, (span) => span.name);
  oneOf(f.kinds, (span) => span.kind);
  oneOf(f.statuses, (span) => span.status);
  const least = parseDurationNs(f.minDuration);
  const most = parseDurationNs(f.maxDuration);
  if (least !== undefined) tests.push((row) => (tree.durationNs[row] ?? 0) >= least);
  if (most !== undefined) tests.push((row) => (tree.durationNs[row] ?? 0) <= most);
  tests.push(...f.attributes.map(attributeTest));
  const needle = f.text.trim().toLowerCase();
  if (needle !== "") tests.push((_, span) => spanContains(span, needle));
  return tests;
}

// Rows in order; undefined when nothing is filtered.
export function matchingRows(tree: TraceTree, filter: SpanFilter): readonly number[] | undefined {
  if (!isActive(filter)) return undefined;
  const tests = testsOf(tree, filter);
  const rows: number[] = [];
  for (let row = 0; row < tree.spans.length; row += 1) {
    const span = tree.spans[row];
    if (span !== undefined && tests.every((test) => test(row, span))) rows.push(row);
  }
  return rows;
}
