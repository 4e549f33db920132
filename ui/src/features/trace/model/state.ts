// SPDX-License-Identifier: Apache-2.0
// What the trace view keeps in the URL.
import type { Extent } from "~/charts/timeScale";
import { kPills, type Pill, type SpanFilter } from "./filter";

export type Tab = "timeline" | "json";

export interface TraceState {
  readonly tab: Tab;
  readonly span: string | undefined;
  readonly filter: SpanFilter;
  readonly matchesOnly: boolean;
  readonly zoom: Extent | undefined;
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

export function readState(query: Query): TraceState {
  const pills: Pill[] = kPills.filter((pill) => query.all("pill").includes(pill));
  return {
    tab: query.get("tab") === "json" ? "json" : "timeline",
    span: query.get("span"),
    filter: { text: query.get("find") ?? "", pills },
    matchesOnly: query.get("only") === "1",
    zoom: readZoom(query.get("z")),
  };
}
