// SPDX-License-Identifier: Apache-2.0
// An LLM call as people read it: model, tokens and parameters, then the messages as a chat.
import { Bot, Brain, FileText, Paperclip, Settings2, User, Wrench } from "lucide-react";
import { useState, type ReactNode } from "react";
import { hasUsage, totalTokens, type LlmCall, type Message, type Part, type Role, type Tool } from "~/api/genai";
import { formatDuration } from "~/base/time";
import { formatCost, formatPercent, formatWhole, plural } from "~/base/units";
import { Button, CopyButton } from "~/widgets/Button";

const kLongText = 1800;
// A conversation may have a thousand turns; the last ones matter.
const kShownMessages = 30;

const kRoles: Readonly<Record<Role, { readonly text: string; readonly icon: ReactNode }>> = {
  system: { text: "System", icon: <Settings2 size={14} aria-hidden /> },
  user: { text: "User", icon: <User size={14} aria-hidden /> },
  assistant: { text: "Assistant", icon: <Bot size={14} aria-hidden /> },
  tool: { text: "Tool", icon: <Wrench size={14} aria-hidden /> },
  other: { text: "Other", icon: <FileText size={14} aria-hidden /> },
};

const kKindTexts: Readonly<Record<LlmCall["kind"], string>> = {
  chat: "Chat", completion: "Completion", embeddings: "Embeddings", tool: "Tool", agent: "Agent", workflow: "Workflow",
  retrieval: "Retrieval", rerank: "Rerank", other: "Call",
};

function LongText({ text, className = "" }: { readonly text: string; readonly className?: string }): ReactNode {
  const [whole, setWhole] = useState(false);
  const long = text.length > kLongText;
  return (
    <div className={`said ${className}`}>
      {long && !whole ? `${text.slice(0, kLongText)}…` : text}
      {long && (
        <button type="button" className="text-button" onClick={() => setWhole(!whole)}>
          {whole ? "show less" : `show all ${formatWhole(text.length)} characters`}
        </button>
      )}
    </div>
  );
}

function PartView({ part }: { readonly part: Part }): ReactNode {
  switch (part.type) {
    case "text":
      return <LongText text={part.text} />;
    case "reasoning":
      return (
        <details className="reasoning" open={part.text.length < 400}>
          <summary><Brain size={13} aria-hidden /> Reasoning</summary>
          <LongText text={part.text} />
        </details>
      );
    case "tool_call":
      return (
        <div className="tool-use">
          <header><Wrench size={13} aria-hidden /> calls <b>{part.name === "" ? "a tool" : part.name}</b>{part.id !== "" && <code title="Call ID">{part.id}</code>}</header>
          {part.args !== "" && <LongText className="mono" text={part.args} />}
        </div>
      );
    case "tool_result":
      return (
        <div className="tool-use">
          <header><Wrench size={13} aria-hidden /> {part.name === "" ? "result" : <><b>{part.name}</b> returned</>}{part.id !== "" && <code title="Call ID">{part.id}</code>}</header>
          <LongText className="mono" text={part.result} />
        </div>
      );
    case "media":
      return <p className="media"><Paperclip size={13} aria-hidden /> {part.what}{part.where !== "" && <code className="cut" title={part.where}>{part.where}</code>}</p>;
    case "other":
      return <LongText className="mono" text={part.text} />;
  }
}

const partText = (part: Part): string => {
  switch (part.type) {
    case "tool_call": return part.args;
    case "tool_result": return part.result;
    case "media": return part.where;
    default: return part.text;
  }
};

function MessageView({ message }: { readonly message: Message }): ReactNode {
  const role = kRoles[message.role];
  return (
    <article className={`message ${message.role}`} aria-label={`${role.text} message`}>
      <header>
        {role.icon}<b>{message.role === "other" && message.name !== "" ? message.name : role.text}</b>
        {message.role !== "other" && message.name !== "" && <small>{message.name}</small>}
        <span className="grow" />
        {message.finishReason !== "" && <small title="Finish reason">{message.finishReason}</small>}
        <CopyButton text={() => message.parts.map(partText).join("\n")} label={`Copy the ${role.text.toLowerCase()} message`} />
      </header>
      {message.parts.map((part, i) => <PartView key={i} part={part} />)}
    </article>
  );
}

