// SPDX-License-Identifier: Apache-2.0
// Messages of every shape that senders write as JSON: OpenTelemetry's role and parts, OpenAI's content and tool_calls,
// Anthropic's content blocks, Google's contents, Vercel's parts with dashes. One reader for all, since they overlap.
import { indexed, isObject, parsed, readable, type Json } from "./bag";
import type { Message, Part, Role } from "./call";

const kRoles: Readonly<Record<string, Role>> = {
  system: "system", developer: "system", user: "user", human: "user", assistant: "assistant", ai: "assistant", model: "assistant",
  tool: "tool", function: "tool",
};

const text = (x: unknown): string => (typeof x === "string" ? x : x === undefined || x === null ? "" : readable(x));
const first = (o: Json, keys: readonly string[]): unknown => keys.map((k) => o[k]).find((v) => v !== undefined && v !== null);

function toolCall(o: Json): Part {
  const fn = isObject(o["function"]) ? o["function"] : isObject(o["function_call"]) ? o["function_call"] : o;
  return {
    type: "tool_call",
    id: text(first({ ...fn, ...o }, ["id", "toolCallId", "tool_call_id", "call_id"])),
    name: text(first(fn, ["name", "toolName", "tool_name"])),
    args: readable(first(fn, ["arguments", "args", "input"])),
  };
}

function toolResult(o: Json): Part {
  const fn = isObject(o["function_response"]) ? o["function_response"] : o;
  return {
    type: "tool_result",
    id: text(first(fn, ["id", "toolCallId", "tool_call_id", "tool_use_id", "call_id"])),
    name: text(first(fn, ["name", "toolName", "tool_name"])),
    result: readable(first(fn, ["response", "result", "output", "content"])),
  };
}

const kMedia = /image|audio|video|file|blob|uri|media|document|input_audio/;

function media(o: Json, type: string): Part {
  const inner = [o["image_url"], o["source"], o["inline_data"], o["file_data"], o["file"], o["image"]].find(isObject) ?? o;
  const where = text(first(inner, ["url", "uri", "file_uri", "file_id", "filename"]) ?? (typeof o["image_url"] === "string" ? o["image_url"] : ""));
  const mime = text(first(inner, ["mime_type", "mimeType", "media_type", "mediaType", "modality"]));
  return { type: "media", what: mime === "" ? type : mime, where: where.startsWith("data:") ? "embedded" : where };
}

function partOf(x: unknown): Part | undefined {
  if (typeof x === "string") return x === "" ? undefined : { type: "text", text: x };
  if (!isObject(x)) return x === undefined || x === null ? undefined : { type: "other", text: readable(x) };
  // OpenInference wraps each part.
  if (isObject(x["message_content"])) return partOf(x["message_content"]);
  const type = text(x["type"]).replaceAll("-", "_");
  const body = first(x, ["content", "text", "output_text", "refusal"]);
  if (/^(text|input_text|output_text|refusal)$/.test(type)) return { type: "text", text: text(body) };
  if (/reasoning|thinking/.test(type)) return { type: "reasoning", text: text(first(x, ["content", "text", "thinking", "reasoning", "summary"])) };
  if (/^(tool_call|tool_use|function_call|server_tool_use|function)$/.test(type) || isObject(x["function_call"])) return toolCall(x);
  if (/^(tool_call_response|tool_result|function_call_output|tool_response)$/.test(type) || isObject(x["function_response"])) return toolResult(x);
  if (kMedia.test(type) || isObject(x["inline_data"]) || isObject(x["file_data"]) || isObject(x["image"])) return media(x, type === "" ? "media" : type);
  if (body !== undefined) return { type: "text", text: text(body) };
  return { type: "other", text: readable(x) };
}

function partsOf(content: unknown): readonly Part[] {
  const x = parsed(content);
  const list = Array.isArray(x) ? x : isObject(x) && Object.keys(x).every((k) => /^\d+$/.test(k)) ? indexed(x) : [x];
  return list.map(partOf).filter((p) => p !== undefined);
}

