// SPDX-License-Identifier: Apache-2.0
// One conversation, as each dialect writes it: what comes out must be the same.
import { describe, expect, it } from "vitest";
import { nanos } from "~/base/time";
import type { Attribute, AttributeValue, Span, SpanEvent } from "../trace";
import { isLlmSpan, readCall, readUsage, totalTokens, type Message } from ".";

function valueOf(x: unknown): AttributeValue {
  if (typeof x === "string") return { type: "string", value: x };
  if (typeof x === "boolean") return { type: "bool", value: x };
  if (typeof x === "number") return Number.isInteger(x) ? { type: "int", value: BigInt(x) } : { type: "double", value: x };
  if (Array.isArray(x)) return { type: "list", value: x.map(valueOf) };
  return { type: "map", value: attributesOf(x as Record<string, unknown>) };
}
const attributesOf = (o: Readonly<Record<string, unknown>>): readonly Attribute[] =>
  Object.entries(o).map(([key, x]) => ({ key, value: valueOf(x) }));

function spanOf(o: Readonly<Record<string, unknown>>, events: readonly (readonly [string, Record<string, unknown>])[] = []): Span {
  return {
    id: "a", parentId: undefined, traceId: "t", name: "chat", kind: "client", start: nanos(0n), end: nanos(10n), status: "unset",
    statusMessage: "", attributes: attributesOf(o), links: [], resource: { service: "s", attributes: [] }, scope: { name: "", version: "" },
    events: events.map(([name, a], i): SpanEvent => ({ at: nanos(BigInt(i + 1) * 250_000_000n), name, attributes: attributesOf(a) })),
  };
}

// "user: text" and the like, for comparing.
const lines = (messages: readonly Message[]): string[] => messages.flatMap((m) => m.parts.map((p) => {
  switch (p.type) {
    case "tool_call": return `${m.role}: call ${p.name}(${p.args.replaceAll(/\s+/g, "")}) #${p.id}`;
    case "tool_result": return `${m.role}: result ${p.result} #${p.id}`;
    case "media": return `${m.role}: ${p.what} ${p.where}`;
    case "text": return `${m.role}: ${p.text}`;
    default: return `${m.role}: ${p.type} ${p.text}`;
  }
}));

const kInput = ["system: Be brief.", "user: Weather?", 'assistant: call weather({"city":"Rome"}) #c1', "tool: result sunny #c1"];
const kOutput = ["assistant: It is sunny."];

const openAi = [
  { role: "system", content: "Be brief." },
  { role: "user", content: [{ type: "text", text: "Weather?" }] },
  { role: "assistant", content: null, tool_calls: [{ id: "c1", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } }] },
  { role: "tool", tool_call_id: "c1", content: "sunny" },
];

const current = [
  { role: "user", parts: [{ type: "text", content: "Weather?" }] },
  { role: "assistant", parts: [{ type: "tool_call", id: "c1", name: "weather", arguments: { city: "Rome" } }] },
  { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: "sunny" }] },
];
const currentOut = [{ role: "assistant", parts: [{ type: "text", content: "It is sunny." }], finish_reason: "stop" }];

