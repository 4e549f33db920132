// SPDX-License-Identifier: Apache-2.0
// Traces for tests, written as lines: indentation is parentage, then name, start and end in milliseconds, and words such as
// `error` or `svc=name`.
import type { Span, Trace } from "~/api/trace";
import { nanos } from "~/base/time";

const kOrigin = 1_763_906_400_000_000_000n;
const ms = (n: string | undefined): bigint => kOrigin + BigInt(Math.round(Number(n) * 1e6));

export function traceOf(text: string): Trace {
  const spans: Span[] = [];
  const path: { readonly indent: number; readonly id: string }[] = [];
  for (const line of text.split("\n").filter((l) => l.trim() !== "")) {
    const indent = line.search(/\S/);
    const [name = "", start, end, ...words] = line.trim().split(/\s+/);
    while ((path.at(-1)?.indent ?? -1) >= indent) path.pop();
    const given = words.find((w) => w.startsWith("parent="))?.slice(7);
    const service = words.find((w) => w.startsWith("svc="))?.slice(4) ?? "svc";
    spans.push({
      id: name, parentId: given ?? path.at(-1)?.id, traceId: "t", name, kind: "internal",
      start: nanos(ms(start)), end: nanos(ms(end)),
      status: words.includes("error") ? "error" : "unset", statusMessage: words.includes("error") ? `${name} broke` : "",
      attributes: words.filter((w) => w.startsWith(".")).map((w) => {
        const [key = "", value = ""] = w.slice(1).split("=");
        return { key, value: { type: "string", value } };
      }),
      events: [], links: [], resource: { service, attributes: [] }, scope: { name: "", version: "" },
    });
    path.push({ indent, id: name });
  }
  return { id: "t", spans, warning: undefined, raw: {} };
}
