// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { DecodeError } from "./otlpJson";
import { decodeTraceProto, TooManySpansError } from "./otlpProto";
import { valueText } from "./trace";

// A writer that is only as good as these tests need.
const varint = (n: bigint): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, n);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
};
const tag = (field: number, wire: number): number[] => varint(BigInt(field * 8 + wire));
const number = (field: number, n: bigint): number[] => [...tag(field, 0), ...varint(n)];
const fixed64 = (field: number, n: bigint): number[] =>
  [...tag(field, 1), ...new Uint8Array(new BigUint64Array([n]).buffer)];
const double = (field: number, n: number): number[] =>
  [...tag(field, 1), ...new Uint8Array(new Float64Array([n]).buffer)];
const bytes = (field: number, content: readonly number[]): number[] =>
  [...tag(field, 2), ...varint(BigInt(content.length)), ...content];
const text = (field: number, content: string): number[] => bytes(field, [...new TextEncoder().encode(content)]);
const pair = (key: string, value: readonly number[]): number[] => [...text(1, key), ...bytes(2, value)];

const kId = "000102030405060708090a0b0c0d0e0f";
const kStart = 1_763_906_400_000_000_001n;

function answer(span: readonly number[], rest: readonly number[] = []): Uint8Array {
  const resource = bytes(1, bytes(1, pair("service.name", text(1, "server-api"))));
  const scope = bytes(1, [...text(1, "demo"), ...text(2, "1")]);
  // The spans come before their scope and resource here.
  const group = [...bytes(2, [...bytes(2, span), ...scope]), ...resource];
  return Uint8Array.from([...bytes(1, bytes(1, group)), ...rest]);
}

const span = [
  ...bytes(1, [...Array(16).keys()]), ...bytes(2, [255, 255, 255, 255, 255, 255, 255, 1]), ...bytes(4, [1, 2, 3, 4, 5, 6, 7, 8]),
  ...text(5, "naïve call"), ...number(6, 3n), ...fixed64(7, kStart), ...fixed64(8, kStart + 8n), ...number(10, 7n), ...number(99, 1n),
  ...bytes(9, pair("least", number(3, -(2n ** 63n)))),
  ...bytes(9, pair("d", double(4, 0.5))),
  ...bytes(9, pair("no", number(2, 0n))),
  ...bytes(9, pair("list", bytes(5, [...bytes(1, text(1, "a")), ...bytes(1, number(3, 2n))]))),
  ...bytes(9, pair("map", bytes(6, bytes(1, pair("k", text(1, "v".repeat(100))))))),
  ...bytes(9, pair("raw", bytes(7, [0, 255]))),
  ...bytes(9, text(1, "none")),
  ...bytes(11, [...fixed64(1, kStart + 4n), ...text(2, "exception"), ...bytes(3, pair("x", text(1, "y")))]),
  ...bytes(13, [...bytes(1, [...Array(16).keys()]), ...bytes(2, [1, 2, 3, 4, 5, 6, 7, 8])]),
  ...bytes(15, [...text(2, "boom"), ...number(3, 2n)]),
];

describe("decodeTraceProto", () => {
  it("reads every field that the page shows", () => {
    const trace = decodeTraceProto(answer(span, [...number(3, 1n), ...text(4, "too large")]), kId);
    const found = trace.spans[0];
    expect(trace).toMatchObject({ id: kId, warning: "only a part of this trace was returned: too large" });
    expect(found).toMatchObject({
      id: "ffffffffffffff01", parentId: "0102030405060708", traceId: kId, name: "naïve call", kind: "client",
      start: kStart, end: kStart + 8n, status: "error", statusMessage: "boom",
      resource: { service: "server-api" }, scope: { name: "demo", version: "1" },
    });
    expect(found?.attributes.map((a) => `${a.key}=${valueText(a.value)}`)).toEqual([
      "least=-9223372036854775808", "d=0.5", "no=false", "list=[a, 2]", `map={k: ${"v".repeat(100)}}`, "raw=AP8=", "none=(empty)",
    ]);
    expect(found?.events).toEqual([{ at: kStart + 4n, name: "exception", attributes: [{ key: "x", value: { type: "string", value: "y" } }] }]);
    expect(found?.links).toMatchObject([{ traceId: kId, spanId: "0102030405060708" }]);
  });

  it("takes a zero parent for none and an end before the start for no duration", () => {
    const odd = [...bytes(2, [1, 2, 3, 4, 5, 6, 7, 8]), ...bytes(4, [0, 0, 0, 0, 0, 0, 0, 0]), ...fixed64(7, 9n), ...fixed64(8, 3n)];
    expect(decodeTraceProto(answer(odd), kId).spans[0]).toMatchObject({ parentId: undefined, start: 9n, end: 9n });
  });

  it("finds no span in an empty answer", () => {
    expect(decodeTraceProto(new Uint8Array(), kId).spans).toEqual([]);
    expect(decodeTraceProto(Uint8Array.from(bytes(1, [])), kId).spans).toEqual([]);
  });

  it("refuses more spans than it may hold", () => {
    expect(decodeTraceProto(answer(span), kId, 1).spans).toHaveLength(1);
    expect(() => decodeTraceProto(answer(span), kId, 0)).toThrow(TooManySpansError);
  });

  it("refuses bytes that end too early, wherever they are cut", () => {
    const whole = answer(span);
    for (let length = 1; length < whole.length; length += 1) {
      expect(() => decodeTraceProto(whole.subarray(0, length), kId), `${length} bytes`).toThrow(DecodeError);
    }
  });
});
