// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { readState, readZoom, zoomText } from "./state";

const read = (text: string): ReturnType<typeof readState> => {
  const params = new URLSearchParams(text);
  return readState({ get: (key) => params.get(key) ?? undefined, all: (key) => params.getAll(key) });
};

it("reads everything from the URL and ignores what it does not know", () => {
  expect(read("tab=json&span=ab&find=x&pill=errors&pill=odd&only=1&z=5-9")).toEqual({
    tab: "json", span: "ab", filter: { text: "x", pills: ["errors"] }, matchesOnly: true, zoom: { fromNs: 5, toNs: 9 },
  });
  expect(read("")).toEqual({
    tab: "timeline", span: undefined, filter: { text: "", pills: [] }, matchesOnly: false, zoom: undefined,
  });
});

it("keeps a zoom through its text and refuses an empty one", () => {
  expect(readZoom(zoomText({ fromNs: 12.4, toNs: 99.6 }))).toEqual({ fromNs: 12, toNs: 100 });
  expect(readZoom("9-9")).toBeUndefined();
  expect(readZoom("x")).toBeUndefined();
});
