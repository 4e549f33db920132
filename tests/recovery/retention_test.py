# SPDX-License-Identifier: Apache-2.0
"""Load against a limit of disk: it is never passed, and what goes is counted.

ORRERY_RETENTION_SECONDS sets how long, ORRERY_RETENTION_MB the limit.
"""
import json
import os
import re
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from support import http as web
from support.orrery import BIN, Orrery

SECONDS = int(os.environ.get("ORRERY_RETENTION_SECONDS", "15"))
LIMIT = int(os.environ.get("ORRERY_RETENTION_MB", "10")) * 1_000_000
SPANS_A_SECOND = 30_000
LOOK_EVERY_SECONDS = 0.02


def disk_bytes(folder):
    """Of all files; those that go while we look count as gone."""
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(where, name)).st_size
            except FileNotFoundError:
                continue
    return total


class RetentionTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="orrery-retention-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.server = Orrery(self.folder / "data", f"--traces.retention.max-size={LIMIT // 1_000_000}MB")
        self.addCleanup(self.server.close)
        self.server.start()

    def metric(self, name):
        found = re.findall(rf"^{re.escape(name)} (\S+)$", web.get(self.server.admin, "/metrics").text, re.M)
        self.assertEqual(len(found), 1, name)
        return int(float(found[0]))

    def load(self):
        """The load's result, and the most that was on disk meanwhile."""
        load = subprocess.Popen(
            [BIN / "orrery-load", "--url", f"http://127.0.0.1:{self.server.otlp_http}/v1/traces",
             "--spans", str(SPANS_A_SECOND * SECONDS), "--rate", str(SPANS_A_SECOND), "--json",
             "--log", self.folder / "acknowledged"], stdout=subprocess.PIPE, text=True)
        most = 0
        try:
            while load.poll() is None:
                most = max(most, disk_bytes(self.server.data_dir))
                time.sleep(LOOK_EVERY_SECONDS)
        finally:
            if load.poll() is None:
                load.kill()
        return json.loads(load.communicate()[0]), most

    def test_the_limit_of_disk_is_never_passed(self):
        loaded, most = self.load()
        print(f"{loaded['accepted']} spans accepted, {loaded['refused']} refused; at most {most / 1e6:.1f} MB on disk")
        self.assertLessEqual(most, LIMIT * 1.1)
        self.assertGreater(most, LIMIT * 0.5, "the limit was not tried")
        self.server.flush()
        self.assertLessEqual(disk_bytes(self.server.data_dir), LIMIT * 1.1)
        expired = self.metric('orrery_traces_expired_spans_total{reason="size"}')
        stored = int(web.get(self.server.web, "/api/orrery/v1/status").json()["traces"]["spans"])
        self.assertGreater(expired, 0)
        self.assertEqual(stored + expired, loaded["accepted"], "spans went without being counted")
        newest = (self.folder / "acknowledged").read_text().split("\n")[-2].split()[-1]
        self.assertIsNotNone(self.server.trace(newest))


if __name__ == "__main__":
    unittest.main()
