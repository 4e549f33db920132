# SPDX-License-Identifier: Apache-2.0
"""Dashboards over a stream: ten clients ask for the panels of Traces Drilldown over the last 15 minutes
every 5 seconds while spans arrive. Nothing is refused, the panels agree with what was sent, and memory stays
under its limit.

ORRERY_LOAD_SECONDS sets how long it lasts; with more than a minute the 15 minutes before are filled at the
same rate first, as if it had been running. ORRERY_LOAD_RATE sets the spans a second.
"""
import http.client
import json
import os
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse
from pathlib import Path

from support.orrery import BIN, Orrery

SECONDS = float(os.environ.get("ORRERY_LOAD_SECONDS", "20"))
RATE = int(os.environ.get("ORRERY_LOAD_RATE", "20000"))
CLIENTS = 10
EVERY = 5
RANGE = 900
TRACE_SPANS = 13
MIB = 1 << 20
LIMIT = 1024 * MIB

PANELS = {
    "rate": "{nestedSetParent<0 && true} | rate()",
    "errors": "{nestedSetParent<0 && true && status=error} | rate()",
    "duration": "{nestedSetParent<0 && true} | quantile_over_time(duration, 0.9)",
    "heat map": "{nestedSetParent<0 && true} | histogram_over_time(duration)",
}


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(q * len(values)))] if values else 0


class Drilldown(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="orrery-load-")
        self.addCleanup(folder.cleanup)
        self.server = Orrery(Path(folder.name) / "data", f"--memory-limit={LIMIT // MIB}MiB")
        self.addCleanup(self.server.close)
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.delays = {name: [] for name in PANELS}
        self.unexpected = []
        self.resident = []

    def load(self, spans, end_time, spread, *options):
        return subprocess.Popen(
            [BIN / "orrery-load", "--url", f"http://127.0.0.1:{self.server.otlp_http}/v1/traces", "--spans", str(spans),
             "--end-time", str(end_time), "--spread", str(spread), "--json", *options],
            stdout=subprocess.PIPE, text=True)

    def fill(self):
        """The time before, which a short run has less of."""
        spans = RATE * (RANGE if SECONDS > 60 else 50)
        begin = time.monotonic()
        load = self.load(spans, time.time(), RANGE)
        told = json.loads(load.communicate(timeout=900)[0])
        print(f"filled with {told['accepted']} spans in {time.monotonic() - begin:.0f} s, {told['retries']} retries")
        self.assertEqual(told["refused"] + told["unanswered"], 0)
        return told["accepted"]

    def ask(self, connection, query, end, **more):
        parameters = {"q": query, "start": int(end) - RANGE, "end": int(end), **more}
        connection.request("GET", f"/api/metrics/query_range?{urllib.parse.urlencode(parameters)}")
        answer = connection.getresponse()
        return answer.status, answer.read()

    def be_a_client(self, number):
        """One open page: all panels at once, as far as one connection allows, again and again."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.tempo, timeout=60)
        self.stop.wait(number * EVERY / CLIENTS)
        while not self.stop.is_set():
            begin = time.monotonic()
            for name, query in PANELS.items():
                asked = time.monotonic()
                status, body = self.ask(connection, query, time.time())
                with self.lock:
                    self.delays[name].append(time.monotonic() - asked)
                    if status != 200 or b'"series"' not in body:
                        self.unexpected.append(f"{name}: {status} {body[:200]!r}")
            self.stop.wait(max(0, begin + EVERY - time.monotonic()))
        connection.close()

    def watch_memory(self):
        begin = time.monotonic()
        while not self.stop.wait(0.5):
            self.resident.append((time.monotonic() - begin, self.server.resident_bytes()))

    def count_roots(self):
        """How many root spans the panel of rates has over all that there is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.tempo, timeout=60)
        now = time.time()
        parameters = {"q": "{nestedSetParent<0 && true} | count_over_time()", "start": int(now) - 7 * RANGE,
                      "end": int(now) + RANGE, "step": "60s", "exemplars": 0}
        connection.request("GET", f"/api/metrics/query_range?{urllib.parse.urlencode(parameters)}")
        series = json.loads(connection.getresponse().read())["series"]
        connection.close()
        return sum(sample.get("value", 0) for one in series for sample in one["samples"])

    def test_dashboards_over_a_stream(self):
        self.server.start()
        sent = self.fill()
        before = dict(self.server.metrics())
        begin = time.time()
        load = self.load(int(RATE * SECONDS), begin + SECONDS, SECONDS, "--rate", str(RATE))
        threads = [threading.Thread(target=self.be_a_client, args=(i,)) for i in range(CLIENTS)]
        threads.append(threading.Thread(target=self.watch_memory))
        for thread in threads:
            thread.start()
        try:
            told = json.loads(load.communicate(timeout=3 * SECONDS + 120)[0])
        finally:
            self.stop.set()
            if load.poll() is None:
                load.kill()
                load.wait()
            for thread in threads:
                thread.join()
        self.report(told, before)
        self.assertEqual(self.unexpected, [])
        self.assertEqual((told["refused"], told["unanswered"], told["retries"]), (0, 0, 0), told.get("first_reason"))
        self.assertTrue(all(self.delays.values()), "a panel was never asked for")
        self.assertLess(max(bytes_ for _, bytes_ in self.resident), LIMIT)
        # Kept outcomes and fresh counts together are all that was sent: once while much is in the head, ...
        roots = (sent + told["accepted"]) // TRACE_SPANS
        self.assertEqual(self.count_roots(), roots)
        self.server.flush()
        self.assertEqual(self.count_roots(), roots)  # ... and once from blocks.
        self.assertEqual(self.count_roots(), roots)
        self.assertEqual(self.server.stop(), 0)

    def report(self, told, before):
        print(f"load: {told['accepted']} spans in {told['seconds']:.1f} s, {told['refused']} refused, "
              f"{told['unanswered']} unanswered, {told['retries']} retries")
        for name, delays in self.delays.items():
            print(f"{name}: {len(delays)} answers, p50 {1000 * quantile(delays, 0.5):.0f} ms, "
                  f"p99 {1000 * quantile(delays, 0.99):.0f} ms, most {1000 * max(delays, default=0):.0f} ms")
        step = max(1, len(self.resident) // 10)
        print("resident MiB: " + ", ".join(f"{bytes_ / MIB:.0f} at {at:.0f} s" for at, bytes_ in self.resident[::step])
              + f"; limit {LIMIT // MIB}")
        after = self.server.metrics()
        print("counted: " + ", ".join(
            f"{name.removeprefix('orrery_')} {after[name] - before.get(name, 0):.0f}" for name in sorted(after)
            if "kept_outcomes" in name or ("refused" in name and after[name])), flush=True)


if __name__ == "__main__":
    unittest.main()
