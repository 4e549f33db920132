# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests are made of."""
import tempfile
import unittest
from pathlib import Path

from support import otlp
from support.orrery import Orrery


class ServerCase(unittest.TestCase):
    """One server for all tests of the class, on an empty directory."""

    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="orrery-e2e-")
        cls.server = Orrery(Path(cls.folder.name) / "data", *cls.flags)
        cls.addClassCleanup(cls.folder.cleanup)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def assert_stored(self, sent, trace_id, stored=None):
        """Everything that was sent of the trace is stored, unchanged and once."""
        stored = stored if stored is not None else self.server.trace(trace_id)
        self.assertIsNotNone(stored, f"trace {trace_id} is not there")
        wanted = {k: v for k, v in otlp.normal(sent).items() if k[0] == trace_id}
        self.maxDiff = None
        self.assertEqual(otlp.normal(stored), wanted)
