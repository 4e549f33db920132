# SPDX-License-Identifier: Apache-2.0
"""A flood: 200 connections that send as fast as they can, with slow senders and bombs among them, at a
server with little memory. It stays under its limit, serves others, and accounts for every span.

ORRERY_FLOOD_SECONDS sets how long it lasts.
"""
import collections
import concurrent.futures
import gzip
import json
import os
import random
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

import grpc

from support import http, otlp, zstd
from support.grpc_client import TRACES, Client
from support.orrery import BIN, Orrery
from support.samples import span

SECONDS = float(os.environ.get("ORRERY_FLOOD_SECONDS", "15"))
MIB = 1 << 20
LIMIT = 256 * MIB
SLOW_SENDERS = 40
# A patient client is served within this, whatever the others do.
PATIENCE = 30


class Flood(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="orrery-flood-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.server = Orrery(self.folder / "data", f"--memory-limit={LIMIT // MIB}MiB")
        self.addCleanup(self.server.close)
        self.stop = threading.Event()
        self.tally = collections.Counter()
        self.unexpected = set()
        self.lock = threading.Lock()
        self.delays = {"send": [], "query": []}
        self.resident = []

    def start_load(self, name, connections, *target):
        return subprocess.Popen(
            [BIN / "orrery-load", *target, "--spans", "1000000000000", "--batch", "520", "--connections", str(connections),
             "--seconds", str(SECONDS), "--retries", "1", "--json", "--log", self.folder / name],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def count(self, key, n=1):
        with self.lock:
            self.tally[key] += n

    def note(self, answer):
        with self.lock:
            self.unexpected.add(answer)

    def watch_memory(self):
        while not self.stop.wait(0.05):
            self.resident.append(self.server.resident_bytes())

    def dawdle(self):
        """Connections that send a byte now and then, opened again when the server has closed them."""
        head = (b"POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n"
                b"Content-Length: 4000000\r\n\r\n")
        peers = {}
        while not self.stop.wait(0.2):
            for number in range(SLOW_SENDERS):
                try:
                    if number not in peers:
                        peers[number] = socket.create_connection(("127.0.0.1", self.server.otlp_http), timeout=5)
                        peers[number].sendall(head + bytes(1000 * number))
                        self.count("slow senders")
                    peers[number].send(b"\x0a")
                except OSError:
                    peers.pop(number).close() if number in peers else None
        for peer in peers.values():
            peer.close()

    def throw_bombs(self):
        gzip_bomb = gzip.compress(bytes(8 * MIB), 9) * 128
        zstd_bomb = zstd.repeated(b"\x0a", b"\x01", 1 << 30)
        client = Client(self.server.otlp_grpc)
        while not self.stop.wait(0.1):
            try:
                for coding, bomb in (("gzip", gzip_bomb), ("zstd", zstd_bomb)):
                    status = self.server.send(bomb, content_encoding=coding).status
                    self.count("bombs")
                    if status not in (413, 429, 503):
                        self.note(f"{coding} bomb: {status}")
                client.call(TRACES, gzip_bomb)
                self.note("grpc bomb: taken")
            except grpc.RpcError as refused:
                self.count("bombs")
                if refused.code() not in (grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE):
                    self.note(f"grpc bomb: {refused.code()}")
            except OSError as gone:
                self.note(f"bomb: {gone!r}")
        client.close()

    def send_patiently(self, one):
        """As an SDK does: tries again when it is told to."""
        begin = time.monotonic()
        while True:
            answer = self.server.send(otlp.traces_of("patient", [one]))
            if answer.status == 200:
                break
            if answer.status not in (429, 503):
                self.note(f"patient: {answer}")
                return
            if time.monotonic() - begin > PATIENCE:
                self.note("patient: not served in time")
                return
            self.count("patient told to wait")
            time.sleep(min(float(answer.headers["Retry-After"]), 1))
        self.count("patient spans")
        self.delays["send"].append(time.monotonic() - begin)

    def query(self, one):
        begin = time.monotonic()
        for path, parameters in ((f"/api/traces/{one['traceId']}", {}),
                                 ("/api/search", {"q": "{ status = error }", "limit": 5})):
            answer = http.get(self.server.tempo, path, **parameters)
            if answer.status != 200:
                self.note(f"{path}: {answer}")
        self.delays["query"].append(time.monotonic() - begin)

    def be_patient(self):
        while not self.stop.wait(0.2):
            one = span()
            try:
                self.send_patiently(one)
                self.query(one)
            except OSError as gone:
                self.note(f"patient: {gone!r}")

    def check_ledgers(self):
        """Traces of acknowledged requests, a sample of each load's, are there whole."""
        for ledger in sorted(self.folder.glob("acknowledged-*")):
            lines = ledger.read_text().splitlines()
            for line in random.sample(lines, min(50, len(lines))):
                spans, *ids = line.split()
                trace = self.server.trace(random.choice(ids))
                self.assertIsNotNone(trace, "an acknowledged trace is not there")
                self.assertEqual(sum(1 for _ in otlp.spans_of(trace)), int(spans))

    def check_accounts(self, loads):
        """Senders and server tell the same, and what was stored is what was acknowledged."""
        accepted = sum(load["accepted"] for load in loads) + self.tally["patient spans"]
        unanswered = sum(load["unanswered"] for load in loads)
        received = self.server.metric_sum("orrery_ingest_spans_total")
        stored = self.server.metric_sum("orrery_ingest_stored_spans_total")
        refused = self.server.metric_sum("orrery_ingest_refused_spans_total")
        self.assertEqual(received, stored + refused)
        self.assertGreaterEqual(stored, accepted)
        self.assertLessEqual(stored, accepted + unanswered)
        there = int(http.get(self.server.web, "/api/orrery/v1/status").json()["traces"]["spans"])
        self.assertEqual(there, stored)
        return accepted

    def test_a_flood(self):
        self.server.start()
        background = [threading.Thread(target=work) for work in (
            self.watch_memory, self.dawdle, self.throw_bombs, self.be_patient)]
        for thread in background:
            thread.start()
        loads = [
            self.start_load("acknowledged-http", 120, "--url", f"http://127.0.0.1:{self.server.otlp_http}/v1/traces"),
            self.start_load("acknowledged-gzip", 40, "--gzip", "--url", f"http://127.0.0.1:{self.server.otlp_http}/v1/traces"),
            self.start_load("acknowledged-grpc", 40, "--protocol", "grpc", "--target", f"127.0.0.1:{self.server.otlp_grpc}"),
        ]
        try:
            with concurrent.futures.ThreadPoolExecutor(len(loads)) as pool:
                told = list(pool.map(lambda load: json.loads(load.communicate(timeout=SECONDS + 120)[0]), loads))
        finally:
            self.stop.set()
            for load in loads:
                if load.poll() is None:
                    load.kill()
                    load.wait()
            for thread in background:
                thread.join()
        self.report(told)
        self.assertEqual(self.unexpected, set())
        self.assertLess(max(self.resident), LIMIT)
        self.assertLess(self.server.peak_bytes(), LIMIT)
        self.assertGreater(self.tally["bombs"], 0)
        self.assertGreater(self.tally["patient spans"], 0)
        for load in told:
            self.assertGreater(load["accepted"], 0)
        self.check_accounts(told)
        self.check_ledgers()
        self.server.flush()
        self.check_accounts(told)
        self.check_ledgers()
        self.assertEqual(self.server.stop(), 0)

    def report(self, told):
        for load in told:
            print(f"load: {load['accepted']} spans accepted, {load['refused']} refused, {load['unanswered']} "
                  f"unanswered, {load['retries']} retries")
        refusals = {series.removeprefix("orrery_"): int(value) for series, value in self.server.metrics().items()
                    if value and ("refused" in series or "timeouts" in series or "busy" in series)}
        print(f"{SECONDS:.0f} s; resident memory {max(self.resident) / MIB:.0f} MiB at most (VmHWM "
              f"{self.server.peak_bytes() / MIB:.0f}) of {LIMIT // MIB}; {dict(self.tally)}")
        for kind, delays in self.delays.items():
            delays = sorted(delays) or [0]
            print(f"{kind}: {len(delays)}, median {delays[len(delays) // 2]:.3f} s, most {delays[-1]:.2f} s")
        print(f"refused: {refusals}", flush=True)


if __name__ == "__main__":
    unittest.main()
