// SPDX-License-Identifier: Apache-2.0
// A call to a model, a tool or an agent, in one vocabulary, whichever dialect its span was written in.

export type Role = "system" | "user" | "assistant" | "tool" | "other";

export type Part =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string }
  | { readonly type: "tool_call"; readonly id: string; readonly name: string; readonly args: string }
  | { readonly type: "tool_result"; readonly id: string; readonly name: string; readonly result: string }
  // A picture, sound or file: named, never loaded.
  | { readonly type: "media"; readonly what: string; readonly where: string }
  | { readonly type: "other"; readonly text: string };

export interface Message {
  readonly role: Role;
  // The role as it was written, when it is none of the known ones; or the speaker's name.
  readonly name: string;
  readonly parts: readonly Part[];
  readonly finishReason: string;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  // JSON schema as text; may be empty.
  readonly parameters: string;
}

export interface Usage {
  // Cached tokens are part of the input, reasoning tokens part of the output.
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly total: number | undefined;
  readonly cacheRead: number | undefined;
  readonly cacheWrite: number | undefined;
  readonly reasoning: number | undefined;
}

export type CallKind = "chat" | "completion" | "embeddings" | "tool" | "agent" | "workflow" | "retrieval" | "rerank" | "other";

export interface LlmCall {
  readonly kind: CallKind;
  readonly provider: string;
  readonly requestModel: string;
  readonly responseModel: string;
  readonly usage: Usage;
  // US dollars, when the sender computed them.
  readonly cost: number | undefined;
  readonly timeToFirstTokenS: number | undefined;
  readonly finishReasons: readonly string[];
  readonly parameters: readonly (readonly [name: string, value: string])[];
  // Conversation, response, user, session, agent, prompt and the like.
  readonly identity: readonly (readonly [name: string, value: string])[];
  readonly input: readonly Message[];
  readonly output: readonly Message[];
  readonly tools: readonly Tool[];
}

export const totalTokens = (u: Usage): number | undefined =>
  u.input === undefined && u.output === undefined ? u.total : (u.input ?? 0) + (u.output ?? 0);

export const hasUsage = (u: Usage): boolean => totalTokens(u) !== undefined;
