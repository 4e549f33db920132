// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { kServiceColours, ServiceColours } from "./colour";

it("gives each service a place of its own while there are places", () => {
  const colours = new ServiceColours();
  const places = new Set(Array.from({ length: kServiceColours }, (_, i) => colours.indexOf(`service-${i}`)));
  expect(places.size).toBe(kServiceColours);
});

it("keeps a service's place, also when all are taken", () => {
  const colours = new ServiceColours();
  const first = colours.indexOf("server-api");
  for (let i = 0; i < 100; i += 1) expect(colours.indexOf(`s${i}`)).toBeLessThan(kServiceColours);
  expect(colours.indexOf("server-api")).toBe(first);
  expect(new ServiceColours().indexOf("server-api")).toBe(first);
});