export function roleOf(x: unknown): { role: Role; name: string } {
  const name = text(x).toLowerCase();
  const role = kRoles[name];
  return role === undefined ? { role: "other", name } : { role, name: "" };
}

// One message; `fallback` is the role of one that names none.
export function messageOf(x: unknown, fallback: Role): Message | undefined {
  if (typeof x === "string") return x === "" ? undefined : { role: fallback, name: "", parts: partsOf(x), finishReason: "" };
  if (!isObject(x)) return undefined;
  if (isObject(x["message"]) && x["role"] === undefined) {
    const inner = messageOf(x["message"], fallback);
    return inner && { ...inner, finishReason: text(first(x, ["finish_reason", "finishReason"])) || inner.finishReason };
  }
  const named = first(x, ["role", "author"]) ?? (/^(human|ai|system|tool|user|assistant)$/.test(text(x["type"])) ? x["type"] : undefined);
  const { role, name } = named === undefined ? { role: fallback, name: "" } : roleOf(named);
  const callId = text(first(x, ["tool_call_id", "toolCallId"]));
  const reasoning = text(first(x, ["reasoning_content", "reasoning", "thinking"]));
  const body = first(x, ["parts", "contents", "content", "text"]);
  const content = role === "tool" && callId !== "" && !Array.isArray(parsed(body))
    ? [toolResult({ id: callId, name: x["name"], result: body })] : partsOf(body);
  const calls = indexed(first(x, ["tool_calls", "toolCalls"]) ?? parsed(x["tool_calls"])).map((c) =>
    isObject(c) && isObject(c["tool_call"]) ? toolCall(c["tool_call"]) : isObject(c) ? toolCall(c) : undefined);
  const single = isObject(x["function_call"]) && body === undefined ? [toolCall(x)] : [];
  return {
    role,
    name: name === "" ? text(x["name"]) : name,
    parts: [
      ...(reasoning === "" ? [] : [{ type: "reasoning", text: reasoning } as const]), ...content,
      ...calls.filter((c) => c !== undefined), ...single,
    ],
    finishReason: text(first(x, ["finish_reason", "finishReason", "stop_reason"])),
  };
}

// Whatever holds messages: a list, {messages}, {contents}, {choices}, one message, or mere text.
export function messagesOf(value: unknown, fallback: Role): readonly Message[] {
  const x = parsed(value);
  if (x === undefined || x === null || x === "") return [];
  if (Array.isArray(x)) {
    // A list of parts is one message.
    if (x.length > 0 && x.every((m) => isObject(m) && m["role"] === undefined && m["message"] === undefined && typeof m["type"] === "string")
      && !x.some((m) => isObject(m) && /^(human|ai|system|tool|message)$/.test(text(m["type"])))) {
      return [{ role: fallback, name: "", parts: partsOf(x), finishReason: "" }];
    }
    return x.flatMap((m): readonly Message[] => {
      if (Array.isArray(m)) return messagesOf(m, fallback);
      const one = messageOf(m, fallback);
      return one === undefined ? [] : [one];
    });
  }
  if (!isObject(x)) return [{ role: fallback, name: "", parts: partsOf(readable(x)), finishReason: "" }];
  const list = first(x, ["messages", "contents", "choices", "candidates", "items", "history"]);
  if (list !== undefined && typeof list === "object") {
    const system = first(x, ["system", "system_instruction", "systemInstruction", "instructions"]);
    return [...(system === undefined ? [] : messagesOf(system, "system").map((m) => ({ ...m, role: "system" as const }))), ...messagesOf(list, fallback)];
  }
  if (x["role"] !== undefined || x["content"] !== undefined || x["parts"] !== undefined || x["tool_calls"] !== undefined || x["message"] !== undefined) {
    const one = messageOf(isObject(x["content"]) && x["role"] === undefined ? x["content"] : x, fallback);
    return one === undefined ? [] : [one];
  }
  const system = x["system"];
  if (x["prompt"] !== undefined) {
    return [...(typeof system === "string" ? messagesOf(system, "system") : []), ...messagesOf(x["prompt"], fallback)];
  }
  return [{ role: fallback, name: "", parts: [{ type: "other", text: readable(x) }], finishReason: "" }];
}