const dialects: Readonly<Record<string, Span>> = {
  "OpenTelemetry, current, JSON text": spanOf({
    "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024", "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 5,
    "gen_ai.response.finish_reasons": ["stop"], "gen_ai.request.temperature": 0.5,
    "gen_ai.system_instructions": JSON.stringify([{ type: "text", content: "Be brief." }]),
    "gen_ai.input.messages": JSON.stringify(current), "gen_ai.output.messages": JSON.stringify(currentOut),
  }),
  "OpenTelemetry, current, structured": spanOf({
    "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024", "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 5,
    "gen_ai.request.temperature": 0.5, "gen_ai.system_instructions": [{ type: "text", content: "Be brief." }],
    "gen_ai.input.messages": current, "gen_ai.output.messages": currentOut,
  }),
  "OpenTelemetry 1.36, events on the span": spanOf({
    "gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024",
    "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 5, "gen_ai.request.temperature": 0.5,
  }, [
    ["gen_ai.system.message", { content: "Be brief." }],
    ["gen_ai.user.message", { content: "Weather?" }],
    ["gen_ai.assistant.message", { tool_calls: JSON.stringify([{ id: "c1", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } }]) }],
    ["gen_ai.tool.message", { id: "c1", content: "sunny" }],
    ["gen_ai.choice", { index: 0, finish_reason: "stop", message: JSON.stringify({ content: "It is sunny." }) }],
  ]),
  "OpenTelemetry, the event of today": spanOf({
    "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024", "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 5,
    "gen_ai.response.finish_reasons": ["stop"], "gen_ai.request.temperature": 0.5,
  }, [["gen_ai.client.inference.operation.details", {
    "gen_ai.system_instructions": [{ type: "text", content: "Be brief." }], "gen_ai.input.messages": current, "gen_ai.output.messages": currentOut,
  }]]),
  "early gen_ai": spanOf({
    "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024", "gen_ai.usage.prompt_tokens": 12,
    "gen_ai.usage.completion_tokens": 5, "gen_ai.request.temperature": 0.5, "gen_ai.prompt": JSON.stringify(openAi),
    "gen_ai.completion": JSON.stringify([{ role: "assistant", content: "It is sunny.", finish_reason: "stop" }]),
  }),
  "OpenLLMetry, indexed": spanOf({
    "llm.request.type": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024",
    "gen_ai.usage.prompt_tokens": 12, "gen_ai.usage.completion_tokens": 5, "llm.usage.total_tokens": 17, "gen_ai.request.temperature": 0.5,
    "gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "Be brief.",
    "gen_ai.prompt.1.role": "user", "gen_ai.prompt.1.content": '[{"type":"text","text":"Weather?"}]',
    "gen_ai.prompt.2.role": "assistant", "gen_ai.prompt.2.tool_calls.0.id": "c1", "gen_ai.prompt.2.tool_calls.0.name": "weather",
    "gen_ai.prompt.2.tool_calls.0.arguments": '{"city":"Rome"}',
    "gen_ai.prompt.3.role": "tool", "gen_ai.prompt.3.content": "sunny", "gen_ai.prompt.3.tool_call_id": "c1",
    "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "It is sunny.", "gen_ai.completion.0.finish_reason": "stop",
  }),
  OpenInference: spanOf({
    "openinference.span.kind": "LLM", "llm.provider": "openai", "llm.model_name": "gpt-4o", "llm.response.model": "gpt-4o-2024",
    "llm.token_count.prompt": 12, "llm.token_count.completion": 5, "llm.invocation_parameters": '{"model":"gpt-4o","temperature":0.5}',
    "llm.input_messages.0.message.role": "system", "llm.input_messages.0.message.content": "Be brief.",
    "llm.input_messages.1.message.role": "user", "llm.input_messages.1.message.contents.0.message_content.type": "text",
    "llm.input_messages.1.message.contents.0.message_content.text": "Weather?",
    "llm.input_messages.2.message.role": "assistant", "llm.input_messages.2.message.tool_calls.0.tool_call.id": "c1",
    "llm.input_messages.2.message.tool_calls.0.tool_call.function.name": "weather",
    "llm.input_messages.2.message.tool_calls.0.tool_call.function.arguments": '{"city":"Rome"}',
    "llm.input_messages.3.message.role": "tool", "llm.input_messages.3.message.content": "sunny",
    "llm.input_messages.3.message.tool_call_id": "c1",
    "llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": "It is sunny.",
    "llm.finish_reason": "stop", "input.value": "never looked at",
  }),
  "Vercel AI SDK": spanOf({
    "ai.operationId": "ai.generateText.doGenerate", "ai.model.provider": "openai", "ai.model.id": "gpt-4o", "ai.response.model": "gpt-4o-2024",
    "ai.usage.promptTokens": 12, "ai.usage.completionTokens": 5, "ai.settings.temperature": 0.5, "ai.response.finishReason": "stop",
    "ai.prompt.messages": JSON.stringify([
      { role: "system", content: "Be brief." }, { role: "user", content: [{ type: "text", text: "Weather?" }] },
      { role: "assistant", content: [{ type: "tool-call", toolCallId: "c1", toolName: "weather", args: { city: "Rome" } }] },
      { role: "tool", content: [{ type: "tool-result", toolCallId: "c1", toolName: "weather", result: "sunny" }] },
    ]),
    "ai.response.text": "It is sunny.",
  }),
  Langfuse: spanOf({
    "langfuse.observation.type": "generation", "gen_ai.system": "openai", "langfuse.observation.model.name": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024",
    "langfuse.observation.usage_details": '{"input":12,"output":5}', "langfuse.observation.model.parameters": '{"temperature":0.5}',
    "langfuse.observation.input": JSON.stringify(openAi), "langfuse.observation.output": '{"role":"assistant","content":"It is sunny.","finish_reason":"stop"}',
  }),
  MLflow: spanOf({
    "mlflow.spanType": "CHAT_MODEL", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024",
    "mlflow.chat.tokenUsage": '{"input_tokens":12,"output_tokens":5,"total_tokens":17}', "gen_ai.request.temperature": 0.5,
    "mlflow.spanInputs": JSON.stringify({ model: "gpt-4o", messages: openAi }),
    "mlflow.spanOutputs": JSON.stringify({ choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "It is sunny." } }] }),
  }),
  Logfire: spanOf({
    "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024", "gen_ai.request.temperature": 0.5,
    "request_data": JSON.stringify({ model: "gpt-4o", messages: openAi }),
    "response_data": JSON.stringify({ message: { role: "assistant", content: "It is sunny.", finish_reason: "stop" }, usage: { prompt_tokens: 12, completion_tokens: 5 } }),
  }),
};

