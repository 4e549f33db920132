// SPDX-License-Identifier: Apache-2.0
// Sends spans of every shape with OpenTelemetry's JavaScript SDK, and prints what the SDK recorded.
//
// usage: send.mjs grpc|http/protobuf|http/json ENDPOINT
//
// The output is one JSON object; README.md has its form. It is made from the SDK's own span objects,
// not from what the exporter wrote.
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, createTraceState, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { Strict, describe } from './describe.mjs';

const EXPORTERS = {
  'grpc': '@opentelemetry/exporter-trace-otlp-grpc',
  'http/protobuf': '@opentelemetry/exporter-trace-otlp-proto',
  'http/json': '@opentelemetry/exporter-trace-otlp-http',
};

const VALUES = {
  'text': 'läuft ✓',
  'text.empty': '',
  'bool.true': true,
  'bool.false': false,
  'int': 42,
  'int.zero': 0,
  'int.negative': -7,
  'int.large': Number.MAX_SAFE_INTEGER,
  'double': 2.5,
  'double.tiny': 5e-324,
  'texts': ['a', '', 'c'],
  'bools': [true, false],
  'ints': [1, -2, 3],
  'doubles': [0.5, 1.25],
  'empty': [],
  'bytes': new Uint8Array([0, 255, 127]),
  'map': { inner: { deep: [1, 'two', 0.5] }, n: 1 },
  'mixed': [1, 'two', true, null],
};

function makeSpans(tracer) {
  const remote = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: '9999222233334444555566667777aaaa',
    spanId: '1234567890abcdef',
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    traceState: createTraceState('vendor=x,b=2'),
  });
  const link = {
    context: {
      traceId: '00000000000000000000000000abcdef',
      spanId: '0000000000fedcba',
      traceFlags: TraceFlags.SAMPLED,
      traceState: createTraceState('l=1'),
    },
    attributes: VALUES,
  };
  const root = tracer.startSpan('root ✓', { kind: SpanKind.SERVER, attributes: VALUES, links: [link] }, remote);
  root.addEvent('event with everything', VALUES);
  root.addEvent('event with nothing');
  root.setStatus({ code: SpanStatusCode.OK });
  const inside = trace.setSpan(remote, root);
  for (const kind of [0, 1, 2, 3, 4]) tracer.startSpan(`kind ${SpanKind[kind]}`, { kind }, inside).end();
  const failed = tracer.startSpan('failed', {}, inside);
  failed.recordException(new TypeError('no luck'));
  failed.setStatus({ code: SpanStatusCode.ERROR, message: 'it failed' });
  failed.end();
  const crowded = tracer.startSpan('too much', {}, inside);
  for (let number = 0; number < 200; ++number) {
    crowded.setAttribute(`key.${number}`, number);
    crowded.addEvent(`event ${number}`);
  }
  crowded.end();
  root.end();
}

const [protocol, endpoint] = process.argv.slice(2);
const { OTLPTraceExporter } = await import(EXPORTERS[protocol]);
const recorded = new InMemorySpanExporter();
const url = protocol === 'grpc' ? endpoint : `${endpoint}/v1/traces`;
const provider = new TracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'interop-javascript', ...VALUES }),
  spanProcessors: [
    new SimpleSpanProcessor({ exporter: new Strict(new OTLPTraceExporter({ url })) }),
    new SimpleSpanProcessor({ exporter: recorded }),
  ],
});
makeSpans(provider.getTracer('interop', '1.2.3', { schemaUrl: 'https://example.com/s' }));
await provider.forceFlush();
const spans = recorded.getFinishedSpans().map(describe);
await provider.shutdown();
console.log(JSON.stringify(spans));
