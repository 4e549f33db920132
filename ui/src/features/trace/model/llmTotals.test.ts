// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { LlmCounter } from "./llmTotals";
import { traceOf } from "./testTrace";
import { buildTree } from "./tree";

it("counts the innermost spans that tell tokens", () => {
  const tree = buildTree(traceOf(`
    agent 0 100 .gen_ai.usage.input_tokens=30 .gen_ai.usage.output_tokens=9
      step 0 50
        chat1 10 40 .gen_ai.usage.input_tokens=10 .gen_ai.usage.output_tokens=4 .gen_ai.usage.cost=0.5
      chat2 50 90 .gen_ai.usage.input_tokens=20 .gen_ai.usage.output_tokens=5 .gen_ai.usage.cost=0.25
    alone 100 110 .llm.usage.total_tokens=7
  `));
  const counter = new LlmCounter(tree);
  let totals = counter.step(2);
  expect(totals).toBeUndefined();
  while (totals === undefined) totals = counter.step(2);
  expect(totals).toEqual({ calls: 3, input: 37, output: 9, cost: 0.75 });
});

it("tells a trace without calls", () => {
  expect(new LlmCounter(buildTree(traceOf("  root 0 9"))).step(100)).toEqual({ calls: 0, input: 0, output: 0, cost: undefined });
});
