// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { makeFilter } from "~/base/filters";
import { kNoFilter, type SpanFilter } from "./filter";
import { filterParams, readState, readZoom, zoomText } from "./state";

const read = (text: string | URLSearchParams): ReturnType<typeof readState> => {
  const params = new URLSearchParams(text);
  return readState({ get: (key) => params.get(key) ?? undefined, all: (key) => params.getAll(key) });
};

it("reads everything from the URL and ignores what it does not know", () => {
  expect(read("tab=json&span=ab&find=x&pill=errors&pill=odd&kind=odd&only=1&z=5-9&layout=grid")).toEqual({
    tab: "json", span: "ab", filter: { ...kNoFilter, text: "x", pills: ["errors"] }, matchesOnly: true, zoom: { fromNs: 5, toNs: 9 },
    layout: "grid",
  });
  expect(read("tab=odd&layout=odd")).toEqual({
    tab: "timeline", span: undefined, filter: kNoFilter, matchesOnly: false, zoom: undefined, layout: "layered",
  });
});

it("keeps a filter through the URL", () => {
  const filter: SpanFilter = {
    text: "a b", pills: ["errors", "slow"], services: ["x|y", "z"], names: ["GET /"], kinds: ["client"], statuses: ["error"],
    minDuration: "1ms", maxDuration: "2s", attributes: [makeFilter("http.route", "=~", ["/v1/.*"])],
  };
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(filterParams(filter))) [value ?? []].flat().forEach((item) => params.append(key, item));
  expect(read(params).filter).toEqual(filter);
});

it("keeps a zoom through its text and refuses an empty one", () => {
  expect(readZoom(zoomText({ fromNs: 12.4, toNs: 99.6 }))).toEqual({ fromNs: 12, toNs: 100 });
  expect(readZoom("9-9")).toBeUndefined();
  expect(readZoom("x")).toBeUndefined();
});