describe.each(Object.entries(dialects))("%s", (_, span) => {
  const call = readCall(span);

  it("gives the conversation", () => {
    expect(lines(call?.input ?? [])).toEqual(kInput);
    expect(lines(call?.output ?? [])).toEqual(kOutput);
    expect(call?.finishReasons).toEqual(["stop"]);
  });

  it("gives model, tokens and parameters", () => {
    expect(call).toMatchObject({
      kind: "chat", provider: "openai", requestModel: "gpt-4o", responseModel: "gpt-4o-2024", usage: { input: 12, output: 5 },
      parameters: [["temperature", "0.5"]],
    });
    expect(readUsage(span)).toMatchObject({ input: 12, output: 5 });
  });
});

describe("parts of an answer", () => {
  it("keeps reasoning, tool calls and answer apart", () => {
    const anthropic = [{ role: "assistant", content: [
      { type: "thinking", thinking: "Rome, so look it up." }, { type: "text", text: "One moment." },
      { type: "tool_use", id: "u1", name: "weather", input: { city: "Rome" } },
    ] }, { role: "user", content: [{ type: "tool_result", tool_use_id: "u1", content: "sunny" }, { type: "image", source: { type: "base64", media_type: "image/png", data: "AA" } }] }];
    expect(lines(readCall(spanOf({ "gen_ai.operation.name": "chat", "gen_ai.input.messages": JSON.stringify(anthropic) }))?.input ?? [])).toEqual([
      "assistant: reasoning Rome, so look it up.", "assistant: One moment.", 'assistant: call weather({"city":"Rome"}) #u1',
      "user: result sunny #u1", "user: image/png ",
    ]);
    const deepSeek = { role: "assistant", reasoning_content: "Hm.", content: "Yes." };
    expect(lines(readCall(spanOf({ "gen_ai.operation.name": "chat", "gen_ai.completion": JSON.stringify(deepSeek) }))?.output ?? []))
      .toEqual(["assistant: reasoning Hm.", "assistant: Yes."]);
  });

  it("reads Google's contents", () => {
    const call = readCall(spanOf({
      "gcp.vertex.agent.llm_request": JSON.stringify({ model: "gemini", config: {}, contents: [
        { role: "user", parts: [{ text: "Weather?" }] },
        { role: "model", parts: [{ function_call: { id: "c1", name: "weather", args: { city: "Rome" } } }] },
        { role: "user", parts: [{ function_response: { id: "c1", name: "weather", response: "sunny" } }] },
      ] }),
      "gcp.vertex.agent.llm_response": JSON.stringify({ content: { role: "model", parts: [{ text: "It is sunny." }] }, usage_metadata: { prompt_token_count: 12, candidates_token_count: 5 } }),
    }));
    expect(lines(call?.input ?? [])).toEqual(["user: Weather?", 'assistant: call weather({"city":"Rome"}) #c1', "user: result sunny #c1"]);
    expect(lines(call?.output ?? [])).toEqual(["assistant: It is sunny."]);
    expect(call?.usage).toMatchObject({ input: 12, output: 5 });
  });

  it("keeps text that a sender has cut", () => {
    const cut = '[{"role":"user","content":"Weath';
    expect(lines(readCall(spanOf({ "gen_ai.operation.name": "chat", "gen_ai.input.messages": cut }))?.input ?? [])).toEqual([`user: ${cut}`]);
  });
});

