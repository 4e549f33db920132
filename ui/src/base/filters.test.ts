// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { buildQuery, decodeFilter, encodeFilter, fieldText, isDuration, makeFilter, quote } from "./filters";

describe("buildQuery", () => {
  it("makes the empty filter from nothing and from conditions without values", () => {
    expect(buildQuery([])).toBe("{ }");
    expect(buildQuery([makeFilter("name", "=", ["  "])])).toBe("{ }");
  });

  it("quotes texts and leaves keywords, durations and typed values bare", () => {
    const filters = [
      makeFilter("resource.service.name", "=", ["server-api"]),
      makeFilter("status", "=", ["error"]),
      makeFilter("duration", ">", ["100ms"]),
      makeFilter("span.http.response.status_code", ">=", ["500"], true),
    ];
    expect(buildQuery(filters)).toBe(
      '{ resource.service.name = "server-api" && status = error && duration > 100ms && span.http.response.status_code >= 500 }',
    );
  });

  it("joins several values as alternatives, and as exclusions when negated", () => {
    expect(buildQuery([makeFilter("name", "=", ["a", "b"])])).toBe('{ (name = "a" || name = "b") }');
    expect(buildQuery([makeFilter("name", "!=", ["a", "b"])])).toBe('{ name != "a" && name != "b" }');
    expect(buildQuery([makeFilter("name", "=~", ["a.*", "b"])])).toBe('{ name =~ "a.*|b" }');
  });

  it("can't be broken out of by a value", () => {
    expect(buildQuery([makeFilter("name", "=", ['x" } || { "\\'])])).toBe('{ name = "x\\" } || { \\"\\\\" }');
    expect(quote("two\nlines\tand tab")).toBe('"two\\nlines\\tand tab"');
  });

  it("quotes attribute names that would end early", () => {
    expect(fieldText("span.foo bar")).toBe('span."foo bar"');
    expect(fieldText(".a=b")).toBe('."a=b"');
    expect(fieldText('resource.q"uote')).toBe('resource."q\\"uote"');
    expect(fieldText("span.http.route")).toBe("span.http.route");
    expect(fieldText("trace:id")).toBe("trace:id");
  });
});

describe("filters in the URL", () => {
  it.each([
    makeFilter("span.http.route", "=", ["/a|b", "c\\d"]),
    makeFilter("span.count", ">", ["5"], true),
    makeFilter("status", "!=", ["ok"]),
    makeFilter("span.odd|key", "=~", ["", "x"]),
    makeFilter("name", "=", []),
  ])("come back as they went: $key", (filter) => expect(decodeFilter(encodeFilter(filter))).toEqual(filter));

  it("are left out when they can't be read", () => {
    expect(decodeFilter("")).toBeUndefined();
    expect(decodeFilter("name|~~|x")).toBeUndefined();
  });
});

it("knows durations with units", () => {
  expect(["100ms", "1.5s", "1h30m", "20µs"].every(isDuration)).toBe(true);
  expect(["100", "ms", "1 s", "-1s", "1s!"].some(isDuration)).toBe(false);
});
