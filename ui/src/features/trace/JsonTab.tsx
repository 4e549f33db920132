// SPDX-License-Identifier: Apache-2.0
import { useVirtualizer } from "@tanstack/react-virtual";
import { Download } from "lucide-react";
import { useMemo, useRef, type ReactNode } from "react";
import { useTraceJson } from "~/api/hooks";
import type { Trace } from "~/api/trace";
import { formatBytes, formatWhole, plural } from "~/base/units";
import { Button, CopyButton } from "~/widgets/Button";
import { download } from "~/widgets/download";
import { Empty, Failure, Progress } from "~/widgets/States";

const kLinePx = 19;

// A line of indented JSON: an optional key, then the value.
function Line({ text }: { readonly text: string }): ReactNode {
  const match = /^(\s*)("(?:[^"\\]|\\.)*")(: ?)(.*)$/.exec(text);
  const value = match === null ? text : (match[4] ?? "");
  const look = /^\s*"/.test(value) ? "ql-string" : /^\s*[-\dtfn]/.test(value) ? "ql-number" : "";
  if (match === null) return <span className={look}>{text}</span>;
  return <>{match[1]}<span className="ql-field">{match[2]}</span>{match[3]}<span className={look}>{value}</span></>;
}

// Indented, a span has about thirty lines; more than a million of them take seconds to make and say nothing.
const kMostSpans = 20_000;

export function JsonTab({ trace }: { readonly trace: Trace }): ReactNode {
  if (trace.spans.length <= kMostSpans) return <Loaded trace={trace} />;
  return (
    <Empty title="Too long to be shown as JSON">
      <p>{plural(trace.spans.length, "span")} are more than {formatWhole(kMostSpans)}. Export above downloads them all.</p>
    </Empty>
  );
}

function Loaded({ trace }: { readonly trace: Trace }): ReactNode {
  const json = useTraceJson(trace);
  if (json.isSuccess) return <JsonText id={trace.id} json={json.data} />;
  return (
    <section className="json-tab" aria-label="JSON">
      {json.isPending ? <Progress label="Loading the JSON" /> : (
        <Failure title="The JSON can't be shown" error={json.error.message}>
          <Button onClick={() => void json.refetch()}>Try again</Button>
        </Failure>
      )}
    </section>
  );
}

function JsonText({ id, json }: { readonly id: string; readonly json: unknown }): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const text = useMemo(() => JSON.stringify(json, undefined, 2), [json]);
  const lines = useMemo(() => text.split("\n"), [text]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => kLinePx,
    overscan: 30,
  });
  return (
    <section className="json-tab" aria-label="JSON">
      <div className="json-bar">
        <span className="summary">{formatBytes(text.length)} · {plural(lines.length, "line")}</span>
        <span className="grow" />
        <CopyButton text={text} label="Copy the JSON">Copy</CopyButton>
        <Button icon={<Download size={15} />} onClick={() => download(text, `trace-${id}.json`)}>Download</Button>
      </div>
      <div ref={scroller} className="json-scroll" tabIndex={0} role="region" aria-label="JSON text">
        <div className="virtual" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => (
            <pre key={item.key} className="virtual-row" style={{ transform: `translateY(${item.start}px)`, height: kLinePx }}>
              <Line text={lines[item.index] ?? ""} />
            </pre>
          ))}
        </div>
      </div>
    </section>
  );
}
