# SPDX-License-Identifier: Apache-2.0
"""The background process that starts the programs, restarts what dies, and writes what it knows.

Life:    spawned by `stack up` in a session of its own; ends on SIGTERM, after stopping its programs
         in reverse order.
State:   data/run/stack.json, replaced whole on each change; the commands read nothing else.
Failure: a program that dies young several times in a row is left alone as "failed" until SIGUSR1.
Logs:    programs append to data/logs/NAME.log by themselves, so they outlive a killed supervisor;
         rotation copies and truncates, which can lose a line written in between.
"""
import json
import os
import shutil
import signal
import subprocess
import time

from . import processes

BACK_OFF_FIRST = 0.5
BACK_OFF_MAX = 30.0
YOUNG = 10.0  # seconds; a death before that counts towards giving up
YOUNG_DEATHS = 4
STOP_GRACE = 30.0
LOG_BYTES = 8 << 20
LOG_KEEP = 3


class Child:
    """One program: its process, if any, and how it fared."""

    def __init__(self, program):
        self.program = program
        self.process = None
        self.ticks = None
        self.started = None
        self.restarts = 0
        self.young_deaths = 0
        self.retry_at = 0.0
        self.exit = None
        self.failed = False

    def describe(self):
        running = self.process is not None
        return {
            "state": "running" if running else "failed" if self.failed else "waiting",
            "pid": self.process.pid if running else None,
            "ticks": self.ticks if running else None,
            "started": self.started,
            "restarts": self.restarts,
            "exit": self.exit,
        }


def exit_text(code):
    if code < 0:
        try:
            return f"killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"killed by signal {-code}"
    return f"exited with {code}"


class Supervisor:
    def __init__(self, stack, clock=time.monotonic):
        self.stack = stack
        self.clock = clock
        self.children = [Child(program) for program in stack.programs]
        self.stopping = False

    def run(self):
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "stopping", True))
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGUSR1, lambda *_: self.retry_failed())
        for child in self.children:
            self.start(child)
        self.write_state()
        next_rotation = 0.0
        while not self.stopping:
            if self.step():
                self.write_state()
            if self.clock() >= next_rotation:
                self.rotate_logs()
                next_rotation = self.clock() + 5
            time.sleep(0.2)
        self.stop_all()

    def start(self, child):
        with open(self.stack.log_of(child.program.name), "ab") as log:
            try:
                child.process = subprocess.Popen(
                    child.program.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                    env=self.stack.environment_of(child.program), start_new_session=True)
            except OSError as error:
                log.write(f"stack: {child.program.command[0]}: {error.strerror}\n".encode())
                child.failed, child.exit = True, error.strerror
                return
        child.ticks = processes.start_ticks(child.process.pid)
        child.started = time.time()
        child.born = self.clock()

    def step(self):
        """Notices deaths and starts what is due. Returns whether anything changed."""
        changed = False
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self.bury(child)
                changed = True
            if child.process is None and not child.failed and self.clock() >= child.retry_at:
                child.restarts += 1
                self.start(child)
                changed = True
        return changed

    def bury(self, child):
        child.exit = exit_text(child.process.returncode)
        self.kill_group(child.process.pid, signal.SIGKILL)
        lived = self.clock() - child.born
        child.process = None
        child.young_deaths = child.young_deaths + 1 if lived < YOUNG else 0
        child.failed = child.young_deaths >= YOUNG_DEATHS
        wait = min(BACK_OFF_FIRST * 2 ** max(child.young_deaths - 1, 0), BACK_OFF_MAX)
        child.retry_at = self.clock() + wait
        with open(self.stack.log_of(child.program.name), "ab") as log:
            what = "left alone until `make up`" if child.failed else f"starting again in {wait:g} s"
            log.write(f"stack: {child.program.name} {child.exit}; {what}\n".encode())

    def retry_failed(self):
        for child in self.children:
            if child.failed:
                child.failed, child.young_deaths, child.retry_at = False, 0, 0.0

    def stop_all(self):
        for child in reversed(self.children):
            if child.process is None:
                continue
            child.process.terminate()
            try:
                child.process.wait(STOP_GRACE)
            except subprocess.TimeoutExpired:
                pass
            self.kill_group(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self.stack.state_file.unlink(missing_ok=True)

    @staticmethod
    def kill_group(pid, number):
        try:
            os.killpg(pid, number)
        except ProcessLookupError:
            pass

    def write_state(self):
        state = {
            "supervisor": {"pid": os.getpid(), "ticks": processes.start_ticks(os.getpid())},
            "programs": {child.program.name: child.describe() for child in self.children},
        }
        aside = self.stack.state_file.with_suffix(".new")
        aside.write_text(json.dumps(state, indent=1))
        aside.replace(self.stack.state_file)

    def rotate_logs(self):
        for log in self.stack.log_dir.glob("*.log"):
            if log.stat().st_size < LOG_BYTES:
                continue
            for number in range(LOG_KEEP - 1, 0, -1):
                older = log.with_name(f"{log.name}.{number}")
                if older.exists():
                    older.replace(log.with_name(f"{log.name}.{number + 1}"))
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)
