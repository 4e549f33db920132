# SPDX-License-Identifier: Apache-2.0
"""sdk/genai: the example's spans arrive with the names of the GenAI conventions."""
import json
import os
import subprocess
import unittest

from e2e.case import ServerCase
from support import otlp
from support.orrery import BIN

INTERNAL, CLIENT = 1, 3
CAPTURE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"


class GenAi(ServerCase):
    def run_example(self, capture):
        """The example's spans by name, and the root's id."""
        environment = {**os.environ, CAPTURE: capture,
                       "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.server.otlp_grpc}"}
        done = subprocess.run([BIN / "orrery-genai-example"], env=environment, capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        trace = self.server.trace(done.stdout.split()[0])
        spans = [span for _, _, span in otlp.spans_of(trace)]
        root, = [span for span in spans if not span.get("parentSpanId")]
        for span in spans:
            self.assertIn(span.get("parentSpanId", root["spanId"]), (root["spanId"], ""))
        return spans

    def attributes(self, spans, name, position=0):
        named = sorted((s for s in spans if s["name"] == name), key=lambda s: s["startTimeUnixNano"])
        return otlp.plain_attributes(named[position])

    def test_names_and_kinds(self):
        spans = self.run_example("no_content")
        self.assertCountEqual([(s["name"], s["kind"]) for s in spans], [
            ("invoke_agent weather", INTERNAL),
            ("chat gpt-4o-mini", CLIENT),
            ("execute_tool read_thermometer", INTERNAL),
            ("chat gpt-4o-mini", CLIENT),
            ("embeddings text-embedding-3-small", CLIENT)])
        answer = self.attributes(spans, "chat gpt-4o-mini", 1)
        self.assertGreater(answer.pop("gen_ai.response.time_to_first_chunk"), 0)
        self.assertEqual(answer, {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4o-mini",
            "gen_ai.request.stream": True,
            "gen_ai.response.id": "chatcmpl-2",
            "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
            "gen_ai.response.finish_reasons": ["stop"],
            "gen_ai.usage.input_tokens": 81,
            "gen_ai.usage.output_tokens": 26,
            "gen_ai.usage.cache_read.input_tokens": 48,
            "gen_ai.usage.reasoning.output_tokens": 12})
        failed, = [span for span in spans if span.get("status", {}).get("code") == 2]
        self.assertEqual(failed["name"], "embeddings text-embedding-3-small")
        self.assertEqual(otlp.plain_attributes(failed)["error.type"], "429")
        found = self.server.search('{ span.gen_ai.usage.output_tokens > 20 && span.gen_ai.request.stream = true }')
        self.assertIn(spans[0]["traceId"], [trace["traceID"].zfill(32) for trace in found])

    def test_content_is_opted_in(self):
        spans = self.run_example("span_only")
        answer = self.attributes(spans, "chat gpt-4o-mini", 1)
        messages = json.loads(answer["gen_ai.input.messages"])
        self.assertEqual([message["role"] for message in messages], ["user", "assistant", "tool"])
        self.assertEqual(messages[1]["parts"][0]["arguments"], {"city": "Lund"})
        self.assertEqual(messages[2]["parts"][0]["response"], {"celsius": 21.5})
        output, = json.loads(answer["gen_ai.output.messages"])
        self.assertEqual([part["type"] for part in output["parts"]], ["reasoning", "text"])
        tool = self.attributes(spans, "execute_tool read_thermometer")
        self.assertEqual(json.loads(tool["gen_ai.tool.call.result"]), {"celsius": 21.5})

    def test_content_is_nowhere_by_default(self):
        for capture in ("", "maybe"):
            self.assertNotIn("Lund", json.dumps(self.run_example(capture)))


if __name__ == "__main__":
    unittest.main()
