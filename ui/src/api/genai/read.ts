// SPDX-License-Identifier: Apache-2.0
// Reads a span as an LLM call, whichever dialect it is in. Resolved when read: nothing that is stored is rewritten, so a better
// mapping also improves what was stored before.
import type { Attribute, Span } from "../trace";
import { Bag, indexed, isObject, parsed, plain, readable, type Json } from "./bag";
import type { CallKind, LlmCall, Message, Part, Tool, Usage } from "./call";
import { kIdentity, kKeys, kMarks, kParameterObjects, kParameters } from "./dialects";
import { messageOf, messagesOf } from "./messages";

const kKinds: readonly (readonly [RegExp, CallKind])[] = [
  [/^(execute_tool|tool|ai\.toolcall)$/, "tool"],
  [/^(embeddings?|ai\.embed.*)$/, "embeddings"],
  [/^rerank(er)?$/, "rerank"],
  [/^(retrieval|retriever|.*_memory)$/, "retrieval"],
  [/^(create_agent|invoke_agent|agent|plan)$/, "agent"],
  [/^(invoke_workflow|workflow|chain|task|span|guardrail|evaluator|unknown)$/, "workflow"],
  [/^(text_completion|completion)$/, "completion"],
  [/^(chat|chat_model|llm|generate_content|generation|fetch_response|prompt)$/, "chat"],
];

function kindOf(bag: Bag): CallKind {
  const name = bag.text(kKeys.operation).toLowerCase();
  const known = kKinds.find(([pattern]) => pattern.test(name))?.[1];
  if (known !== undefined) return known;
  // ai.generateText repeats what its inner ai.generateText.doGenerate says, usage included.
  if (/^ai\.(generate|stream)(text|object)$/.test(name)) return "agent";
  if (/^ai\./.test(name)) return "chat";
  if (bag.text(kKeys.requestModel) !== "" || bag.text(kKeys.responseModel) !== "") return "chat";
  return bag.text(["gen_ai.tool.name"]) === "" ? "other" : "tool";
}

const member = (x: unknown, key: string): unknown => (isObject(x) ? x[key] : undefined);
const numberIn = (x: unknown, keys: readonly string[]): number | undefined => {
  const found = keys.map((k) => member(x, k)).find((v) => typeof v === "number");
  return typeof found === "number" ? found : undefined;
};

// Some write their counts as one JSON object.
function usageObject(bag: Bag): unknown {
  return parsed(bag.value(["langfuse.observation.usage_details", "mlflow.chat.tokenUsage", "lk.llm_metrics"]))
    ?? member(parsed(bag.value(["response_data"])), "usage")
    ?? member(parsed(bag.value(["gcp.vertex.agent.llm_response"])), "usage_metadata");
}

function usageOf(bag: Bag): Usage {
  const o = usageObject(bag);
  return {
    input: bag.number(kKeys.input) ?? numberIn(o, ["input_tokens", "prompt_tokens", "input", "prompt_token_count"]),
    output: bag.number(kKeys.output) ?? numberIn(o, ["output_tokens", "completion_tokens", "output", "candidates_token_count"]),
    total: bag.number(kKeys.total) ?? numberIn(o, ["total_tokens", "total", "total_token_count"]),
    cacheRead: bag.number(kKeys.cacheRead) ?? numberIn(o, ["cache_read_input_tokens", "prompt_cached_tokens", "cached_content_token_count"]),
    cacheWrite: bag.number(kKeys.cacheWrite) ?? numberIn(o, ["cache_creation_input_tokens"]),
    reasoning: bag.number(kKeys.reasoning) ?? numberIn(o, ["reasoning_tokens", "thoughts_token_count"]),
  };
}

function named(bag: Bag, table: readonly (readonly [string, readonly string[]])[]): (readonly [string, string])[] {
  return table.map(([name, keys]) => [name, bag.texts(keys).join(", ")] as const).filter(([, value]) => value !== "");
}

const kNotParameters = new Set(["model", "messages", "input", "tools", "contents", "system", "prompt"]);

function parametersOf(bag: Bag): (readonly [string, string])[] {
  const known = named(bag, kParameters);
  const object = parsed(bag.value(kParameterObjects));
  if (!isObject(object)) return known;
  const names = new Set(known.map(([name]) => name));
  const more = Object.entries(object).filter(([name, value]) => !kNotParameters.has(name) && !names.has(name.replaceAll("_", " "))
    && readable(value) !== "");
  return [...known, ...more.map(([name, value]) => [name.replaceAll("_", " "), readable(value)] as const)];
}

