# SPDX-License-Identifier: Apache-2.0
"""The real binary as a child process: free ports, a data directory of its own, start, stop, kill."""
import os
import random
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import http, otlp

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("ORRERY_BIN_DIR", ROOT / "build" / "release" / "bin"))

# Name here -> setting of `orrery serve`.
PORT_SETTINGS = {
    "web": "http.address",
    "otlp_grpc": "otlp.grpc.address",
    "otlp_http": "otlp.http.address",
    "tempo": "tempo.address",
    "admin": "admin.address",
}


def free_port():
    """A port that nobody listens on, outside the range that the kernel gives to clients."""
    while True:
        port = random.randint(12000, 30000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def wait_until(condition, seconds=30, what="condition"):
    """The first true value of `condition()`; looks often, fails with `what` after a while."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"no {what} after {seconds} s")
        time.sleep(0.01)


class Orrery:
    """One `orrery serve`. Keeps its ports and its directory over restarts."""

    def __init__(self, data_dir, *flags, ports=None):
        self.data_dir = Path(data_dir)
        self.flags = list(flags)
        self.ports = ports or {name: free_port() for name in PORT_SETTINGS}
        self.process = None
        self.log = self.data_dir.parent / (self.data_dir.name + ".log")

    def __getattr__(self, name):
        if name in PORT_SETTINGS:
            return self.ports[name]
        raise AttributeError(name)

    def command(self):
        addresses = [f"--{PORT_SETTINGS[n]}=127.0.0.1:{p}" for n, p in self.ports.items()]
        return [BIN / "orrery", "serve", "--data-dir", self.data_dir, *addresses, *self.flags]

    def launch(self):
        """Starts the process and does not wait for anything."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log)
        return self

    def start(self):
        """Starts the process; returns the seconds until /ready said yes."""
        begin = time.monotonic()
        self.launch()
        wait_until(self.is_ready, 60, "answer 200 from /ready")
        return time.monotonic() - begin

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"orrery ended with {self.process.returncode}:\n{self.log_text()}")
        try:
            return http.get(self.admin, "/ready").status == 200
        except OSError:
            return False

    def stop(self, seconds=30):
        """SIGTERM; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.close()

    # What most tests want of it.

    def send(self, traces, content_type="application/x-protobuf", **headers):
        """Posts traces (a dict, or bytes as they are) over OTLP/HTTP."""
        body = traces if isinstance(traces, bytes) else otlp.encode(traces)
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return http.request(self.otlp_http, "POST", "/v1/traces", body,
                            {"Content-Type": content_type, **named})

    def trace(self, trace_id):
        """The stored trace as protobuf says it; None when there is none."""
        answer = http.get(self.tempo, f"/api/traces/{trace_id}", {"Accept": "application/protobuf"})
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise AssertionError(f"trace {trace_id}: {answer}")
        return otlp.decode(answer.body)

    def search(self, query, **parameters):
        parameters.setdefault("limit", 1000)
        answer = http.get(self.tempo, "/api/search", q=query, **parameters)
        if answer.status != 200:
            raise AssertionError(f"{query}: {answer}")
        return answer.json().get("traces", [])

    def flush(self):
        answer = http.request(self.admin, "POST", "/flush", timeout=300)
        if answer.status not in (200, 204):
            raise AssertionError(f"flush: {answer}")

    def metrics(self):
        """Its own metrics: name with labels -> value."""
        lines = http.get(self.admin, "/metrics").text.splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
        return {name: float(value) for name, value in pairs}

    def metric_sum(self, name, *parts):
        """The sum over the series of `name` whose labels have all of `parts`."""
        return sum(value for series, value in self.metrics().items()
                   if series.split("{")[0] == name and all(part in series for part in parts))

    def peak_bytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1)) * 1024

    def resident_bytes(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) * 1024


def run(*arguments, timeout=60):
    """A finished `orrery ARGUMENTS`."""
    return subprocess.run([BIN / "orrery", *map(str, arguments)], capture_output=True, text=True,
                          timeout=timeout)
