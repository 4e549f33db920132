// SPDX-License-Identifier: Apache-2.0
// Spans as rows of a table that can be sorted by any column.

export interface SpanLine {
  readonly traceId: string;
  readonly spanId: string;
  readonly startMs: number;
  readonly service: string;
  readonly name: string;
  readonly durationNs: number;
  readonly status: string;
  readonly more: readonly string[];
}

export interface SpanOrder {
  readonly column: string;
  readonly descending: boolean;
}

export function readOrder(text: string | undefined): SpanOrder {
  const [column = "", direction] = (text ?? "start.desc").split(/\.(?=asc$|desc$)/);
  return { column, descending: direction !== "asc" };
}

export function sortLines(lines: readonly SpanLine[], columns: readonly string[], order: SpanOrder): readonly SpanLine[] {
  const at = columns.indexOf(order.column);
  const valueOf = (line: SpanLine): string | number => {
    switch (order.column) {
      case "start": return line.startMs;
      case "duration": return line.durationNs;
      case "service": return line.service;
      case "name": return line.name;
      case "status": return line.status;
      default: return line.more[at] ?? "";
    }
  };
  const compare = (a: string | number, b: string | number): number => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), "en", { numeric: true });
  };
  return [...lines].sort((a, b) => (order.descending ? -1 : 1) * compare(valueOf(a), valueOf(b)) || b.startMs - a.startMs);
}
