// SPDX-License-Identifier: Apache-2.0
// What the Drilldown view keeps in the URL, and the TraceQL that follows from it.
import { buildQuery, decodeFilter, encodeFilter, fieldText, type Filter } from "~/base/filters";
import type { HeatBox } from "~/charts/heatMap";

export const kSignals = [
  { value: "root", text: "Root spans", condition: "nestedSetParent < 0" },
  { value: "all", text: "All spans", condition: "true" },
  { value: "server", text: "Server", condition: "kind = server" },
  { value: "consumer", text: "Consumer", condition: "kind = consumer" },
  { value: "db", text: "Database calls", condition: 'span.db.system.name != ""' },
] as const;
export type Signal = (typeof kSignals)[number]["value"];

export const kMetrics = ["rate", "errors", "duration"] as const;
export type Metric = (typeof kMetrics)[number];

export const kTabs = ["breakdown", "structure", "comparison", "exceptions", "traces"] as const;
export type Tab = (typeof kTabs)[number];

export const kOrders = ["rate", "errors", "difference"] as const;
export type Order = (typeof kOrders)[number];

export const kLooks = ["grid", "rows", "single"] as const;
export type Look = (typeof kLooks)[number];

export interface DrilldownState {
  readonly signal: Signal;
  readonly filters: readonly Filter[];
  readonly metric: Metric;
  readonly tab: Tab;
  readonly box: HeatBox | undefined;
  readonly groupBy: string;
  readonly order: Order;
  readonly look: Look;
  // Attributes that the list of spans shows besides its own columns.
  readonly columns: readonly string[];
}

interface Query {
  readonly get: (key: string) => string | undefined;
  readonly all: (key: string) => readonly string[];
}

const oneOf = <T extends string>(list: readonly T[], text: string | undefined, fallback: T): T => list.find((x) => x === text) ?? fallback;

export const kDefaultGroup = "resource.service.name";

function readBox(text: string | undefined): HeatBox | undefined {
  const [fromMs, toMs, leastNs, mostNs] = (text ?? "").split(",").map(Number);
  if (fromMs === undefined || toMs === undefined || leastNs === undefined || mostNs === undefined) return undefined;
  return [fromMs, toMs, leastNs, mostNs].every(Number.isFinite) && fromMs < toMs && leastNs < mostNs
    ? { fromMs, toMs, leastNs, mostNs } : undefined;
}

export function readState(query: Query): DrilldownState {
  const metric = oneOf(kMetrics, query.get("metric"), "rate");
  const tab = oneOf(kTabs, query.get("tab"), "breakdown");
  return {
    signal: oneOf(kSignals.map((s) => s.value), query.get("spans"), "root"),
    filters: query.all("f").map(decodeFilter).filter((f) => f !== undefined),
    metric,
    // Exceptions are there when errors are looked at.
    tab: tab === "exceptions" && metric !== "errors" ? "breakdown" : tab,
    box: readBox(query.get("box")),
    groupBy: query.get("by") ?? kDefaultGroup,
    order: oneOf(kOrders, query.get("order"), "rate"),
    look: oneOf(kLooks, query.get("look"), "grid"),
    columns: query.all("col"),
  };
}

export const boxParam = (box: HeatBox): string => [box.fromMs, box.toMs, Math.round(box.leastNs), Math.round(box.mostNs)].join(",");
export const filterParams = (filters: readonly Filter[]): { f: string[] } => ({ f: filters.map(encodeFilter) });

// The conditions of the set of spans, and more of them.
export function conditions(state: Pick<DrilldownState, "signal" | "filters">, ...more: readonly string[]): string {
  const signal = kSignals.find((s) => s.value === state.signal)?.condition ?? "true";
  const built = buildQuery(state.filters).slice(1, -1).trim();
  return [signal, built, ...more].filter((text) => text !== "").join(" && ");
}

const ns = (value: number): string => `${Math.round(value)}ns`;

// The box's durations; its time is the query's range.
export const boxCondition = (box: HeatBox): string => `duration > ${ns(box.leastNs)} && duration <= ${ns(box.mostNs)}`;

export const rateQuery = (state: DrilldownState): string => `{ ${conditions(state)} } | rate()`;
export const errorsQuery = (state: DrilldownState): string => `{ ${conditions(state, "status = error")} } | rate()`;
export const durationQuery = (state: DrilldownState): string => `{ ${conditions(state)} } | histogram_over_time(duration)`;

// One series for each value of the attribute that spans are grouped by.
export function groupQuery(state: DrilldownState, what: Metric): string {
  const by = fieldText(state.groupBy);
  const where = conditions(state, `${by} != nil`, ...(what === "errors" ? ["status = error"] : []));
  return `{ ${where} } | ${what === "duration" ? "quantile_over_time(duration, 0.9)" : "rate()"} by (${by})`;
}

// What is compared with the rest: the box, or what the chosen metric is about. Undefined when there is nothing to compare.
export function selectionOf(state: DrilldownState, slowNs: number | undefined): string | undefined {
  const parts = state.metric === "errors" ? ["status = error"] : [];
  if (state.box !== undefined) parts.push(boxCondition(state.box));
  else if (state.metric === "duration" && slowNs !== undefined) parts.push(`duration > ${ns(slowNs)}`);
  return parts.length === 0 ? undefined : parts.join(" && ");
}

export function compareQuery(state: DrilldownState, selection: string): string {
  const time = state.box === undefined ? "" : `, ${state.box.fromMs}000000, ${state.box.toMs}000000`;
  return `{ ${conditions(state)} } | compare({ ${selection} }, 10${time})`;
}

const kStructureFields = "status, resource.service.name, name, nestedSetParent, nestedSetLeft, nestedSetRight";

// Spans of the set with what is below them: everything, what failed, or what took long.
export function structureQuery(state: DrilldownState, slowNs: number | undefined): string {
  const chosen = state.box === undefined ? [] : [boxCondition(state.box)];
  switch (state.metric) {
    case "errors":
      return `{ ${conditions(state, ...chosen, "status = error")} } &>> { status = error } | select(${kStructureFields})`;
    case "duration": {
      const slow = slowNs === undefined ? [] : [`duration > ${ns(slowNs)}`];
      const below = slowNs === undefined ? "true" : `duration > ${ns(slowNs / 10)}`;
      return `{ ${conditions(state, ...chosen, ...slow)} } &>> { ${below} } | select(${kStructureFields})`;
    }
    case "rate":
      return `{ ${conditions(state, ...chosen)} } &>> { true } | select(${kStructureFields})`;
  }
}

export const exceptionsQuery = (state: DrilldownState): string =>
  `{ ${conditions(state, "status = error", ...(state.box === undefined ? [] : [boxCondition(state.box)]))} } | select(` +
  "resource.service.name, statusMessage, event.exception.message, event.exception.type)";

export function spansQuery(state: DrilldownState, slowNs: number | undefined): string {
  const more = selectionOf(state, slowNs);
  const columns = ["status", "resource.service.name", "name", "kind", ...state.columns.map(fieldText)];
  return `{ ${conditions(state, ...(more === undefined ? [] : [more]))} } | select(${columns.join(", ")})`;
}
