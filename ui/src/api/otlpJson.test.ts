// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { DecodeError, decodeTrace } from "./otlpJson";
import { valueText } from "./trace";

const tempo = {
  trace: {
    resourceSpans: [{
      resource: { attributes: [{ key: "service.name", value: { stringValue: "server-api" } }] },
      scopeSpans: [{
        scope: { name: "demo", version: "1" },
        spans: [{
          traceId: "AAECAwQFBgcICQoLDA0ODw==",
          spanId: "/////////wE=",
          parentSpanId: "AQIDBAUGBwg=",
          name: "call",
          kind: "SPAN_KIND_CLIENT",
          startTimeUnixNano: "1763906400000000001",
          endTimeUnixNano: "1763906400000000009",
          attributes: [
            { key: "i", value: { intValue: "9223372036854775807" } },
            { key: "d", value: { doubleValue: "NaN" } },
            { key: "no", value: { boolValue: false } },
            { key: "list", value: { arrayValue: { values: [{ stringValue: "a" }, { intValue: "2" }] } } },
            { key: "map", value: { kvlistValue: { values: [{ key: "k", value: { stringValue: "v" } }] } } },
            { key: "none", value: {} },
            { key: "odd", value: { intValue: "many" } },
          ],
          events: [{ timeUnixNano: "1763906400000000005", name: "exception" }],
          links: [{ traceId: "AAECAwQFBgcICQoLDA0ODw==", spanId: "AQIDBAUGBwg=" }],
          status: { code: "STATUS_CODE_ERROR", message: "boom" },
        }],
      }],
    }],
  },
  status: "PARTIAL",
  message: "too large",
};

describe("decodeTrace", () => {
  it("reads Tempo's form: base64 ids, enum names, 64-bit numbers as text", () => {
    const trace = decodeTrace(tempo);
    const span = trace.spans[0];
    expect(trace.id).toBe("000102030405060708090a0b0c0d0e0f");
    expect(span).toMatchObject({
      id: "ffffffffffffff01", parentId: "0102030405060708", kind: "client", status: "error", statusMessage: "boom",
      start: 1763906400000000001n, end: 1763906400000000009n,
    });
    expect(span?.resource.service).toBe("server-api");
    expect(span?.attributes.map((a) => valueText(a.value))).toEqual([
      "9223372036854775807", "NaN", "false", "[a, 2]", "{k: v}", "(empty)", "many",
    ]);
    expect(span?.links[0]?.traceId).toBe(trace.id);
    expect(trace.warning).toBe("only a part of this trace was returned: too large");
  });

  it("reads OTLP's form: hex ids, enum numbers; and v1's batches", () => {
    const span = {
      traceId: "000102030405060708090A0B0C0D0E0F", spanId: "0102030405060708", parentSpanId: "0000000000000000",
      name: "root", kind: 2, startTimeUnixNano: "5", endTimeUnixNano: "3", status: { code: 1 },
    };
    const trace = decodeTrace({ batches: [{ scopeSpans: [{ spans: [span] }] }] });
    expect(trace.spans[0]).toMatchObject({
      id: "0102030405060708", parentId: undefined, kind: "server", status: "ok", start: 5n, end: 5n,
    });
    expect(trace.spans[0]?.resource.service).toBe("unknown_service");
  });

  it("reads an unknown trace as one without spans", () => {
    expect(decodeTrace({ trace: {}, metrics: {} }).spans).toEqual([]);
  });

  it("fills in what jsonpb leaves out", () => {
    const trace = decodeTrace({ resourceSpans: [{ scopeSpans: [{ spans: [{ spanId: "AQIDBAUGBwg=" }] }] }] });
    expect(trace.spans[0]).toMatchObject({ name: "", kind: "unspecified", status: "unset", start: 0n, events: [] });
  });

  it.each([
    ["a list", [], "no spans in this JSON"],
    ["something else", { hello: 1 }, "no spans in this JSON"],
    ["a bad id", { resourceSpans: [{ scopeSpans: [{ spans: [{ name: "x", spanId: "abc" }] }] }] }, 'span "x" has no usable spanId'],
    ["a bad time", { resourceSpans: [{ scopeSpans: [{ spans: [{ spanId: "AQIDBAUGBwg=", startTimeUnixNano: "1e9" }] }] }] }, "startTimeUnixNano"],
  ])("says what is wrong with %s", (_, json, message) => {
    expect(() => decodeTrace(json)).toThrow(DecodeError);
    expect(() => decodeTrace(json)).toThrow(message);
  });
});
