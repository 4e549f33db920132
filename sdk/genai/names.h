// SPDX-License-Identifier: Apache-2.0
#pragma once

// The names of OpenTelemetry's GenAI conventions, v0.1.0, that the library writes. OpenTelemetry
// C++ carries constants of an older version, with names that have changed since (gen_ai.system).
namespace orrery::genai::names {

inline constexpr char kOperationName[] = "gen_ai.operation.name";
inline constexpr char kProviderName[] = "gen_ai.provider.name";
inline constexpr char kConversationId[] = "gen_ai.conversation.id";
inline constexpr char kOutputType[] = "gen_ai.output.type";

inline constexpr char kRequestModel[] = "gen_ai.request.model";
inline constexpr char kRequestMaxTokens[] = "gen_ai.request.max_tokens";
inline constexpr char kRequestChoiceCount[] = "gen_ai.request.choice.count";
inline constexpr char kRequestTemperature[] = "gen_ai.request.temperature";
inline constexpr char kRequestTopP[] = "gen_ai.request.top_p";
inline constexpr char kRequestTopK[] = "gen_ai.request.top_k";
inline constexpr char kRequestStopSequences[] = "gen_ai.request.stop_sequences";
inline constexpr char kRequestFrequencyPenalty[] = "gen_ai.request.frequency_penalty";
inline constexpr char kRequestPresencePenalty[] = "gen_ai.request.presence_penalty";
inline constexpr char kRequestEncodingFormats[] = "gen_ai.request.encoding_formats";
inline constexpr char kRequestSeed[] = "gen_ai.request.seed";
inline constexpr char kRequestStream[] = "gen_ai.request.stream";
inline constexpr char kRequestReasoningLevel[] = "gen_ai.request.reasoning.level";
inline constexpr char kRequestPreviousResponseId[] = "gen_ai.request.previous_response.id";
inline constexpr char kEmbeddingsDimensionCount[] = "gen_ai.embeddings.dimension.count";

inline constexpr char kResponseId[] = "gen_ai.response.id";
inline constexpr char kResponseModel[] = "gen_ai.response.model";
inline constexpr char kResponseFinishReasons[] = "gen_ai.response.finish_reasons";
inline constexpr char kResponseTimeToFirstChunk[] = "gen_ai.response.time_to_first_chunk";

inline constexpr char kUsageInputTokens[] = "gen_ai.usage.input_tokens";
inline constexpr char kUsageOutputTokens[] = "gen_ai.usage.output_tokens";
inline constexpr char kUsageCacheReadInputTokens[] = "gen_ai.usage.cache_read.input_tokens";
inline constexpr char kUsageCacheWriteInputTokens[] = "gen_ai.usage.cache_write.input_tokens";
inline constexpr char kUsageReasoningOutputTokens[] = "gen_ai.usage.reasoning.output_tokens";

inline constexpr char kSystemInstructions[] = "gen_ai.system_instructions";
inline constexpr char kInputMessages[] = "gen_ai.input.messages";
inline constexpr char kOutputMessages[] = "gen_ai.output.messages";
inline constexpr char kToolDefinitions[] = "gen_ai.tool.definitions";
inline constexpr char kDetailsEvent[] = "gen_ai.client.inference.operation.details";

inline constexpr char kToolName[] = "gen_ai.tool.name";
inline constexpr char kToolType[] = "gen_ai.tool.type";
inline constexpr char kToolDescription[] = "gen_ai.tool.description";
inline constexpr char kToolCallId[] = "gen_ai.tool.call.id";
inline constexpr char kToolCallArguments[] = "gen_ai.tool.call.arguments";
inline constexpr char kToolCallResult[] = "gen_ai.tool.call.result";

inline constexpr char kAgentName[] = "gen_ai.agent.name";
inline constexpr char kAgentId[] = "gen_ai.agent.id";
inline constexpr char kAgentDescription[] = "gen_ai.agent.description";
inline constexpr char kAgentVersion[] = "gen_ai.agent.version";

inline constexpr char kOpenaiRequestServiceTier[] = "openai.request.service_tier";
inline constexpr char kOpenaiResponseServiceTier[] = "openai.response.service_tier";
inline constexpr char kOpenaiResponseSystemFingerprint[] = "openai.response.system_fingerprint";

inline constexpr char kServerAddress[] = "server.address";
inline constexpr char kServerPort[] = "server.port";
inline constexpr char kErrorType[] = "error.type";
inline constexpr char kOtherError[] = "_OTHER";
inline constexpr char kExceptionEvent[] = "exception";
inline constexpr char kExceptionType[] = "exception.type";
inline constexpr char kExceptionMessage[] = "exception.message";
inline constexpr char kExceptionStacktrace[] = "exception.stacktrace";

}  // namespace orrery::genai::names
