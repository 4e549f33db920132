// SPDX-License-Identifier: Apache-2.0
// Spans by service and name, with what they took together and each.
import type { TraceTree } from "./tree";

export interface StatRow {
  readonly service: string;
  readonly name: string;
  readonly count: number;
  readonly errors: number;
  readonly totalNs: number;
  readonly selfNs: number;
  readonly averageNs: number;
  readonly maxNs: number;
  // Row of the longest span.
  readonly longest: number;
}

export type StatColumn = "service" | "name" | "count" | "errors" | "totalNs" | "selfNs" | "averageNs" | "maxNs";
export const kStatColumns: readonly StatColumn[] = ["service", "name", "count", "errors", "totalNs", "selfNs", "averageNs", "maxNs"];

interface Sum {
  count: number;
  errors: number;
  totalNs: number;
  selfNs: number;
  maxNs: number;
  longest: number;
}

// Of all rows, or of `only`.
export function statistics(tree: TraceTree, only: readonly number[] | undefined): readonly StatRow[] {
  const services = new Map<string, Map<string, Sum>>();
  const add = (row: number): void => {
    const span = tree.spans[row];
    if (span === undefined) return;
    let names = services.get(span.resource.service);
    if (names === undefined) services.set(span.resource.service, (names = new Map<string, Sum>()));
    let sum = names.get(span.name);
    if (sum === undefined) names.set(span.name, (sum = { count: 0, errors: 0, totalNs: 0, selfNs: 0, maxNs: -1, longest: row }));
    const duration = tree.durationNs[row] ?? 0;
    sum.count += 1;
    sum.errors += span.status === "error" ? 1 : 0;
    sum.totalNs += duration;
    sum.selfNs += tree.selfNs[row] ?? 0;
    if (duration > sum.maxNs) {
      sum.maxNs = duration;
      sum.longest = row;
    }
  };
  if (only === undefined) for (let row = 0; row < tree.spans.length; row += 1) add(row);
  else only.forEach(add);
  return [...services].flatMap(([service, names]) =>
    [...names].map(([name, sum]) => ({ service, name, ...sum, averageNs: sum.totalNs / sum.count })));
}

export interface Order {
  readonly column: StatColumn;
  readonly descending: boolean;
}

export const kDefaultOrder: Order = { column: "selfNs", descending: true };

// "selfNs.desc"; the default for what is no order.
export function readOrder(text: string | undefined): Order {
  const [name, direction] = (text ?? "").split(".");
  const column = kStatColumns.find((c) => c === name);
  return column === undefined ? kDefaultOrder : { column, descending: direction !== "asc" };
}

export const orderText = (order: Order): string => `${order.column}.${order.descending ? "desc" : "asc"}`;

const byText = new Intl.Collator("en").compare;

export function sorted(rows: readonly StatRow[], { column, descending }: Order): readonly StatRow[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [x, y] = [a[column], b[column]];
    const order = typeof x === "string" && typeof y === "string" ? byText(x, y) : Number(x) - Number(y);
    return sign * order || byText(a.service, b.service) || byText(a.name, b.name);
  });
}
