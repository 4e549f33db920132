// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { kDefaultOrder, orderText, readOrder, sorted, statistics } from "./statistics";
import { traceOf } from "./testTrace";
import { buildTree } from "./tree";

// Two spans called `get` in two services, one of them twice; names are ids in these traces, so they are renamed.
const trace = traceOf(`
  root 0 100
    get1 10 20 svc=db
    get2 30 60 svc=db error
    get3 70 75
`);
const tree = buildTree({ ...trace, spans: trace.spans.map((s) => ({ ...s, name: s.name.replace(/\d$/, "") })) });

it("sums by service and name", () => {
  const rows = statistics(tree, undefined);
  expect(rows).toHaveLength(3);
  expect(rows.find((r) => r.service === "db")).toEqual({
    service: "db", name: "get", count: 2, errors: 1, totalNs: 40e6, selfNs: 40e6, averageNs: 20e6, maxNs: 30e6, longest: 2,
  });
  expect(rows.find((r) => r.name === "root")).toMatchObject({ totalNs: 100e6, selfNs: 55e6 });
  expect(statistics(tree, [1])).toMatchObject([{ count: 1, totalNs: 10e6 }]);
});

it("sorts by each column, equal ones by service and name", () => {
  const rows = statistics(tree, undefined);
  const names = (text: string): string[] => sorted(rows, readOrder(text)).map((r) => `${r.service} ${r.name}`);
  expect(names("selfNs.desc")).toEqual(["svc root", "db get", "svc get"]);
  expect(names("count.asc")).toEqual(["svc get", "svc root", "db get"]);
  expect(names("service.asc")).toEqual(["db get", "svc get", "svc root"]);
  expect(readOrder("odd")).toEqual(kDefaultOrder);
  expect(orderText(readOrder("name.asc"))).toBe("name.asc");
});
