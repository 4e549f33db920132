// SPDX-License-Identifier: Apache-2.0
// Commands to copy. They use the addresses that the server says it listens on.

export interface OtlpAddresses {
  readonly grpc: string;
  readonly http: string;
}

function url(address: string | undefined, port: number, host: string): string {
  const [, named = "", given = String(port)] = /^(.*):(\d+)$/.exec(address ?? "") ?? [];
  // A wildcard address is no name to send to; the page's own host is one that works.
  const wildcard = named === "" || named === "0.0.0.0" || named === "[::]" || named === "::";
  const loopback = named === "127.0.0.1" || named === "[::1]";
  return `http://${wildcard ? host : loopback ? "localhost" : named}:${given}`;
}

export function otlpAddresses(addresses: Readonly<Record<string, string>>, host: string): OtlpAddresses {
  return { grpc: url(addresses["otlp_grpc"], 4317, host), http: url(addresses["otlp_http"], 4318, host) };
}

// The shell fills in the times and random ids, so that each run sends a new trace.
export const curlExample = (http: string): string => `now=$(date +%s)
trace=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')
span=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \\n')
curl -i ${http}/v1/traces -H 'Content-Type: application/json' -d '{
  "resourceSpans": [{
    "resource": { "attributes": [
      { "key": "service.name", "value": { "stringValue": "hello-orrery" } }] },
    "scopeSpans": [{ "spans": [{
      "traceId": "'"$trace"'", "spanId": "'"$span"'",
      "name": "first span", "kind": 2,
      "startTimeUnixNano": "'"$now"'000000000",
      "endTimeUnixNano": "'"$now"'250000000",
      "status": { "code": 1 } }] }] }]
}'`;

export type Language = "python" | "node" | "java" | "collector";

export const kLanguages: readonly { readonly value: Language; readonly text: string }[] = [
  { value: "python", text: "Python" },
  { value: "node", text: "Node.js" },
  { value: "java", text: "Java" },
  { value: "collector", text: "Collector" },
];

export function sdkExample(language: Language, addresses: OtlpAddresses): string {
  switch (language) {
    case "python":
      return `pip install opentelemetry-distro opentelemetry-exporter-otlp
opentelemetry-bootstrap -a install
OTEL_SERVICE_NAME=my-service \\
OTEL_EXPORTER_OTLP_ENDPOINT=${addresses.grpc} \\
OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none \\
opentelemetry-instrument python app.py`;
    case "node":
      return `npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node
OTEL_SERVICE_NAME=my-service \\
OTEL_EXPORTER_OTLP_ENDPOINT=${addresses.http} \\
OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none \\
node --require @opentelemetry/auto-instrumentations-node/register app.js`;
    case "java":
      return `# The agent is a file of the releases of opentelemetry-java-instrumentation.
OTEL_SERVICE_NAME=my-service \\
OTEL_EXPORTER_OTLP_ENDPOINT=${addresses.http} \\
OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none \\
java -javaagent:opentelemetry-javaagent.jar -jar app.jar`;
    case "collector":
      return `receivers:
  otlp:
    protocols:
      # Not the usual ports: on one machine those are Orrery's.
      grpc: { endpoint: localhost:14317 }
      http: { endpoint: localhost:14318 }
exporters:
  otlphttp:
    endpoint: ${addresses.http}
service:
  pipelines:
    traces:
      receivers: [otlp]
      exporters: [otlphttp]`;
  }
}
