# SPDX-License-Identifier: Apache-2.0
"""What `make up` runs, with the real programs: the whole chain, without a key and with one in .env."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
from pathlib import Path

from support import http
from support.certificates import Authority
from support.openai_server import OpenAiServer
from support.orrery import BIN, ROOT, free_port, wait_until

KEY = "sk-test-zyxwvutsrqponmlkjihgfedcba9876543210"
PORTS = ("WEB", "OTLP_GRPC", "OTLP_HTTP", "TEMPO", "ADMIN", "DEMO_SERVER", "DEMO_LLM")


class Stack(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="orrery-stack-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.ports = {name: free_port() for name in PORTS}
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "STACK_"))}
        self.environment = {
            **inherited, **{f"STACK_PORT_{name}": str(port) for name, port in self.ports.items()},
            "STACK_BIN": str(BIN), "STACK_DATA": str(self.folder / "data"), "STACK_ENV_FILE": str(self.folder / ".env")}
        self.addCleanup(self.run_tool, "stack", "stop")

    def run_tool(self, name, *words):
        done = subprocess.run([sys.executable, ROOT / "tools" / name, *words], env=self.environment, capture_output=True,
                              text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def search(self, query):
        return http.get(self.ports["TEMPO"], "/api/search", q=query, limit="100").json().get("traces", [])

    def command_lines(self):
        """Of the processes that this stack has started."""
        state = json.loads((self.folder / "data/run/stack.json").read_text())
        pids = [state["supervisor"]["pid"], *(program["pid"] for program in state["programs"].values())]
        return [Path(f"/proc/{pid}/cmdline").read_text() for pid in pids]

    def test_without_a_key_the_chain_is_whole(self):
        self.assertIn("stands in", self.run_tool("stack", "up"))
        self.assertIn("openai", self.run_tool("check_live"))
        self.assertTrue(self.search('{ span.peer.service = "openai" && span.demo.stand_in = true }'))
        self.assertTrue(self.search("{ span.gen_ai.input.messages != nil }"))  # the demo shows its conversations
        self.assertIn("healthy", self.run_tool("stack", "ps"))

    def test_with_a_key_the_chain_goes_through_tls(self):
        authority = Authority(self.folder, "authority")
        openai = OpenAiServer(*authority.sign("IP:127.0.0.1"))
        self.addCleanup(openai.close)
        env_file = self.folder / ".env"
        env_file.write_text(f'OPENAI_API_KEY="{KEY}"\nOPENAI_BASE_URL=https://127.0.0.1:{openai.port}/v1\n'
                            f"OPENAI_CA_FILE={authority.pem}\n")
        env_file.chmod(0o600)
        printed = self.run_tool("stack", "up")
        self.assertIn("with your key", printed)
        printed += self.run_tool("check_live")
        wait_until(lambda: self.search('{ span.gen_ai.response.model = "gpt-4o-mini-2024-07-18" }'), 30, "answer of OpenAI")
        self.assertEqual(self.search("{ span.demo.stand_in = true }"), [])
        self.assertEqual({headers["authorization"] for _, headers, _ in openai.requests}, {f"Bearer {KEY}"})
        printed += self.run_tool("stack", "ps")

        for line in self.command_lines():
            self.assertNotIn(KEY, line)
        for trace in self.search("{ }"):
            stored = http.get(self.ports["TEMPO"], f"/api/traces/{urllib.parse.quote(trace['traceID'])}")
            self.assertNotIn(KEY.encode(), stored.body)
        self.run_tool("stack", "stop")
        self.assertNotIn(KEY, printed)
        for file in (self.folder / "data").rglob("*"):
            if file.is_file():
                self.assertNotIn(KEY.encode(), file.read_bytes(), file)


if __name__ == "__main__":
    unittest.main()
