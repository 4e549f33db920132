// SPDX-License-Identifier: Apache-2.0
// Calls a chat completions API with OpenAI's JavaScript client under somebody's instrumentation.
//
// usage: openai_calls.mjs opentelemetry|openllmetry|openinference|langfuse OTLP_ENDPOINT API_URL
//
// Prints one JSON object: `answers`, what the API answered to each call, and `spans`, what the SDK recorded, in the form that
// README.md has.
import { createRequire } from 'node:module';
import { metrics } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { Strict, describe } from './describe.mjs';

const MODEL = 'mock-fast';
const TOOL = {
  type: 'function',
  function: {
    name: 'read_thermometer',
    description: 'Reads the temperature in a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const PACKAGES = {
  opentelemetry: '@opentelemetry/instrumentation-openai', openllmetry: '@traceloop/instrumentation-openai',
  openinference: '@arizeai/openinference-instrumentation-openai',
};

const [whose, endpoint, baseURL] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const recorded = new InMemorySpanExporter();
const provider = new TracerProvider({
  resource: resourceFromAttributes({ 'service.name': `openai-javascript-${whose}` }),
  spanProcessors: [
    new SimpleSpanProcessor({ exporter: new Strict(new OTLPTraceExporter({ url: `${endpoint}/v1/traces` })) }),
    new SimpleSpanProcessor({ exporter: recorded }),
  ],
});

// The client under an instrumentation, which hooks into require, or inside the wrapper that Langfuse has instead.
async function observedClient() {
  const options = { baseURL, apiKey: 'sk-nobody', maxRetries: 0 };
  if (whose === 'langfuse') {
    const { setLangfuseTracerProvider } = await import('@langfuse/tracing');
    const { observeOpenAI } = await import('@langfuse/openai');
    setLangfuseTracerProvider(provider);
    const { OpenAI } = await import('openai');
    return observeOpenAI(new OpenAI(options));
  }
  const { OpenAIInstrumentation } = require(PACKAGES[whose]);
  const instrumentation = new OpenAIInstrumentation();
  instrumentation.setTracerProvider(provider);
  instrumentation.setMeterProvider(metrics.getMeterProvider());  // Makes its instruments, which record nothing here.
  instrumentation.enable();
  const { OpenAI } = require('openai');
  return new OpenAI(options);
}

const client = await observedClient();
const answers = [];

function keep(kind, completion, text) {
  const { prompt_tokens: input, completion_tokens: output } = completion.usage;
  answers.push({ kind, id: completion.id, model: completion.model, text, usage: [input, output] });
}

async function plain() {
  const messages = [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: 'Why is the checkout slow?' }];
  const completion = await client.chat.completions.create({ model: MODEL, messages, max_tokens: 60, temperature: 0.5, seed: 7 });
  keep('plain', completion, completion.choices[0].message.content);
}

async function streamed() {
  const stream = await client.chat.completions.create({
    model: MODEL, messages: [{ role: 'user', content: 'Name a star.' }], stream: true, stream_options: { include_usage: true },
  });
  let text = '';
  let last;
  for await (const chunk of stream) {
    text += chunk.choices.map(({ delta }) => delta.content ?? '').join('');
    last = chunk;
  }
  keep('streamed', last, text);
}

async function withTool() {
  const messages = [{ role: 'user', content: 'How warm is it in Lund?' }];
  const asked = await client.chat.completions.create({ model: MODEL, messages, tools: [TOOL] });
  keep('tool asked', asked, '');
  const [call] = asked.choices[0].message.tool_calls;
  messages.push({ role: 'assistant', content: null, tool_calls: [call] });
  messages.push({ role: 'tool', tool_call_id: call.id, content: '{"celsius": 21.5}' });
  const told = await client.chat.completions.create({ model: MODEL, messages, tools: [TOOL] });
  keep('tool told', told, told.choices[0].message.content);
}

async function refused() {
  try {
    await client.chat.completions.create({ model: MODEL, messages: [{ role: 'user', content: 'Twice.' }], n: 2 });
  } catch (error) {
    answers.push({ kind: 'refused', id: null, model: MODEL, text: error.message, usage: null });
    return;
  }
  throw new Error('the API took n=2');
}

for (const call of [plain, streamed, withTool, refused]) await call();
await provider.forceFlush();
const spans = recorded.getFinishedSpans().map(describe);
await provider.shutdown();
console.log(JSON.stringify({ answers, spans }));
