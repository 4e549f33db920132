# SPDX-License-Identifier: Apache-2.0
"""A full disk from outside: senders are told to come back, queries go on, and when there is room again
so do the senders. Needs the right to mount a file system of a few megabytes."""
import subprocess
import tempfile
import unittest
from pathlib import Path

from support import otlp
from support.orrery import Orrery, wait_until
from support.samples import span


class FullDisk(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="orrery-disk-")
        self.addCleanup(folder.cleanup)
        self.disk = Path(folder.name) / "disk"
        self.disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", self.disk],
                                 capture_output=True, text=True)
        if mounted.returncode:
            self.skipTest(f"no right to mount a tmpfs: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)
        self.server = Orrery(self.disk / "data")
        self.server.log = Path(folder.name) / "log"
        self.addCleanup(self.server.close)
        self.server.start()

    def send(self, size=200_000):
        one = span(attributes=otlp.attributes(text="x" * size))
        return one["traceId"], self.server.send(otlp.traces_of("disk", [one]))

    def test_it_fills_and_empties(self):
        stored = []
        ballast = self.disk / "ballast"
        ballast.write_bytes(bytes(12 << 20))
        for _ in range(200):
            trace_id, answer = self.send()
            if answer.status != 200:
                break
            stored.append(trace_id)
        self.assertEqual(answer.status, 503, answer)
        self.assertGreater(int(answer.headers["Retry-After"]), 0)
        self.assertGreater(len(otlp.decode_as(otlp.RPC_STATUS, answer.body)["message"]), 10)
        self.assertGreater(len(stored), 5)
        self.assertGreater(self.server.metric_sum("orrery_ingest_refused_spans_total", "unavailable"), 0)
        for trace_id in stored:
            self.assertIsNotNone(self.server.trace(trace_id))
        self.assertEqual(len(self.server.search('{ resource.service.name = "disk" }')), len(stored))
        self.assertIsNone(self.server.trace(trace_id if trace_id not in stored else "1" * 32))

        ballast.unlink()

        def resumed():
            trace_id, answer = self.send(1000)
            if answer.status == 200:
                stored.append(trace_id)
            return answer.status == 200

        wait_until(resumed, 30, "span taken after there was room again")
        self.server.kill()
        self.server.start()
        for trace_id in stored:
            self.assertIsNotNone(self.server.trace(trace_id), "an acknowledged span is not there")
        self.assertEqual(self.server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
