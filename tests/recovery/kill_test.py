# SPDX-License-Identifier: Apache-2.0
"""kill -9 during load, a hundred times at random moments: what was acknowledged is there, once.

ORRERY_KILLS sets how many times, ORRERY_KILL_SEED repeats the moments of an earlier run.
"""
import http.client
import json
import os
import random
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from support import http as web, otlp
from support.orrery import BIN, Orrery, wait_until

KILLS = int(os.environ.get("ORRERY_KILLS", "100"))
SEED = int(os.environ.get("ORRERY_KILL_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
LOAD_SPANS_A_SECOND = 8000


class Ledger:
    """The traces that orrery-load got acknowledgements for: id -> number of spans."""

    def __init__(self, path):
        self.path = path
        self.offset = 0
        self.traces = {}

    def read_new(self):
        """The ids that were appended since the last call."""
        new = []
        if not self.path.exists():
            return new
        with open(self.path, "rb") as log:
            log.seek(self.offset)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self.offset += len(line)
                count, *ids = line.decode().split()
                for trace_id in ids:
                    self.traces[trace_id] = int(count)
                    new.append(trace_id)
        return new


# Small heads, windows and disk, so that blocks are cut, merged and expired all the time.
BUSY = ["--traces.head.max-spans=1000", "--traces.block.merge-window=1s", "--traces.block.max-spans=20000",
        "--traces.retention.max-size=1500kB"]
# Of the newest rounds, all spans are younger than what the disk has room for.
SURELY_KEPT_ROUNDS = 3


class KillTest(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        folder = tempfile.TemporaryDirectory(prefix="orrery-recovery-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.serve()
        self.ledger = Ledger(self.folder / "acknowledged")
        self.unanswered = 0
        self.recovery_seconds = []

    def serve(self, *flags):
        self.server = Orrery(self.folder / "data", *flags)
        self.addCleanup(self.server.close)

    def start_load(self, round_number):
        # Half of the rounds send over each transport; small and large requests take turns.
        over_grpc = round_number % 2 == 1
        target = (["--protocol", "grpc", "--target", f"127.0.0.1:{self.server.otlp_grpc}"] if over_grpc
                  else ["--url", f"http://127.0.0.1:{self.server.otlp_http}/v1/traces"])
        return subprocess.Popen(
            [BIN / "orrery-load", *target, "--spans", "1000000", "--batch",
             str(self.random.choice([13, 52, 260])), "--connections", "3", "--rate",
             str(LOAD_SPANS_A_SECOND), "--stop-early", "--json", "--log", str(self.ledger.path),
             "--seed", str(SEED * 1000 + round_number)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def flush_meanwhile(self):
        """POST /flush that nobody waits for; the kill may strike in the middle of it."""

        def post():
            try:
                web.request(self.server.admin, "POST", "/flush")
            except OSError:
                return  # Killed, as intended.
            except http.client.HTTPException:
                return

        thread = threading.Thread(target=post)
        thread.start()
        return thread

    def kill_once(self, round_number):
        load = self.start_load(round_number)
        try:
            wait_until(lambda: self.ledger.path.exists()
                       and self.ledger.path.stat().st_size > self.ledger.offset, 20, "acknowledgement")
            flushing = None
            if self.random.random() < 0.5:
                time.sleep(self.random.uniform(0, 0.15))
                flushing = self.flush_meanwhile()
                time.sleep(self.random.choice([0, self.random.uniform(0, 0.03)]))
            else:
                time.sleep(self.random.uniform(0, 0.3))
            self.server.kill()
            if flushing:
                flushing.join()
            out, _ = load.communicate(timeout=30)
        finally:
            if load.poll() is None:
                load.kill()
                load.wait()
        self.unanswered += json.loads(out)["unanswered"]
        return self.ledger.read_new()

    def check(self, trace_ids, when):
        """Each of the traces is there, with all its spans, each once."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.tempo, timeout=30)
        for trace_id in trace_ids:
            connection.request("GET", f"/api/traces/{trace_id}", headers={"Accept": "application/protobuf"})
            response = connection.getresponse()
            body = response.read()
            self.assertEqual(response.status, 200, f"{when}: trace {trace_id} was acknowledged; seed {SEED}")
            ids = [span["spanId"] for _, _, span in otlp.spans_of(otlp.decode(body))]
            self.assertEqual(len(ids), self.ledger.traces[trace_id], f"{when}: trace {trace_id}; seed {SEED}")
            self.assertEqual(len(set(ids)), len(ids), f"{when}: trace {trace_id}; seed {SEED}")
        connection.close()

    def stored_spans(self):
        return int(web.get(self.server.web, "/api/orrery/v1/status").json()["traces"]["spans"])

    def test_every_acknowledged_span_is_found_once(self):
        print(f"seed {SEED}; ORRERY_KILL_SEED={SEED} repeats this run", flush=True)
        self.server.start()
        for round_number in range(KILLS):
            newest = self.kill_once(round_number)
            self.recovery_seconds.append(self.server.start())
            self.check(newest, f"after kill {round_number + 1}")
            old = self.random.sample(list(self.ledger.traces), min(20, len(self.ledger.traces)))
            self.check(old, f"after kill {round_number + 1}, of earlier rounds")
        self.check(self.ledger.traces, "in the end")
        self.server.flush()
        self.check(self.ledger.traces, "flushed")
        acknowledged = sum(self.ledger.traces.values())
        stored = self.stored_spans()
        self.assertGreaterEqual(stored, acknowledged)
        self.assertLessEqual(stored, acknowledged + self.unanswered, "spans are stored more than once")
        self.assertEqual(self.server.stop(), 0)
        print(f"{KILLS} kills, {acknowledged} spans acknowledged, {stored} stored, ready again after "
              f"{max(self.recovery_seconds):.2f} s at most")

    def test_also_while_blocks_are_merged_and_expire(self):
        print(f"seed {SEED}; ORRERY_KILL_SEED={SEED} repeats this run", flush=True)
        self.serve(*BUSY)
        self.server.start()
        rounds = []
        for round_number in range(KILLS):
            rounds.append(self.kill_once(round_number))
            self.server.start()
            for newest in rounds[-SURELY_KEPT_ROUNDS:]:
                self.check(newest, f"after kill {round_number + 1}")
        self.server.flush()
        for newest in rounds[-SURELY_KEPT_ROUNDS:]:
            self.check(newest, "flushed")
        acknowledged = sum(self.ledger.traces.values())
        stored = self.stored_spans()
        if KILLS >= 100:
            self.assertLess(stored, acknowledged, "nothing has expired")
        self.assertLessEqual(stored, acknowledged + self.unanswered, "spans are stored more than once")
        self.assertEqual(self.server.stop(), 0)
        print(f"{KILLS} kills, {acknowledged} spans acknowledged, {stored} left")


if __name__ == "__main__":
    unittest.main()
