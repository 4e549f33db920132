// SPDX-License-Identifier: Apache-2.0
// How to send the first span. Shown as the front page of an empty installation, and from the navigation afterwards.
import type { ReactNode } from "react";
import { useStatus } from "~/api/hooks";
import { formatCount } from "~/base/units";
import { CopyButton } from "~/widgets/Button";
import { Segments } from "~/widgets/Segments";
import { Link, setParams, useQueryParams } from "~/widgets/url";
import { curlExample, kLanguages, otlpAddresses, sdkExample, type Language } from "./model/examples";

function Command({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  return (
    <div className="command">
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} label={`Copy: ${label}`} />
    </div>
  );
}

function Arrival({ spans, failed }: { readonly spans: bigint | undefined; readonly failed: boolean }): ReactNode {
  if (failed) {
    return <p className="arrival waiting" role="alert"><i aria-hidden />The server does not answer; below are the usual addresses. Is orrery running?</p>;
  }
  if (spans === undefined || spans === 0n) {
    return <p className="arrival waiting" role="status"><i aria-hidden />Waiting for the first span. This page notices by itself.</p>;
  }
  return (
    <p className="arrival" role="status">
      <i aria-hidden />{formatCount(Number(spans))} spans are stored. <Link href="/explore">Explore them</Link>
    </p>
  );
}

export function Start({ empty }: { readonly empty: boolean }): ReactNode {
  const status = useStatus(2000);
  const asked = useQueryParams().get("language");
  const language: Language = kLanguages.find(({ value }) => value === asked)?.value ?? "python";
  const addresses = otlpAddresses(status.data?.addresses ?? {}, window.location.hostname);
  return (
    <div className="start">
      <header>
        <h1>{empty ? "Send the first trace" : "Send data"}</h1>
        <p>Orrery takes OpenTelemetry traces from any SDK or collector. No login, no key.</p>
        <Arrival spans={status.data?.storedSpans} failed={status.isError} />
      </header>
      <section className="card">
        <h2>Where to send</h2>
        <dl className="endpoints">
          <dt>OTLP over gRPC</dt>
          <dd><code>{addresses.grpc}</code><CopyButton text={addresses.grpc} label="Copy the gRPC address" /></dd>
          <dt>OTLP over HTTP</dt>
          <dd><code>{addresses.http}</code><CopyButton text={addresses.http} label="Copy the HTTP address" /></dd>
        </dl>
        <p className="hint">Protobuf and JSON, plain or compressed. Most SDKs need only these variables:</p>
        <Command label="environment variables" text={`export OTEL_EXPORTER_OTLP_ENDPOINT=${addresses.http}\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nexport OTEL_SERVICE_NAME=my-service`} />
      </section>
      <section className="card">
        <h2>Try it with curl</h2>
        <p className="hint">One span, sent now by a service called hello-orrery.</p>
        <Command label="curl command" text={curlExample(addresses.http)} />
      </section>
      <section className="card">
        <div className="card-head">
          <h2>From your program</h2>
          <Segments label="Language" value={language} items={kLanguages} onChange={(value) => setParams({ language: value }, "replace")} />
        </div>
        <Command label="program" text={sdkExample(language, addresses)} />
      </section>
      <section className="card">
        <h2>Or start the demo</h2>
        <p className="hint">A client, a server and a mock LLM that make about two traces a second, some of them slow, some failing.</p>
        <Command label="demo" text="make up" />
      </section>
    </div>
  );
}
