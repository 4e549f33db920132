// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { matchingRows, type Pill } from "./filter";
import { traceOf } from "./testTrace";
import { buildTree } from "./tree";

const tree = buildTree(traceOf(`
  root 0 100 svc=client
    fetch 5 95 svc=client .http.route=/calculate
      work 10 90 svc=server error
      aside 10 15 svc=server
`));

const find = (text: string, ...pills: Pill[]): (string | undefined)[] | undefined =>
  matchingRows(tree, { text, pills })?.map((row) => tree.spans[row]?.name);

it("is no filter when empty", () => expect(find("  ")).toBeUndefined());

it("finds text in names, services, attributes and messages, in any case", () => {
  expect(find("FETCH")).toEqual(["fetch"]);
  expect(find("server")).toEqual(["work", "aside"]);
  expect(find("/calc")).toEqual(["fetch"]);
  expect(find("work broke")).toEqual(["work"]);
  expect(find("nowhere")).toEqual([]);
});

it("keeps spans that hold for all pills and the text", () => {
  expect(find("", "errors")).toEqual(["work"]);
  expect(find("", "critical")).toEqual(["root", "fetch", "work"]);
  // fetch works 10 ms of 100 by itself, root too.
  expect(find("", "slow")).toEqual(["root", "fetch", "work"]);
  expect(find("client", "slow", "critical")).toEqual(["root", "fetch"]);
});
