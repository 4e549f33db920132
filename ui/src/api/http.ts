// SPDX-License-Identifier: Apache-2.0
// One way to ask the server. Failures become an ApiError whose message is fit for the user.
import * as v from "valibot";
import { formatBytes } from "~/base/units";

export interface QueryFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number | undefined,
    // Where a query language stumbled, when the server said so.
    readonly fault?: QueryFault,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

// The answer is larger than the page can hold.
export class TooLargeError extends ApiError {
  constructor(message: string) {
    super(message, 200);
    this.name = "TooLargeError";
  }
}

// A language error is three lines: "line:column: message", the source line, a caret below it. Some texts have a prefix.
export function parseFault(body: string): QueryFault | undefined {
  const match = /(?:^|[\s:])(\d+):(\d+): ([^\n]+)/.exec(body);
  if (match === null) return undefined;
  return { line: Number(match[1]), column: Number(match[2]), message: match[3] ?? "" };
}

function errorFrom(status: number, body: string): ApiError {
  const text = body.trim();
  if (text === "" || text.startsWith("<")) {
    return new ApiError(`the server answered ${status} without a reason; its log has more`, status);
  }
  const fault = status === 400 ? parseFault(text) : undefined;
  return new ApiError(fault === undefined ? text : fault.message, status, fault);
}

const get = (path: string, signal: AbortSignal | undefined, accept = "application/json"): Promise<Response> =>
  ask(path, { headers: { Accept: accept }, signal: signal ?? null });

async function ask(path: string, init: RequestInit): Promise<Response> {
  const { signal } = init;
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError("the server can't be reached; is orrery running?", undefined);
  }
  if (!response.ok) throw errorFrom(response.status, await response.text());
  return response;
}

async function parseBody(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw new ApiError("the answer is not JSON; page and server may be of different versions", response.status);
  }
}

export async function getJson<S extends v.GenericSchema>(
  path: string,
  schema: S,
  signal?: AbortSignal,
): Promise<v.InferOutput<S>> {
  const response = await get(path, signal);
  const parsed = v.safeParse(schema, await parseBody(response));
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const where = v.getDotPath(issue) ?? "the whole answer";
  throw new ApiError(`unexpected answer at ${where}: ${issue.message}; reload the page to get the server's version`, 200);
}

// An answer of one JSON object a line, each told as it comes.
export async function getLines<S extends v.GenericSchema>(
  path: string, schema: S, onLine: (line: v.InferOutput<S>) => void, signal?: AbortSignal,
): Promise<void> {
  const response = await get(path, signal, "application/x-ndjson");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  const take = (text: string): void => {
    if (text.trim() === "") return;
    const parsed = v.safeParse(schema, JSON.parse(text));
    if (!parsed.success) throw new ApiError(`unexpected answer: ${parsed.issues[0].message}; reload the page to get the server's version`, 200);
    onLine(parsed.output);
  };
  const read = async (): Promise<string | undefined> => {
    try {
      return (await reader?.read())?.value;
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw new ApiError("the answer broke off; is orrery still running?", undefined);
    }
  };
  for (let value = await read(); value !== undefined; value = await read()) {
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(take);
  }
  take(rest);
}

function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

// Stops reading, and with it the server's sending, when the answer turns out to be larger than `mostBytes`.
export async function getProtobuf(path: string, mostBytes: number, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await get(path, signal, "application/protobuf");
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const announced = Number(response.headers.get("Content-Length") ?? 0);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for (;;) {
    if (Math.max(announced, bytes) > mostBytes) {
      await reader.cancel();
      throw new TooLargeError(`the answer is larger than ${formatBytes(mostBytes)}`);
    }
    const { done, value } = await reader.read();
    if (done) return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : joined(chunks, bytes);
    chunks.push(value);
    bytes += value.length;
  }
}

// For what changes something on the server and answers nothing.
export async function change(method: "PUT" | "DELETE", path: string): Promise<void> {
  await ask(path, { method });
}

// For answers whose decoder checks each field itself, because a schema library is too slow for them.
export async function getUnknown(path: string, signal?: AbortSignal): Promise<unknown> {
  return parseBody(await get(path, signal));
}
