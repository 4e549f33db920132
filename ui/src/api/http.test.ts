// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, it, vi } from "vitest";
import * as v from "valibot";
import { ApiError, getJson, getProtobuf, parseFault, TooLargeError } from "./http";

afterEach(() => vi.unstubAllGlobals());

function answer(body: string, status: number): void {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { status })));
}

it("finds the place of a language error, with or without a prefix", () => {
  const three = "1:19: '|' inside a span filter\n{ .cart.items = 3 | .retry }\n                  ^";
  expect(parseFault(three)).toEqual({ line: 1, column: 19, message: "'|' inside a span filter" });
  expect(parseFault(`invalid TraceQL query: ${three}`)?.column).toBe(19);
  expect(parseFault("limit 0 is too small")).toBeUndefined();
});

it("tells a refused query by its place", async () => {
  answer("2:3: unknown identifier: x\nx\n^", 400);
  await expect(getJson("/x", v.unknown())).rejects.toMatchObject({ status: 400, fault: { line: 2, column: 3 } });
});

it("keeps the server's sentence, and has one when it sent none", async () => {
  answer("too many requests\n", 429);
  await expect(getJson("/x", v.unknown())).rejects.toThrow("too many requests");
  answer("", 500);
  await expect(getJson("/x", v.unknown())).rejects.toThrow("answered 500");
});

it("names the field that is not what it should be", async () => {
  answer('{"a":{"b":"text"}}', 200);
  await expect(getJson("/x", v.object({ a: v.object({ b: v.number() }) }))).rejects.toThrow("a.b");
});

it("says so when nobody answers", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("network")));
  await expect(getJson("/x", v.unknown())).rejects.toBeInstanceOf(ApiError);
});

it("reads bytes up to a limit, and stops the sender beyond it", async () => {
  let cancelled = false;
  const sent = (chunks: readonly number[]): ReadableStream => new ReadableStream({
    start: (controller) => {
      chunks.forEach((size) => controller.enqueue(new Uint8Array(size).fill(size)));
      controller.close();
    },
  });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(sent([2, 3]))));
  expect(await getProtobuf("/x", 5)).toEqual(Uint8Array.from([2, 2, 3, 3, 3]));
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1000)),
    cancel: () => void (cancelled = true),
  }))));
  await expect(getProtobuf("/x", 2500)).rejects.toThrow(TooLargeError);
  expect(cancelled).toBe(true);
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(sent([1]), { headers: { "Content-Length": "9000000" } })));
  await expect(getProtobuf("/x", 1_000_000)).rejects.toThrow("the answer is larger than 1 MB");
});
