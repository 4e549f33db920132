// SPDX-License-Identifier: Apache-2.0
// An agent's trace, with calls as four instrumentations write them, a tool that fails, and a link between two traces.
import { events, OddTrace } from "./odd_traces.mjs";

const kQuestion = "Will it rain in Rome tomorrow, and should I take the train to Tivoli instead of the bike?";
const kAnswer = "It will rain from noon on, about 6 mm. Take the train: it runs every half hour and needs 40 minutes.\n\n"
  + "If you go before eleven, the bike is fine for the way there; the train takes bikes on the way back.";
const kStack = ["TimeoutError: no answer from transit.example within 400 ms", "    at Client.get (transit/client.py:88)",
  "    at timetable (tools/timetable.py:21)", "    at Agent.call_tool (agent/loop.py:140)"].join("\n");

const weatherTool = { type: "function", name: "get_weather", description: "Weather of a town on a day.",
  parameters: { type: "object", properties: { town: { type: "string" }, day: { type: "string" } }, required: ["town"] } };

// OpenTelemetry's names of today: reasoning, two tool calls, cached tokens.
function planCall(trace, parent) {
  return trace.add("trip-agent", "chat gpt-5-mini", 12, 930, { parent, kind: 3, attributes: {
    "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5-mini",
    "gen_ai.response.model": "gpt-5-mini-2026-08-07", "gen_ai.request.temperature": 0.2, "gen_ai.request.max_tokens": 800n,
    "gen_ai.request.reasoning.level": "medium", "gen_ai.response.finish_reasons": ["tool_calls"], "gen_ai.response.id": "resp-4711",
    "gen_ai.conversation.id": "conv-29", "gen_ai.usage.input_tokens": 1840n, "gen_ai.usage.output_tokens": 212n,
    "gen_ai.usage.cache_read.input_tokens": 1536n, "gen_ai.usage.reasoning.output_tokens": 128n, "gen_ai.usage.cost": 0.00089,
    "gen_ai.response.time_to_first_chunk": 0.31, "server.address": "api.openai.com",
    "gen_ai.system_instructions": JSON.stringify([{ type: "text", content: "You plan trips. Be brief and name your sources." }]),
    "gen_ai.tool.definitions": JSON.stringify([weatherTool, { type: "function", name: "timetable", description: "Trains between two towns.", parameters: { type: "object" } }]),
    "gen_ai.input.messages": JSON.stringify([{ role: "user", parts: [{ type: "text", content: kQuestion }] }]),
    "gen_ai.output.messages": JSON.stringify([{ role: "assistant", finish_reason: "tool_call", parts: [
      { type: "reasoning", content: "The weather decides. Ask for tomorrow's forecast first, and for trains in case it rains." },
      { type: "tool_call", id: "call_1", name: "get_weather", arguments: { town: "Rome", day: "tomorrow" } },
      { type: "tool_call", id: "call_2", name: "timetable", arguments: { from: "Roma Tiburtina", to: "Tivoli" } },
    ] }]),
  } });
}

// OpenInference's indexed keys.
function answerCall(trace, parent) {
  return trace.add("trip-agent", "ChatCompletion", 1700, 1450, { parent, kind: 1, attributes: {
    "openinference.span.kind": "LLM", "llm.provider": "openai", "llm.model_name": "gpt-5-mini",
    "llm.invocation_parameters": JSON.stringify({ temperature: 0.2, top_p: 1 }), "llm.token_count.prompt": 2210n,
    "llm.token_count.completion": 96n, "llm.token_count.total": 2306n, "llm.cost.total": 0.00075,
    "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": kQuestion,
    "llm.input_messages.1.message.role": "tool", "llm.input_messages.1.message.tool_call_id": "call_1",
    "llm.input_messages.1.message.content": JSON.stringify({ rain_mm: 6, from: "12:00", source: "meteo.example" }),
    "llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": kAnswer,
  } });
}

// OpenLLMetry's indexed keys, without content.
function guardCall(trace, parent) {
  return trace.add("guard", "anthropic.chat", 3200, 240, { parent, kind: 3, attributes: {
    "llm.request.type": "chat", "gen_ai.system": "Anthropic", "gen_ai.request.model": "claude-haiku-4-5",
    "gen_ai.usage.prompt_tokens": 310n, "gen_ai.usage.completion_tokens": 8n, "llm.usage.total_tokens": 318n,
    "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Is this answer safe to send? " + kAnswer.slice(0, 60),
    "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "Yes.", "gen_ai.completion.0.finish_reason": "end_turn",
  } });
}

// Tokens: 1840 + 212, 2210 + 96, 310 + 8; the agent's own usage repeats them. `linked` is the trace that it links to.
export function agent(linked) {
  const trace = new OddTrace();
  const root = trace.add("trip-web", "POST /ask", 0, 3600, { kind: 2, attributes: { "http.route": "/ask", "http.response.status_code": 200n, "user.id": "user-77" } });
  const run = trace.add("trip-agent", "invoke_agent trip-planner", 5, 3560, { parent: root, kind: 1,
    attributes: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "trip-planner", "gen_ai.usage.input_tokens": 4360n, "gen_ai.usage.output_tokens": 316n },
    links: linked === undefined ? [] : [{ traceId: linked.id, spanId: linked.spanId, attributes: [{ key: "why", value: { stringValue: "same conversation" } }] }],
  });
  trace.rootSpan = run;
  planCall(trace, run);
  trace.add("trip-agent", "execute_tool get_weather", 960, 310, { parent: run, kind: 1, attributes: {
    "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "get_weather", "gen_ai.tool.call.id": "call_1",
    "gen_ai.tool.call.arguments": JSON.stringify({ town: "Rome", day: "tomorrow" }), "gen_ai.tool.call.result": JSON.stringify({ rain_mm: 6, from: "12:00" }),
  } });
  const failing = trace.add("trip-agent", "execute_tool timetable", 1275, 410, { parent: run, kind: 1,
    attributes: { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "timetable", "gen_ai.tool.call.id": "call_2", "gen_ai.tool.call.arguments": JSON.stringify({ from: "Roma Tiburtina", to: "Tivoli" }), "error.type": "TimeoutError" },
    status: { code: 2, message: "no answer from transit.example within 400 ms" },
    events: events(trace, [["retry", 1400, { attempt: 1n }], ["exception", 1684, { "exception.type": "TimeoutError", "exception.message": "no answer from transit.example within 400 ms", "exception.stacktrace": kStack }]]),
  });
  trace.add("transit", "GET /trains", 1280, 400, { parent: failing, kind: 3, attributes: { "url.full": "https://transit.example/trains" }, status: { code: 2, message: "timeout" } });
  answerCall(trace, run);
  guardCall(trace, run);
  return trace;
}
