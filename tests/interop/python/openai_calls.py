# SPDX-License-Identifier: Apache-2.0
"""Calls a chat completions API with OpenAI's Python client under somebody's instrumentation.

usage: openai_calls.py opentelemetry|openllmetry OTLP_ENDPOINT API_URL

Prints one JSON object: `answers`, what the API answered to each call, and `spans`, what the SDK recorded, in the form that
README.md has.
"""
import json
import sys

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from send import Strict, describe, exporter

MODEL = "mock-fast"
TOOL = {"type": "function", "function": {
    "name": "read_thermometer", "description": "Reads the temperature in a city",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


def instrument(whose, provider):
    if whose == "opentelemetry":
        from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor
    else:
        from opentelemetry.instrumentation.openai import OpenAIInstrumentor
    OpenAIInstrumentor().instrument(tracer_provider=provider)


def answer_of(kind, completion, text):
    usage = completion.usage
    return {"kind": kind, "id": completion.id, "model": completion.model, "text": text,
            "usage": [usage.prompt_tokens, usage.completion_tokens]}


def plain(client):
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why is the checkout slow?"}]
    completion = client.chat.completions.create(model=MODEL, messages=messages, max_tokens=60, temperature=0.5, seed=7)
    return answer_of("plain", completion, completion.choices[0].message.content)


def streamed(client):
    text, last = "", None
    with client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": "Name a star."}], stream=True,
            stream_options={"include_usage": True}) as stream:
        for chunk in stream:
            text += "".join(choice.delta.content or "" for choice in chunk.choices)
            last = chunk
    return answer_of("streamed", last, text)


def with_tool(client):
    messages = [{"role": "user", "content": "How warm is it in Lund?"}]
    asked = client.chat.completions.create(model=MODEL, messages=messages, tools=[TOOL])
    call = asked.choices[0].message.tool_calls[0]
    messages.append({"role": "assistant", "content": None, "tool_calls": [call.model_dump()]})
    messages.append({"role": "tool", "tool_call_id": call.id, "content": '{"celsius": 21.5}'})
    told = client.chat.completions.create(model=MODEL, messages=messages, tools=[TOOL])
    return [answer_of("tool asked", asked, ""), answer_of("tool told", told, told.choices[0].message.content)]


def refused(client, openai):
    try:
        client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "Twice."}], n=2)
    except openai.BadRequestError as error:
        return {"kind": "refused", "id": None, "model": MODEL, "text": str(error), "usage": None}
    raise AssertionError("the API took n=2")


def main():
    whose, endpoint, api = sys.argv[1:]
    recorded = InMemorySpanExporter()
    provider = TracerProvider(resource=Resource.create({"service.name": f"openai-python-{whose}"}))
    provider.add_span_processor(SimpleSpanProcessor(Strict(exporter("http/protobuf", endpoint))))
    provider.add_span_processor(SimpleSpanProcessor(recorded))
    instrument(whose, provider)

    import openai

    client = openai.OpenAI(base_url=api, api_key="sk-nobody", max_retries=0)
    answers = [plain(client), streamed(client), *with_tool(client), refused(client, openai)]
    provider.shutdown()
    json.dump({"answers": answers, "spans": [describe(span) for span in recorded.get_finished_spans()]}, sys.stdout)


if __name__ == "__main__":
    main()