function Tools({ tools }: { readonly tools: readonly Tool[] }): ReactNode {
  return (
    <details className="tools">
      <summary>{plural(tools.length, "tool")} offered: {tools.map((tool) => tool.name).join(", ")}</summary>
      {tools.map((tool) => (
        <div key={tool.name} className="tool-use">
          <header><Wrench size={13} aria-hidden /> <b>{tool.name}</b></header>
          {tool.description !== "" && <p>{tool.description}</p>}
          {tool.parameters !== "" && <LongText className="mono" text={tool.parameters} />}
        </div>
      ))}
    </details>
  );
}

// Whether there are messages, or should be.
export const hasTalk = (call: LlmCall): boolean =>
  call.input.length + call.output.length > 0 || call.kind === "chat" || call.kind === "completion";

export function Chat({ call }: { readonly call: LlmCall }): ReactNode {
  const messages = [...call.input, ...call.output];
  const [all, setAll] = useState(false);
  const hidden = all ? 0 : Math.max(0, messages.length - kShownMessages);
  if (messages.length === 0) {
    return (
      <p className="hint">
        The span holds no messages. Instrumentations send them when asked to, most of them by
        {" "}<code>OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true</code> in the environment of the program.
      </p>
    );
  }
  return (
    <div className="chat">
      {call.tools.length > 0 && <Tools tools={call.tools} />}
      {hidden > 0 && <Button onClick={() => setAll(true)}>Show {plural(hidden, "earlier message")}</Button>}
      {messages.slice(hidden).map((message, i) => <MessageView key={hidden + i} message={message} />)}
    </div>
  );
}

function Tokens({ call }: { readonly call: LlmCall }): ReactNode {
  const { usage } = call;
  const whole = totalTokens(usage);
  if (whole === undefined) return undefined;
  const parts: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ["cached", usage.cacheRead, usage.input], ["written to cache", usage.cacheWrite, usage.input], ["reasoning", usage.reasoning, usage.output],
  ];
  const details = parts.filter(([, n]) => n !== undefined && n > 0);
  return (
    <div className="token-counts">
      {usage.input !== undefined && <span><b>{formatWhole(usage.input)}</b> in</span>}
      {usage.output !== undefined && <span><b>{formatWhole(usage.output)}</b> out</span>}
      <span><b>{formatWhole(whole)}</b> tokens</span>
      {details.map(([name, n, of]) => (
        <span key={name} className="quiet">
          {formatWhole(n ?? 0)} {name}{of !== undefined && of > 0 ? ` (${formatPercent((n ?? 0) / of)})` : ""}
        </span>
      ))}
    </div>
  );
}

// Model, tokens and parameters in a few lines.
export function CallFacts({ call }: { readonly call: LlmCall }): ReactNode {
  const model = call.responseModel === "" ? call.requestModel : call.responseModel;
  const tool = call.kind === "tool" ? call.input.flatMap((m) => m.parts).find((p) => p.type === "tool_call")?.name : undefined;
  const other = call.requestModel !== "" && call.requestModel !== model ? call.requestModel : "";
  const pairs: readonly (readonly [string, string])[] = [
    ...(call.timeToFirstTokenS === undefined ? [] : [["time to first token", formatDuration(call.timeToFirstTokenS * 1e9)] as const]),
    ...(call.cost === undefined ? [] : [["cost", formatCost(call.cost)] as const]),
    ...(call.finishReasons.length === 0 ? [] : [["finished by", call.finishReasons.join(", ")] as const]),
    ...call.parameters, ...call.identity,
  ];
  if (model === "" && tool === undefined && pairs.length === 0 && call.kind === "other" && !hasUsage(call.usage)) return undefined;
  return (
    <div className="llm-card" role="group" aria-label="LLM call">
      <header>
        <span className="badge">{kKindTexts[call.kind]}</span>
        {tool !== undefined && tool !== "" && <b>{tool}</b>}
        {model !== "" && <b>{model}</b>}
        {other !== "" && <small>asked for {other}</small>}
        <span className="grow" />
        {call.provider !== "" && <small>{call.provider}</small>}
      </header>
      <Tokens call={call} />
      {pairs.length > 0 && (
        <dl className="pairs">
          {pairs.map(([name, value]) => <div key={name}><dt>{name}</dt><dd title={value}>{value}</dd></div>)}
        </dl>
      )}
    </div>
  );
}
