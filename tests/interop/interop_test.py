# SPDX-License-Identifier: Apache-2.0
"""Spans that the SDKs of others sent come back by id, field by field equal."""
import json
import os
import subprocess
import unittest

from interop.case import BUILD, HERE, PYTHON, InteropCase, with_numbers


class Interop(InteropCase):
    def check(self, command, protocol):
        port = self.server.otlp_grpc if protocol == "grpc" else self.server.otlp_http
        sender = subprocess.run([*command, protocol, f"http://127.0.0.1:{port}"], capture_output=True,
                                text=True, timeout=120, env={**os.environ, "NO_PROXY": "127.0.0.1"})
        self.assertEqual(sender.returncode, 0, sender.stderr)
        sent = {span["spanId"]: span for span in with_numbers(json.loads(sender.stdout))}
        self.assertEqual(len(sent), 8)
        self.compare(sent)
        self.server.flush()
        self.compare(sent)

    def python(self, protocol):
        self.check([PYTHON, HERE / "python" / "send.py"], protocol)

    def javascript(self, protocol):
        self.check(["node", BUILD / "js" / "send.mjs"], protocol)

    def test_python_grpc(self):
        self.python("grpc")

    def test_python_http_protobuf(self):
        self.python("http/protobuf")

    def test_javascript_grpc(self):
        self.javascript("grpc")

    def test_javascript_http_protobuf(self):
        self.javascript("http/protobuf")

    def test_javascript_http_json(self):
        self.javascript("http/json")


if __name__ == "__main__":
    unittest.main()
