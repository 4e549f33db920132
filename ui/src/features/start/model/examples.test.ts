// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { curlExample, otlpAddresses } from "./examples";

it("names addresses that a sender can reach", () => {
  expect(otlpAddresses({ otlp_grpc: "127.0.0.1:14317", otlp_http: "0.0.0.0:4318" }, "box.local")).toEqual({
    grpc: "http://localhost:14317", http: "http://box.local:4318",
  });
  expect(otlpAddresses({}, "localhost")).toEqual({ grpc: "http://localhost:4317", http: "http://localhost:4318" });
});

it("makes a command whose body is JSON once the shell has filled it in", () => {
  const body = /-d '(\{.*)'$/s.exec(curlExample("http://localhost:4318"))?.[1] ?? "";
  const filled = body
    .replace(`'"$trace"'`, "0".repeat(31) + "1").replace(`'"$span"'`, "0".repeat(15) + "1").replaceAll(`'"$now"'`, "1700000000");
  expect(JSON.parse(filled)).toMatchObject({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: "first span" }] }] }] });
});
