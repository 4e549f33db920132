// SPDX-License-Identifier: Apache-2.0
// Tempo's HTTP API, as far as the page uses it.
import * as v from "valibot";
import { nanos, type Nanos } from "~/base/time";
import { ApiError, getJson, getLines, getProtobuf, getUnknown, TooLargeError } from "./http";
import { DecodeError } from "./otlpJson";
import { decodeTraceProto, TooManySpansError } from "./otlpProto";
import type { Trace } from "./trace";

const kRoot = "/tempo";

// 64-bit numbers come as text; whatever Tempo leaves out is its default.
const Big = v.pipe(
  v.optional(v.union([v.string(), v.number()]), "0"),
  v.transform((x) => BigInt(x)),
);
const Text = v.optional(v.string(), "");
const Count = v.optional(v.number(), 0);

const AnyValue = v.optional(v.record(v.string(), v.unknown()), {});
const KeyValue = v.object({ key: Text, value: AnyValue });

const FoundSpan = v.object({
  spanID: Text,
  name: Text,
  startTimeUnixNano: Big,
  durationNanos: Big,
  attributes: v.optional(v.array(KeyValue), []),
});

const SpanSet = v.object({
  spans: v.optional(v.array(FoundSpan), []),
  matched: Count,
});

const FoundTrace = v.object({
  traceID: v.string(),
  rootServiceName: Text,
  rootTraceName: Text,
  startTimeUnixNano: Big,
  durationMs: Count,
  spanSet: v.optional(SpanSet),
  spanSets: v.optional(v.array(SpanSet)),
  serviceStats: v.optional(v.record(v.string(), v.object({ spanCount: Count, errorCount: Count })), {}),
});

const SearchAnswer = v.object({
  traces: v.optional(v.array(FoundTrace), []),
  metrics: v.optional(
    v.object({
      inspectedTraces: Count,
      inspectedBytes: Big,
      inspectedSpans: Big,
      totalBlocks: Count,
      completedJobs: Count,
      totalJobs: Count,
    }),
  ),
});

export interface MatchedSpan {
  readonly id: string;
  readonly name: string;
  readonly start: Nanos;
  readonly durationNs: number;
  readonly attributes: readonly { readonly key: string; readonly text: string }[];
}

export interface TraceSummary {
  readonly id: string;
  readonly rootService: string;
  readonly rootName: string;
  // False when the root span has not been received; the name is empty then.
  readonly rooted: boolean;
  readonly start: Nanos;
  readonly durationMs: number;
  readonly spans: readonly MatchedSpan[];
  readonly matched: number;
  // Counted over the whole trace; undefined when the server sent no counts.
  readonly spanCount: number | undefined;
  readonly errorCount: number | undefined;
  readonly services: readonly string[];
}

export interface SearchResult {
  readonly traces: readonly TraceSummary[];
  // Between 0 and 1 while more may come; undefined when it is all.
  readonly progress?: number;
  // Why it is not all: it was stopped, or what the server left out. Empty otherwise.
  readonly partial: string;
  readonly inspectedSpans: number;
  readonly inspectedBytes: number;
  readonly elapsedMs: number;
}

export interface SearchRequest {
  readonly q: string;
  readonly limit: number;
  readonly spansPerTrace: number;
  readonly start: number;
  readonly end: number;
}

function plainText(value: Readonly<Record<string, unknown>>): string {
  const first = Object.values(value)[0];
  return typeof first === "object" ? JSON.stringify(first) : String(first ?? "");
}

// What Tempo names the service of a trace whose root span is missing.
const kNoRoot = "<root span not yet received>";

function summary(found: v.InferOutput<typeof FoundTrace>): TraceSummary {
  const sets = found.spanSets ?? (found.spanSet === undefined ? [] : [found.spanSet]);
  const stats = Object.values(found.serviceStats);
  const total = (pick: (s: (typeof stats)[number]) => number): number | undefined =>
    stats.length === 0 ? undefined : stats.reduce((sum, s) => sum + pick(s), 0);
  const services = Object.keys(found.serviceStats).sort();
  const rooted = found.rootServiceName !== "" && found.rootServiceName !== kNoRoot;
  return {
    id: found.traceID.padStart(32, "0"),
    // Without a root, any of its services is better than none.
    rootService: rooted ? found.rootServiceName : (services[0] ?? "unknown"),
    rooted,
    rootName: found.rootTraceName,
    start: nanos(found.startTimeUnixNano),
    durationMs: found.durationMs,
    matched: sets.reduce((sum, s) => sum + s.matched, 0),
    spans: sets.flatMap((set) =>
      set.spans.map((s) => ({
        id: s.spanID.padStart(16, "0"),
        name: s.name,
        start: nanos(s.startTimeUnixNano),
        durationNs: Number(s.durationNanos),
        attributes: s.attributes.map((a) => ({ key: a.key, text: plainText(a.value) })),
      })),
    ),
    spanCount: total((s) => s.spanCount),
    errorCount: total((s) => s.errorCount),
    services,
  };
}

const SearchLine = v.object({
  ...SearchAnswer.entries,
  done: v.optional(v.boolean(), false),
  warnings: Text,
  error: v.optional(v.string()),
  status: v.optional(v.number()),
});