// gen_ai.prompt.0.role and so on; OpenInference has llm.input_messages.0.message.role.
function indexedMessages(bag: Bag, prefix: string, fallback: Message["role"]): readonly Message[] {
  return indexed(bag.tree(prefix)).map((x) => messageOf(x, fallback)).filter((m) => m !== undefined);
}

// Events that carried messages until 1.36, and the one that carries them now.
function fromEvents(span: Span, side: "input" | "output"): readonly Message[] {
  const found: Message[] = [];
  for (const event of span.events) {
    const attributes = event.attributes;
    const old = /^gen_ai\.(system|user|assistant|tool)\.message$/.exec(event.name);
    const bag = new Bag(attributes);
    if (old !== null && side === "input") {
      found.push(...eventMessage(attributes, old[1] === "system" || old[1] === "user" || old[1] === "tool" ? old[1] : "assistant"));
    } else if (event.name === "gen_ai.choice" && side === "output") {
      found.push(...eventMessage(attributes, "assistant"));
    } else if (event.name === "gen_ai.content.prompt" && side === "input") {
      found.push(...messagesOf(bag.value(["gen_ai.prompt"]), "user"));
    } else if (event.name === "gen_ai.content.completion" && side === "output") {
      found.push(...messagesOf(bag.value(["gen_ai.completion"]), "assistant"));
    } else if (event.name === "gen_ai.client.inference.operation.details") {
      found.push(...(side === "input" ? inputOf(bag) : messagesOf(bag.value(kKeys.outputMessages), "assistant")));
    }
  }
  return found;
}

function eventMessage(attributes: readonly Attribute[], role: Message["role"]): readonly Message[] {
  const o: Record<string, unknown> = { role };
  for (const { key, value } of attributes) o[key.replace(/^gen_ai\.(event\.)?/, "")] = parsed(plain(value));
  if (role === "tool" && o["tool_call_id"] === undefined) o["tool_call_id"] = o["id"];
  const inner = isObject(o["message"]) ? { ...o["message"], role, finish_reason: o["finish_reason"] } : o;
  const one = messageOf(inner, role);
  return one === undefined || one.parts.length === 0 ? [] : [one];
}

function inputOf(bag: Bag): readonly Message[] {
  const system = messagesOf(bag.value(kKeys.system), "system").map((m) => ({ ...m, role: "system" as const }));
  return [...system, ...messagesOf(bag.value(kKeys.inputMessages), "user")];
}

const firstFound = (sources: readonly (() => readonly Message[])[]): readonly Message[] => {
  for (const source of sources) {
    const found = source().filter((m) => m.parts.length > 0);
    if (found.length > 0) return found;
  }
  return [];
};

function vercelAnswer(bag: Bag): readonly Message[] {
  const text = bag.text(["ai.response.text", "ai.result.text"]);
  const reasoning = bag.text(["ai.response.reasoning"]);
  const calls = parsed(bag.value(["ai.response.toolCalls", "ai.result.toolCalls"]));
  const one = messageOf({ role: "assistant", content: text, reasoning, tool_calls: Array.isArray(calls) ? calls : undefined }, "assistant");
  return one === undefined || one.parts.length === 0 ? [] : [one];
}

function toolMessages(bag: Bag): { input: readonly Message[]; output: readonly Message[] } {
  const id = bag.text(kKeys.toolId);
  const name = bag.text(kKeys.toolName);
  const args = readable(bag.value(kKeys.toolInput));
  const result = readable(bag.value(kKeys.toolResult));
  const message = (role: Message["role"], part: Part): Message => ({ role, name: "", parts: [part], finishReason: "" });
  return {
    input: [message("assistant", { type: "tool_call", id, name, args })],
    output: result === "" ? [] : [message("tool", { type: "tool_result", id, name, result })],
  };
}

function toolOf(x: unknown): Tool | undefined {
  let o = parsed(x);
  // OpenInference: {tool: {json_schema: text}}.
  const schema = member(member(o, "tool"), "json_schema");
  if (schema !== undefined) o = parsed(schema);
  const fn: Json | undefined = isObject(member(o, "function")) ? (member(o, "function") as Json) : isObject(o) ? o : undefined;
  const name = fn?.["name"];
  if (fn === undefined || typeof name !== "string") return undefined;
  return { name, description: readable(fn["description"]), parameters: readable(fn["parameters"] ?? fn["input_schema"] ?? fn["inputSchema"]) };
}

