// SPDX-License-Identifier: Apache-2.0
// What the trace view keeps in the URL.
import { decodeFilter, encodeFilter } from "~/base/filters";
import type { Extent } from "~/charts/timeScale";
import { kKinds, kPills, kStatuses, type SpanFilter } from "./filter";

export const kTabs = ["timeline", "graph", "flame", "statistics", "json"] as const;
export type Tab = (typeof kTabs)[number];

export const kLayouts = ["layered", "force", "grid"] as const;
export type Layout = (typeof kLayouts)[number];

export interface TraceState {
  readonly tab: Tab;
  readonly span: string | undefined;
  readonly filter: SpanFilter;
  readonly matchesOnly: boolean;
  readonly zoom: Extent | undefined;
  readonly layout: Layout;
}

interface Query {
  readonly get: (key: string) => string | undefined;
  readonly all: (key: string) => readonly string[];
}

export const zoomText = (zoom: Extent | undefined): string | undefined =>
  zoom === undefined ? undefined : `${Math.round(zoom.fromNs)}-${Math.round(zoom.toNs)}`;

export function readZoom(text: string | undefined): Extent | undefined {
  const match = /^(\d{1,18})-(\d{1,18})$/.exec(text ?? "");
  if (match === null) return undefined;
  const zoom = { fromNs: Number(match[1]), toNs: Number(match[2]) };
  return zoom.toNs > zoom.fromNs ? zoom : undefined;
}

function oneOf<T extends string>(known: readonly T[], text: string | undefined): T | undefined {
  return known.find((value) => value === text);
}

function someOf<T extends string>(known: readonly T[], texts: readonly string[]): readonly T[] {
  return known.filter((value) => texts.includes(value));
}

export function readState(query: Query): TraceState {
  return {
    tab: oneOf(kTabs, query.get("tab")) ?? "timeline",
    span: query.get("span"),
    filter: {
      text: query.get("find") ?? "",
      pills: someOf(kPills, query.all("pill")),
      services: query.all("service"),
      names: query.all("name"),
      kinds: someOf(kKinds, query.all("kind")),
      statuses: someOf(kStatuses, query.all("status")),
      minDuration: query.get("min") ?? "",
      maxDuration: query.get("max") ?? "",
      attributes: query.all("attr").map(decodeFilter).filter((f) => f !== undefined),
    },
    matchesOnly: query.get("only") === "1",
    zoom: readZoom(query.get("z")),
    layout: oneOf(kLayouts, query.get("layout")) ?? "layered",
  };
}

// The parameters of a filter; empty ones are left out of the URL.
export function filterParams(f: Partial<SpanFilter>): Record<string, string | readonly string[] | undefined> {
  const params: Record<string, string | readonly string[] | undefined> = {};
  if (f.text !== undefined) params["find"] = f.text;
  if (f.pills !== undefined) params["pill"] = f.pills;
  if (f.services !== undefined) params["service"] = f.services;
  if (f.names !== undefined) params["name"] = f.names;
  if (f.kinds !== undefined) params["kind"] = f.kinds;
  if (f.statuses !== undefined) params["status"] = f.statuses;
  if (f.minDuration !== undefined) params["min"] = f.minDuration;
  if (f.maxDuration !== undefined) params["max"] = f.maxDuration;
  if (f.attributes !== undefined) params["attr"] = f.attributes.map(encodeFilter);
  return params;
}