// Tells what was found so far as it comes. `stop` ends the search with that much; `signal` without an answer.
export async function searchTraces(
  request: SearchRequest, signal: AbortSignal, onPart: (part: SearchResult) => void = () => undefined, stop?: AbortSignal,
): Promise<SearchResult> {
  const params = new URLSearchParams({
    q: request.q,
    limit: String(request.limit),
    spss: String(request.spansPerTrace),
    start: String(request.start),
    end: String(request.end),
  });
  const before = performance.now();
  let found: TraceSummary[] = [];
  let last: v.InferOutput<typeof SearchLine> | undefined;
  const result = (partial: string): SearchResult => ({
    traces: found, partial,
    inspectedSpans: Number(last?.metrics?.inspectedSpans ?? 0n),
    inspectedBytes: Number(last?.metrics?.inspectedBytes ?? 0n),
    elapsedMs: performance.now() - before,
  });
  try {
    await getLines(`/api/orrery/v1/search?${params}`, SearchLine, (line) => {
      last = line;
      // The last line has everything.
      found = line.done ? line.traces.map(summary) : [...found, ...line.traces.map(summary)].sort((a, b) => Number(b.start - a.start));
      const { completedJobs = 0, totalJobs = 0 } = line.metrics ?? {};
      if (!line.done) onPart({ ...result(""), progress: totalJobs === 0 ? 0 : Math.min(1, completedJobs / totalJobs) });
    }, stop === undefined ? signal : AbortSignal.any([signal, stop]));
  } catch (error) {
    if (stop?.aborted === true && !signal.aborted) return result("stopped before the end");
    throw error;
  }
  if (last?.error !== undefined) throw new ApiError(last.error, last.status);
  if (last?.done !== true) throw new ApiError("the answer broke off; ask again", undefined);
  return result(last.warnings);
}

const tracePath = (id: string): string => `${kRoot}/api/v2/traces/${encodeURIComponent(id)}`;

// What a tab can hold and still answer each key at once. Spans of LLM applications have about 240 bytes.
export const kMostTraceBytes = 80_000_000;
export const kMostTraceSpans = 250_000;

// A part of a trace that is too large as a whole; ancestors come with it.
export const kTraceParts = {
  errors: "{ status = error }",
  slow: "{ duration > 1s }",
  servers: "{ kind = server }",
} as const;
export type TracePart = keyof typeof kTraceParts;

const partParams = (part: TracePart | undefined): string =>
  part === undefined ? "" : `?${new URLSearchParams({ q: kTraceParts[part], keep_hierarchy: "true", ancestor_depth: "-1" })}`;

// Undefined when the store has no span of this trace, or none in this part.
export async function getTrace(id: string, part: TracePart | undefined, signal?: AbortSignal): Promise<Trace | undefined> {
  const body = await getProtobuf(tracePath(id) + partParams(part), kMostTraceBytes, signal);
  try {
    const trace = decodeTraceProto(body, id.toLowerCase().padStart(32, "0"), kMostTraceSpans);
    return trace.spans.length === 0 ? undefined : trace;
  } catch (error) {
    if (error instanceof TooManySpansError) throw new TooLargeError(error.message);
    if (error instanceof DecodeError) throw new ApiError(error.message, 200);
    throw error;
  }
}

// The same trace as JSON, to be read and kept by people.
export async function getTraceJson(id: string, signal?: AbortSignal): Promise<unknown> {
  const body = await getUnknown(tracePath(id), signal);
  return typeof body === "object" && body !== null && "trace" in body ? body.trace : body;
}

export interface LinkingSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly service: string;
}

// Spans that link to this one, of any time.
export async function linkingSpans(traceId: string, spanId: string, signal?: AbortSignal): Promise<readonly LinkingSpan[]> {
  const params = new URLSearchParams({ q: `{ link:traceID = "${traceId}" && link:spanID = "${spanId}" }`, limit: "20", spss: "20" });
  const answer = await getJson(`${kRoot}/api/search?${params}`, SearchAnswer, signal);
  return answer.traces.map(summary).flatMap((trace) =>
    trace.spans.map((span) => ({ traceId: trace.id, spanId: span.id, name: span.name, service: trace.rootService })));
}

const TagsAnswer = v.object({
  scopes: v.optional(v.array(v.object({ name: v.string(), tags: v.optional(v.array(v.string()), []) })), []),
});

const ValuesAnswer = v.object({
  tagValues: v.optional(v.array(v.object({ type: v.optional(v.string(), "string"), value: Text })), []),
});

export interface TagScope {
  readonly name: string;
  readonly tags: readonly string[];
}

export interface TagValue {
  readonly type: string;
  readonly value: string;
}

export interface Seconds {
  readonly start: number;
  readonly end: number;
}

export async function tagNames(range: Seconds, signal?: AbortSignal): Promise<readonly TagScope[]> {
  const params = new URLSearchParams({ start: String(range.start), end: String(range.end), limit: "5000" });
  return (await getJson(`${kRoot}/api/v2/search/tags?${params}`, TagsAnswer, signal)).scopes;
}

// `tag` is one TraceQL field: resource.service.name, span.http.route, name, status.
export async function tagValues(tag: string, range: Seconds, signal?: AbortSignal): Promise<readonly TagValue[]> {
  const params = new URLSearchParams({ start: String(range.start), end: String(range.end), limit: "1000" });
  const path = `${kRoot}/api/v2/search/tag/${encodeURIComponent(tag)}/values?${params}`;
  return (await getJson(path, ValuesAnswer, signal)).tagValues;
}
