// SPDX-License-Identifier: Apache-2.0
// Traces that pages get wrong, sent as OTLP/JSON: long names, no root, two clocks, nothing but failures, very many spans.
import { randomBytes } from "node:crypto";

const hex = (bytes) => randomBytes(bytes).toString("hex");

function anyValue(value) {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "bigint") return { intValue: String(value) };
  if (typeof value === "number") return { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return value === null ? {} : { kvlistValue: { values: attributes(value) } };
}

const attributes = (object) => Object.entries(object).map(([key, value]) => ({ key, value: anyValue(value) }));

// Spans of one trace by service; times in milliseconds after its origin, which is a minute ago unless said otherwise.
export class OddTrace {
  #origin;
  #services = new Map();

  constructor(agoMs = 60_000, id = hex(16)) {
    this.id = id;
    this.#origin = BigInt(Date.now() - agoMs) * 1_000_000n;
  }

  at(ms) {
    return String(this.#origin + BigInt(Math.round(ms * 1e6)));
  }

  // An id for a span that comes later.
  reserve() {
    return hex(8);
  }

  add(service, name, startMs, durationMs, { parent, kind = 1, attributes: given = {}, spanId = hex(8), ...rest } = {}) {
    const spans = this.#services.get(service) ?? [];
    this.#services.set(service, spans);
    spans.push({
      traceId: this.id, spanId, ...(parent === undefined ? {} : { parentSpanId: parent }), name, kind,
      startTimeUnixNano: this.at(startMs), endTimeUnixNano: this.at(startMs + durationMs), attributes: attributes(given), ...rest,
    });
    return spanId;
  }

  async send(otlpHttp) {
    for (const [service, spans] of this.#services) {
      for (let at = 0; at < spans.length; at += 5000) {
        const response = await fetch(`${otlpHttp}/v1/traces`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({
            resourceSpans: [{
              resource: { attributes: attributes({ "service.name": service }) },
              scopeSpans: [{ spans: spans.slice(at, at + 5000) }],
            }],
          }),
        });
        if (response.status !== 200) throw new Error(`spans were answered ${response.status}: ${await response.text()}`);
      }
    }
    return this.id;
  }
}

export function longNames() {
  const trace = new OddTrace();
  const root = trace.add("a-service-with-a-name-that-nobody-would-choose-but-somebody-has-production-eu-west-1",
    "POST /api/v2/organisations/{organisationId}/projects/{projectId}/conversations/{conversationId}/regenerate", 0, 1234.567, {
      kind: 2,
      attributes: {
        "gen_ai.input.messages": "Please summarise the conversation between the customer and the agent. ".repeat(30),
        "an.attribute.key.that.goes.on.and.on.until.it.does.not.fit.into.the.panel": "x".repeat(300),
        nested: { model: "gpt-4o", parameters: { temperature: 0.7, stop: ["a", "b"] } },
        list: ["one", 2n, true], nothing: null, blank: "",
      },
      status: { code: 2, message: "upstream connect error or disconnect before headers; delayed connect error: 111. ".repeat(4) },
    });
  trace.add("خدمة", "שלום עולם 🚀 日本語", 100, 300, { parent: root, attributes: { mixed: "abc مرحبا def", html: "<b>no</b>" } });
  trace.add("instant", "", 250, 0, { parent: root });
  return trace;
}

// Events as OTLP has them: [name, milliseconds after the trace's origin, attributes].
export function events(trace, list) {
  return list.map(([name, ms, given]) => ({ name, timeUnixNano: trace.at(ms), attributes: attributes(given) }));
}

export function rootless(agoMs) {
  const trace = new OddTrace(agoMs);
  const parent = hex(8);
  trace.add("first", "one", 0, 20, { parent });
  trace.add("second", "two", 5, 40, { parent });
  return trace;
}

// A root, and two spans whose parent is not there.
export function gaps() {
  const trace = new OddTrace();
  trace.add("front", "GET /gaps", 0, 90, { kind: 2 });
  const lost = trace.reserve();
  trace.add("back", "one", 10, 20, { parent: lost });
  trace.add("back", "two", 40, 20, { parent: lost });
  return trace;
}

// The child's host is 40 ms behind.
export function skewed() {
  const trace = new OddTrace();
  const root = trace.add("front", "GET /skewed", 100, 50, { kind: 2 });
  trace.add("back", "early", 60, 30, { parent: root });
  trace.add("back", "late", 140, 60, { parent: root });
  return trace;
}

// `count` spans in five services, eight deep, a minute long.
export function large(count) {
  const trace = new OddTrace();
  const services = ["edge", "api", "llm", "vector", "db"];
  const root = trace.add("edge", "batch", 0, 60_000, { kind: 2 });
  let made = 1;
  const grow = (parent, depth, start, length) => {
    const children = depth < 4 ? 2 : 1;
    for (let i = 0; depth < 8 && i < children && made < count; i += 1) {
      const from = start + (length / children) * i;
      const own = (length / children) * 0.9;
      made += 1;
      const span = trace.add(services[depth % 5], `op-${depth}-${i}`, from, own, {
        parent, kind: 1 + (depth % 5),
        attributes: { "http.request.method": "GET", "http.route": `/v1/items/${made % 40}`, "http.response.status_code": 200n, "item.id": BigInt(made) },
        ...(made % 97 === 0 ? { status: { code: 2, message: "failed" } } : {}),
      });
      grow(span, depth + 1, from, own);
    }
  };
  // Each of the root's children brings 46 spans.
  const groups = Math.ceil(count / 46) * 2;
  for (let i = 0; made < count; i += 1) grow(root, 1, (i / groups) * 60_000, 60_000 / groups);
  return trace;
}
