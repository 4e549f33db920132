// SPDX-License-Identifier: Apache-2.0
// What the instrumentations of others sent of calls to the mock LLM: tests/interop compares these samples with what they send today.
import { describe, expect, it } from "vitest";
import { decodeTrace } from "../otlpJson";
import type { Span } from "../trace";
import { readCall, totalTokens, type LlmCall } from ".";

const samples = import.meta.glob<string>("../../../../tests/interop/samples/*.json", { eager: true, query: "?raw", import: "default" });
const nameOf = (path: string): string => path.replace(/^.*\/|\.json$/g, "");

// These send content as log records, and no usage of streams, respectively.
const kWithoutContent = new Set(["javascript-opentelemetry", "python-opentelemetry-old"]);
const kWithoutUsageOfStreams = new Set(["javascript-openllmetry", "javascript-openinference"]);

// The last call of each sample is refused by the API.
const wasAnswered = (span: Span): boolean => span.status !== "error" && !span.attributes.some((a) => a.key === "error.type"
  || a.key === "langfuse.observation.level");

describe("spans of OpenAI's clients", () => {
  expect(Object.keys(samples).length).toBeGreaterThanOrEqual(7);
  for (const [path, json] of Object.entries(samples)) {
    const name = nameOf(path);
    it(name, () => {
      const calls = decodeTrace(JSON.parse(json)).spans.filter(wasAnswered)
        .map((span) => readCall(span)).filter((call): call is LlmCall => call !== undefined);
      expect(calls.length).toBe(4);
      for (const call of calls) expect(call.responseModel || call.requestModel).toMatch(/^mock-/);
      const counted = calls.filter((call) => (totalTokens(call.usage) ?? 0) > 0);
      expect(calls.length - counted.length).toBe(kWithoutUsageOfStreams.has(name) ? 1 : 0);
      const told = calls.filter((call) => call.input.length > 0 && call.output.length > 0);
      expect(told.length).toBe(kWithoutContent.has(name) ? 0 : calls.length);
      const asked = told.filter((call) => call.output.some((m) => m.parts.some((p) => p.type === "tool_call")));
      expect(asked.length).toBe(kWithoutContent.has(name) ? 0 : 1);
    });
  }
});