function toolsOf(bag: Bag): readonly Tool[] {
  const listed = parsed(bag.value(kKeys.tools));
  const sources = [
    Array.isArray(listed) ? listed : [], indexed(bag.tree("gen_ai.tool.definitions.")), indexed(bag.tree("llm.tools.")),
    indexed(bag.tree("llm.request.functions.")),
  ];
  return (sources.find((s) => s.length > 0) ?? []).map(toolOf).filter((t) => t !== undefined);
}

// Documents of a retriever or reranker, as what it gave back.
function documents(bag: Bag): readonly Message[] {
  const listed = parsed(bag.value(["gen_ai.retrieval.documents", "gen_ai.memory.records"]));
  const found = Array.isArray(listed) ? listed
    : [...indexed(bag.tree("retrieval.documents.")), ...indexed(bag.tree("reranker.output_documents."))].map((d) => member(d, "document") ?? d);
  return found.map((d) => ({
    role: "tool" as const, name: "document", finishReason: "",
    parts: [{ type: "text" as const, text: readable(member(d, "content") ?? member(d, "text") ?? d) }],
  }));
}

function conversation(span: Span, bag: Bag, kind: CallKind): { input: readonly Message[]; output: readonly Message[] } {
  if (kind === "tool") return toolMessages(bag);
  return {
    input: firstFound([
      () => inputOf(bag),
      () => indexedMessages(bag, "llm.input_messages.", "user"),
      () => indexedMessages(bag, "gen_ai.prompt.", "user"),
      () => indexedMessages(bag, "llm.prompts.", "user"),
      () => fromEvents(span, "input"),
      () => messagesOf(bag.value(kKeys.inputFallback), "user"),
    ]),
    output: firstFound([
      () => messagesOf(bag.value(kKeys.outputMessages), "assistant"),
      () => indexedMessages(bag, "llm.output_messages.", "assistant"),
      () => indexedMessages(bag, "gen_ai.completion.", "assistant"),
      () => vercelAnswer(bag),
      () => fromEvents(span, "output"),
      () => documents(bag),
      () => messagesOf(bag.value(kKeys.outputFallback), "assistant"),
    ]),
  };
}

const kChunkEvents = new Set([
  "gen_ai.content.completion.chunk", "llm.content.completion.chunk", "First Token Stream Event", "ai.stream.firstChunk",
]);

function firstToken(span: Span, bag: Bag): number | undefined {
  const seconds = bag.number(kKeys.firstTokenS);
  if (seconds !== undefined) return seconds;
  const ms = bag.number(kKeys.firstTokenMs);
  if (ms !== undefined) return ms / 1000;
  const metrics = parsed(bag.value(["lk.llm_metrics"]));
  const ttft = numberIn(metrics, ["ttft"]);
  if (ttft !== undefined) return ttft;
  // OpenLLMetry marks each chunk with an event; Langfuse writes when the first one came.
  const chunk = span.events.find((e) => kChunkEvents.has(e.name));
  return chunk === undefined ? undefined : Number(chunk.at - span.start) / 1e9;
}

const isMark = (a: Attribute): boolean => kMarks.test(a.key);

// Cheap enough for every visible row.
export const isLlmSpan = (span: Span): boolean => span.attributes.some(isMark);

// What a span says about its tokens; undefined for a span that is no LLM call or tells none.
export function readUsage(span: Span): Usage | undefined {
  if (!isLlmSpan(span)) return undefined;
  const usage = usageOf(new Bag(span.attributes));
  return usage.input === undefined && usage.output === undefined && usage.total === undefined ? undefined : usage;
}

export function readCost(span: Span): number | undefined {
  return isLlmSpan(span) ? new Bag(span.attributes).number(kKeys.cost) : undefined;
}

// Undefined for a span that no dialect claims.
export function readCall(span: Span): LlmCall | undefined {
  if (!isLlmSpan(span)) return undefined;
  const bag = new Bag(span.attributes);
  const kind = kindOf(bag);
  const { input, output } = conversation(span, bag, kind);
  const finish = bag.texts(kKeys.finish);
  return {
    kind, input, output,
    provider: bag.text(kKeys.provider),
    requestModel: bag.text(kKeys.requestModel),
    responseModel: bag.text(kKeys.responseModel),
    usage: usageOf(bag),
    cost: bag.number(kKeys.cost),
    timeToFirstTokenS: firstToken(span, bag),
    finishReasons: finish.length > 0 ? finish : output.map((m) => m.finishReason).filter((r) => r !== ""),
    parameters: parametersOf(bag),
    identity: named(bag, kIdentity),
    tools: toolsOf(bag),
  };
}
