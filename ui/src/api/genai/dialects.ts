// SPDX-License-Identifier: Apache-2.0
// Which keys mean the same, current names first: OpenTelemetry's GenAI conventions of today and of 1.26 to 1.41, OpenLLMetry
// (Traceloop), OpenInference, the Vercel AI SDK, Langfuse, MLflow, Logfire, Google's ADK and LiveKit.

export const kKeys = {
  operation: ["gen_ai.operation.name", "llm.request.type", "openinference.span.kind", "traceloop.span.kind", "ai.operationId",
    "langfuse.observation.type", "mlflow.spanType"],
  provider: ["gen_ai.provider.name", "gen_ai.system", "llm.provider", "llm.system", "ai.model.provider", "llm.vendor"],
  requestModel: ["gen_ai.request.model", "llm.request.model", "llm.model_name", "embedding.model_name", "reranker.model_name",
    "ai.model.id", "langfuse.observation.model.name", "gen_ai.model"],
  responseModel: ["gen_ai.response.model", "llm.response.model", "ai.response.model"],

  input: ["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.usage.prompt_tokens", "llm.token_count.prompt",
    "ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens"],
  output: ["gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.usage.completion_tokens",
    "llm.token_count.completion", "ai.usage.outputTokens", "ai.usage.completionTokens"],
  total: ["gen_ai.usage.total_tokens", "llm.usage.total_tokens", "llm.token_count.total", "ai.usage.totalTokens"],
  cacheRead: ["gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.input_tokens.cached",
    "llm.token_count.prompt_details.cache_read", "ai.usage.cachedInputTokens", "ai.usage.inputTokenDetails.cacheReadTokens"],
  cacheWrite: ["gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens", "llm.token_count.prompt_details.cache_write",
    "ai.usage.inputTokenDetails.cacheWriteTokens"],
  reasoning: ["gen_ai.usage.reasoning.output_tokens", "gen_ai.usage.reasoning_tokens", "llm.usage.reasoning_tokens",
    "llm.token_count.completion_details.reasoning", "ai.usage.reasoningTokens", "ai.usage.outputTokenDetails.reasoningTokens"],
  cost: ["gen_ai.usage.cost", "llm.cost.total", "gen_ai.cost.total_cost", "operation.cost"],

  finish: ["gen_ai.response.finish_reasons", "gen_ai.response.finish_reason", "llm.response.finish_reason", "llm.response.stop_reason", "llm.finish_reason",
    "ai.response.finishReason", "gen_ai.response.status"],
  // Seconds, then milliseconds.
  firstTokenS: ["gen_ai.response.time_to_first_chunk", "gen_ai.server.time_to_first_token", "gen_ai.server.ttft"],
  firstTokenMs: ["ai.response.msToFirstChunk", "ai.stream.msToFirstChunk", "ttft_ms"],

  system: ["gen_ai.system_instructions"],
  inputMessages: ["gen_ai.input.messages", "ai.prompt.messages", "gen_ai.prompt", "langfuse.observation.input", "lk.chat_ctx"],
  inputFallback: ["ai.prompt", "input.value", "traceloop.entity.input", "mlflow.spanInputs", "request_data",
    "gcp.vertex.agent.llm_request", "lk.user_input", "ai.value", "ai.values"],
  outputMessages: ["gen_ai.output.messages", "gen_ai.completion", "langfuse.observation.output"],
  outputFallback: ["output.value", "traceloop.entity.output", "mlflow.spanOutputs", "response_data", "gcp.vertex.agent.llm_response",
    "lk.response.text", "ai.response.object"],
  tools: ["gen_ai.tool.definitions", "ai.prompt.tools"],

  toolName: ["gen_ai.tool.name", "tool.name", "tool_call.function.name", "ai.toolCall.name", "lk.function_tool.name",
    "traceloop.entity.name"],
  toolId: ["gen_ai.tool.call.id", "tool.id", "tool_call.id", "ai.toolCall.id", "lk.function_tool.id"],
  toolInput: ["gen_ai.tool.call.arguments", "ai.toolCall.args", "tool_call.function.arguments", "tool.parameters",
    "gcp.vertex.agent.tool_call_args", "lk.function_tool.arguments", "input.value", "traceloop.entity.input", "mlflow.spanInputs"],
  toolResult: ["gen_ai.tool.call.result", "ai.toolCall.result", "gcp.vertex.agent.tool_response", "lk.function_tool.output",
    "output.value", "traceloop.entity.output", "mlflow.spanOutputs"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

// What is shown of a request, in this order.
export const kParameters: readonly (readonly [name: string, keys: readonly string[]])[] = [
  ["temperature", ["gen_ai.request.temperature", "llm.temperature", "ai.settings.temperature"]],
  ["top p", ["gen_ai.request.top_p", "llm.top_p", "ai.settings.topP"]],
  ["top k", ["gen_ai.request.top_k", "llm.top_k", "ai.settings.topK"]],
  ["max tokens", ["gen_ai.request.max_tokens", "llm.request.max_tokens", "ai.settings.maxOutputTokens", "ai.settings.maxTokens"]],
  ["choices", ["gen_ai.request.choice.count", "gen_ai.request.choice_count"]],
  ["stop", ["gen_ai.request.stop_sequences", "llm.chat.stop_sequences"]],
  ["frequency penalty", ["gen_ai.request.frequency_penalty", "llm.frequency_penalty", "ai.settings.frequencyPenalty"]],
  ["presence penalty", ["gen_ai.request.presence_penalty", "llm.presence_penalty", "ai.settings.presencePenalty"]],
  ["repetition penalty", ["llm.request.repetition_penalty"]],
  ["seed", ["gen_ai.request.seed", "gen_ai.openai.request.seed"]],
  ["reasoning", ["gen_ai.request.reasoning.level", "llm.request.reasoning_effort"]],
  ["stream", ["gen_ai.request.stream", "llm.is_streaming", "gen_ai.is_streaming"]],
  ["output", ["gen_ai.output.type", "gen_ai.openai.request.response_format"]],
  ["encoding", ["gen_ai.request.encoding_formats"]],
  ["dimensions", ["gen_ai.embeddings.dimension.count"]],
  ["service tier", ["openai.response.service_tier", "openai.request.service_tier", "gen_ai.openai.response.service_tier",
    "gen_ai.openai.request.service_tier"]],
];

// JSON objects of parameters, all members of which are shown.
export const kParameterObjects = ["llm.invocation_parameters", "langfuse.observation.model.parameters"] as const;

export const kIdentity: readonly (readonly [name: string, keys: readonly string[]])[] = [
  ["agent", ["gen_ai.agent.name", "graph.node.id"]],
  ["workflow", ["gen_ai.workflow.name", "traceloop.workflow.name"]],
  ["conversation", ["gen_ai.conversation.id"]],
  ["session", ["session.id", "traceloop.association.properties.session_id", "langfuse.session.id"]],
  ["user", ["user.id", "llm.user", "traceloop.association.properties.user_id", "langfuse.user.id", "gen_ai.request.user"]],
  ["prompt", ["gen_ai.prompt.name", "traceloop.prompt.key", "langfuse.observation.prompt.name"]],
  ["prompt version", ["gen_ai.prompt.version", "traceloop.prompt.version", "langfuse.observation.prompt.version"]],
  ["response", ["gen_ai.response.id", "ai.response.id"]],
  ["function", ["ai.telemetry.functionId"]],
  ["data source", ["gen_ai.data_source.id"]],
  ["query", ["gen_ai.retrieval.query.text", "reranker.query"]],
  ["documents asked for", ["gen_ai.retrieval.top_k", "reranker.top_k"]],
];

// An attribute of one of these families makes a span worth reading. `ai.` alone would catch too much.
export const kMarks = /^(gen_ai\.(operation|system$|provider|request|response|usage|prompt|completion|input|output|tool|agent)|llm\.(request|response|usage|model_name|token_count|provider|system$|input_messages|output_messages|is_streaming|vendor)|openinference\.span\.kind|traceloop\.(span\.kind|entity\.)|ai\.(operationId|model\.|prompt|response\.|toolCall\.|usage\.)|langfuse\.observation\.|mlflow\.spanType|gcp\.vertex\.agent\.|lk\.(chat_ctx|response|function_tool|llm_metrics)|embedding\.|reranker\.|retrieval\.documents)/;
