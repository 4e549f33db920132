// SPDX-License-Identifier: Apache-2.0
// Spans of OpenTelemetry's JavaScript SDK in the form that README.md has, and an exporter that does not forgive.
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';

/** Ends the program when the server does not take a batch. */
export class Strict {
  constructor(inner) {
    this.inner = inner;
  }

  export(spans, done) {
    this.inner.export(spans, (result) => {
      if (result.code !== 0) {
        console.error(`export: ${result.error}`);
        process.exit(1);
      }
      done(result);
    });
  }

  forceFlush() {
    return this.inner.forceFlush();
  }

  shutdown() {
    return this.inner.shutdown();
  }
}

const nanos = ([seconds, rest]) => String(BigInt(seconds) * 1_000_000_000n + BigInt(rest));

// JavaScript has one kind of number; the SDK sends whole ones as integers.
function typedNumber(value) {
  const whole = Number.isInteger(value) && Math.abs(value) < 2 ** 63;
  return whole ? ['int', String(BigInt(value))] : ['double', String(value)];
}

function typed(value) {
  if (value === null || value === undefined) return ['empty'];
  if (typeof value === 'boolean') return ['bool', value];
  if (typeof value === 'string') return ['string', value];
  if (typeof value === 'number') return typedNumber(value);
  if (value instanceof Uint8Array) return ['bytes', Buffer.from(value).toString('base64')];
  return Array.isArray(value) ? ['array', value.map(typed)] : ['map', typedMap(value)];
}

const typedMap = (attributes = {}) =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, typed(value)]));

export function describe(span) {
  const context = span.spanContext();
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    traceState: context.traceState?.serialize() ?? '',
    name: span.name,
    kind: SpanKind[span.kind],
    start: nanos(span.startTime),
    end: nanos(span.endTime),
    attributes: typedMap(span.attributes),
    droppedAttributes: span.droppedAttributesCount,
    droppedEvents: span.droppedEventsCount,
    droppedLinks: span.droppedLinksCount,
    status: [SpanStatusCode[span.status.code], span.status.message ?? ''],
    events: span.events.map((event) => [event.name, nanos(event.time), typedMap(event.attributes)]),
    links: span.links.map(({ context: to, attributes }) => [to.traceId, to.spanId, to.traceState?.serialize() ?? '', typedMap(attributes)]),
    resource: typedMap(span.resource.attributes),
    scope: [span.instrumentationScope.name, span.instrumentationScope.version ?? '', {}],
    schemaUrls: ['', span.instrumentationScope.schemaUrl ?? ''],
  };
}
