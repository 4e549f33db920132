// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { placeAt } from "./context";

it.each([
  ["", { kind: "start", from: 0 }],
  ["{ ", { kind: "field", from: 2 }],
  ["{ resource.ser", { kind: "field", from: 2 }],
  ['{ name = "a" && st', { kind: "field", from: 16 }],
  ["{ status = ", { kind: "value", from: 11, field: "status", quoted: false }],
  ["{ span.http.route =~ /a", { kind: "value", from: 21, field: "span.http.route", quoted: false }],
  ['{ resource.service.name = "ser', { kind: "value", from: 27, field: "resource.service.name", quoted: true }],
  ['{ name = "}" && ', { kind: "field", from: 16 }],
  ["{ } | cou", { kind: "stage", from: 6 }],
  ["{ } ", { kind: "none" }],
  ['{ name = "a" ', { kind: "none" }],
])("knows what comes after %j", (before, place) => expect(placeAt(before)).toEqual(place));