describe("other calls", () => {
  it.each([
    ["current", { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "weather", "gen_ai.tool.call.id": "c1", "gen_ai.tool.call.arguments": '{"city":"Rome"}', "gen_ai.tool.call.result": "sunny" }],
    ["Traceloop", { "traceloop.span.kind": "tool", "traceloop.entity.name": "weather", "traceloop.entity.input": '{"city":"Rome"}', "traceloop.entity.output": "sunny", "gen_ai.tool.call.id": "c1" }],
    ["OpenInference", { "openinference.span.kind": "TOOL", "tool.name": "weather", "tool.id": "c1", "input.value": '{"city":"Rome"}', "output.value": "sunny" }],
    ["Vercel", { "ai.operationId": "ai.toolCall", "ai.toolCall.name": "weather", "ai.toolCall.id": "c1", "ai.toolCall.args": '{"city":"Rome"}', "ai.toolCall.result": "sunny" }],
    ["LiveKit", { "lk.function_tool.name": "weather", "lk.function_tool.id": "c1", "lk.function_tool.arguments": '{"city":"Rome"}', "lk.function_tool.output": "sunny", "gen_ai.operation.name": "execute_tool" }],
  ])("a tool, %s", (_, attributes) => {
    const call = readCall(spanOf(attributes));
    expect(call?.kind).toBe("tool");
    expect(lines([...(call?.input ?? []), ...(call?.output ?? [])])).toEqual(['assistant: call weather({"city":"Rome"}) #c1', "tool: result sunny #c1"]);
  });

  it("embeddings, retrieval, agents and tool definitions", () => {
    expect(readCall(spanOf({ "gen_ai.operation.name": "embeddings", "gen_ai.request.model": "e" }))?.kind).toBe("embeddings");
    const found = readCall(spanOf({ "openinference.span.kind": "RETRIEVER", "retrieval.documents.0.document.content": "Rome is sunny.", "input.value": "Rome" }));
    expect(found?.kind).toBe("retrieval");
    expect(lines(found?.output ?? [])).toEqual(["tool: Rome is sunny."]);
    expect(readCall(spanOf({ "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "guide" }))?.identity).toEqual([["agent", "guide"]]);
    const schema = { type: "object" };
    for (const attributes of [
      { "gen_ai.operation.name": "chat", "gen_ai.tool.definitions": JSON.stringify([{ type: "function", name: "weather", description: "d", parameters: schema }]) },
      { "openinference.span.kind": "LLM", "llm.tools.0.tool.json_schema": JSON.stringify({ type: "function", function: { name: "weather", description: "d", parameters: schema } }) },
      { "llm.request.type": "chat", "llm.request.functions.0.name": "weather", "llm.request.functions.0.description": "d", "llm.request.functions.0.parameters": JSON.stringify(schema) },
      { "ai.operationId": "ai.streamText.doStream", "ai.prompt.tools": [JSON.stringify({ type: "function", name: "weather", description: "d", inputSchema: schema })] },
    ]) {
      expect(readCall(spanOf(attributes))?.tools).toEqual([{ name: "weather", description: "d", parameters: JSON.stringify(schema, undefined, 2) }]);
    }
  });
});

describe("numbers", () => {
  it("never adds parts to what contains them", () => {
    const usage = readUsage(spanOf({
      "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 50, "gen_ai.usage.cache_read.input_tokens": 80,
      "gen_ai.usage.cache_creation.input_tokens": 10, "gen_ai.usage.reasoning.output_tokens": 30,
    }));
    expect(usage).toEqual({ input: 100, output: 50, total: undefined, cacheRead: 80, cacheWrite: 10, reasoning: 30 });
    expect(usage && totalTokens(usage)).toBe(150);
    expect(readUsage(spanOf({ "llm.request.type": "chat", "llm.usage.total_tokens": "17" }))).toMatchObject({ total: 17, input: undefined });
  });

  it.each([
    ["seconds", { "gen_ai.response.time_to_first_chunk": 0.25 }, []],
    ["milliseconds", { "ai.operationId": "ai.streamText.doStream", "ai.response.msToFirstChunk": 250 }, []],
    ["the first chunk's event", { "llm.request.type": "chat" }, [["llm.content.completion.chunk", {}], ["llm.content.completion.chunk", {}]] as const],
    ["its newer name", { "gen_ai.operation.name": "chat" }, [["gen_ai.content.completion.chunk", {}]] as const],
  ])("time to first token from %s", (_, attributes, events) => {
    expect(readCall(spanOf(attributes, events))?.timeToFirstTokenS).toBe(0.25);
  });

  it("claims no span that only resembles one", () => {
    for (const key of ["ai.toString", "llm", "gen_ai", "http.request.method", "input.value", "mock.model", "session.id"]) {
      expect(isLlmSpan(spanOf({ [key]: "x" })), key).toBe(false);
    }
    expect(readCall(spanOf({ "http.route": "/" }))).toBeUndefined();
  });
});
