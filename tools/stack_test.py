# SPDX-License-Identifier: Apache-2.0
"""tools/stack with programs of the test's own in place of the real ones."""
import ast
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from stacklib import processes, supervisor  # noqa: E402
from stacklib.programs import Stack  # noqa: E402

# Answers every GET with a trace, so it stands for the API and for a health page alike. Prints its
# command line; dies when a file named die-NAME appears.
FAKE = '''
import http.server, os, signal, sys, threading, time
name, port, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
print(name, "says hello", flush=True)
with open(f"{folder}/environment-{name}.part", "w") as out: out.write(repr(dict(os.environ)))
os.rename(f"{folder}/environment-{name}.part", f"{folder}/environment-{name}")
def die():
    print(name, "fell over", flush=True)
    os._exit(7)
if os.path.exists(f"{folder}/die-{name}"): die()  # Before it answers anybody.
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b'{"traces": [{}]}')
    def log_message(self, *words): pass
if port: threading.Thread(target=http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever, daemon=True).start()
while not os.path.exists(f"{folder}/die-{name}"): time.sleep(0.02)
die()
'''

TABLE = """
[ports]
web = {{number = {web}, what = "the web page"}}
[[programs]]
name = "server"
command = ["{python}", "{fake}", "server", "{{web}}", "{folder}"]
ports = ["web"]
ready = "http://127.0.0.1:{{web}}/ready"
private = ["THE_KEY"]
[[programs]]
name = "client"
command = ["{python}", "{fake}", "client", "0", "{folder}"]
[first_trace]
url = "http://127.0.0.1:{{web}}/search"
[[addresses]]
address = "http://localhost:{{web}}"
what = "the web page"
[[remarks]]
variable = "THE_KEY"
with = "there is a key"
without = "there is no key"
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_true(condition, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain: {what}")
        time.sleep(0.02)


class StackTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.web = free_port()
        fake = self.folder / "fake.py"
        fake.write_text(FAKE)
        table = self.folder / "stack.toml"
        table.write_text(TABLE.format(web=self.web, python=sys.executable, fake=fake, folder=self.folder))
        self.environment = os.environ | {
            "STACK_TABLE": str(table), "STACK_DATA": str(self.folder / "data"),
            "STACK_BIN": str(self.folder), "STACK_ENV_FILE": str(self.folder / ".env")}
        self.addCleanup(self.stack, "stop")

    def stack(self, *words, **environment):
        return subprocess.run([sys.executable, HERE / "stack", *words], capture_output=True, text=True,
                              env=self.environment | environment, timeout=100)

    def state(self):
        return json.loads((self.folder / "data/run/stack.json").read_text())

    def pid(self, name):
        return self.state()["programs"][name]["pid"]

    def log(self, name):
        return (self.folder / f"data/logs/{name}.log").read_text()

    def up(self):
        result = self.stack("up")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def processes(self):
        lines = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                lines.append(entry.read_text().replace("\0", " "))
            except OSError:
                continue  # it ended between the listing and the reading
        return [line for line in lines if str(self.folder) in line]

    def test_up_prints_the_addresses_and_stop_leaves_no_process(self):
        self.assertIn(f"http://localhost:{self.web}", self.up())
        self.assertEqual(len(self.processes()), 2)
        supervisor_pid = self.state()["supervisor"]["pid"]
        self.assertIn("stopped", self.stack("stop").stdout)
        self.assertEqual(self.processes(), [])
        self.assertIsNone(processes.start_ticks(supervisor_pid))
        self.assertIn("nothing runs", self.stack("stop").stdout)

    def write_env_file(self, text, mode=0o600):
        (self.folder / ".env").write_text(text)
        (self.folder / ".env").chmod(mode)

    def environment_seen_by(self, name):
        file = self.folder / f"environment-{name}"
        await_true(file.exists, f"{name} has begun")  # `up` waits for the server alone.
        return ast.literal_eval(file.read_text())

    def assert_secret(self, secret, printed):
        """No command line, log, state file or output shows it."""
        places = [printed, *self.processes(), *(p.read_text() for p in (self.folder / "data").rglob("*") if p.is_file())]
        for place in places:
            self.assertNotIn(secret, place)

    def test_key_of_the_env_file_reaches_the_program_that_asks_for_it_alone(self):
        self.write_env_file('# my key\n\nexport THE_KEY="s3cret-0"   # for the demo\nOTHER=1\n')
        printed = self.up()
        self.assertIn("there is a key", printed)
        self.assertEqual(self.environment_seen_by("server")["THE_KEY"], "s3cret-0")
        self.assertNotIn("THE_KEY", self.environment_seen_by("client"))
        self.assertNotIn("OTHER", self.environment_seen_by("server"))
        self.assert_secret("s3cret-0", printed)

    def test_key_of_the_environment_goes_first_and_to_nobody_else(self):
        self.write_env_file("THE_KEY=s3cret-file\n")
        result = self.stack("up", THE_KEY="s3cret-shell")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.environment_seen_by("server")["THE_KEY"], "s3cret-shell")
        self.assertNotIn("THE_KEY", self.environment_seen_by("client"))

    def test_without_a_key_up_says_so(self):
        self.write_env_file("THE_KEY=\n")
        self.assertIn("there is no key", self.up())
        self.assertNotIn("THE_KEY", self.environment_seen_by("server"))

    def test_mistakes_in_the_env_file_are_named_without_their_text(self):
        self.write_env_file("A=1\nTHE_KEY = s3cret in words\n")
        refused = self.stack("up")
        self.assertEqual(refused.returncode, 1)
        self.assertIn(".env line 2", refused.stderr)
        self.assertNotIn("s3cret", refused.stdout + refused.stderr)
        self.write_env_file("THE_KEYS=s3cret\n", 0o644)
        printed = self.up()
        self.assertIn("did you mean THE_KEY?", printed)
        self.assertIn("chmod 600", printed)

    def test_a_bad_env_file_keeps_nobody_from_stopping(self):
        self.up()
        self.write_env_file("no variable\n")
        self.assertIn("healthy", self.stack("ps").stdout)
        self.assertIn("stopped", self.stack("stop").stdout)

    def test_env_file_that_changed_is_noticed(self):
        self.write_env_file("THE_KEY=one\n")
        self.assertNotIn("was changed", self.up())
        later = time.time() + 10
        os.utime(self.folder / ".env", (later, later))
        self.assertIn("was changed after server", self.up())

    def test_up_again_changes_nothing(self):
        self.up()
        before = self.state()
        self.assertIn("already running", self.up())
        self.assertEqual(self.state(), before)

    def test_ps_shows_health_and_memory(self):
        self.assertIn("nothing runs; `make up` starts it", self.stack("ps").stdout)
        self.up()
        result = self.stack("ps")
        self.assertEqual(result.returncode, 0, result.stdout)
        server, client = result.stdout.splitlines()[1:3]
        self.assertRegex(server, rf"^server +healthy +{self.pid('server')} +.* 0 +[0-9.]+ MB$")
        self.assertRegex(client, r"^client +healthy ")

    def test_a_taken_port_is_named_with_its_holder_and_what_to_do(self):
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", self.web))
            holder.listen()
            result = self.stack("up")
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"port {self.web} (the web page, needed by server) is taken by process {os.getpid()}",
                      result.stderr)
        self.assertIn("STACK_PORT_WEB=NUMBER make up", result.stderr)
        self.assertEqual(self.processes(), [])

    def test_a_port_is_chosen_by_environment(self):
        other = free_port()
        result = self.stack("up", STACK_PORT_WEB=str(other))
        self.assertIn(f"http://localhost:{other}", result.stdout)
        result = self.stack("up", STACK_PORT_WEB="many")
        self.assertIn('STACK_PORT_WEB is "many"; write a port number', result.stderr)

    def test_a_killed_program_is_started_again(self):
        self.up()
        first = self.pid("client")
        os.kill(first, signal.SIGKILL)
        await_true(lambda: self.pid("client") not in (None, first), "a new client")
        self.assertIn("client killed by SIGKILL; starting again", self.log("client"))
        self.assertEqual(self.state()["programs"]["client"]["restarts"], 1)

    def test_a_program_that_keeps_dying_is_named_with_its_last_lines(self):
        (self.folder / "die-client").touch()
        self.up()  # the server answers; the client is dying meanwhile
        await_true(lambda: self.state()["programs"]["client"]["state"] == "failed", "the client given up")
        result = self.stack("ps")
        self.assertEqual(result.returncode, 1)
        self.assertIn("client exited with 7; its last lines", result.stdout)
        self.assertIn("client fell over", result.stdout)
        (self.folder / "die-client").unlink()
        self.up()
        await_true(lambda: self.state()["programs"]["client"]["state"] == "running", "the client back")

    def test_up_says_why_when_a_program_dies_before_it_is_ready(self):
        (self.folder / "die-server").touch()
        result = self.stack("up")
        self.assertEqual(result.returncode, 1)
        self.assertIn("server exited with 7", result.stderr)
        self.assertIn("server fell over", result.stderr)

    def test_programs_of_a_killed_supervisor_are_stopped(self):
        self.up()
        os.kill(self.state()["supervisor"]["pid"], signal.SIGKILL)
        self.assertEqual(len(self.processes()), 2)
        self.assertIn("the supervisor is gone", self.stack("ps").stdout)
        self.stack("stop")
        self.assertEqual(self.processes(), [])

    def test_logs_show_every_program_and_follow(self):
        self.up()
        with subprocess.Popen([sys.executable, HERE / "stack", "logs"], env=self.environment,
                              stdout=subprocess.PIPE, text=True) as process:
            lines = [process.stdout.readline(), process.stdout.readline()]
            with open(self.folder / "data/logs/client.log", "a") as log:
                log.write("something new\n")
            lines.append(process.stdout.readline())
            process.terminate()
        self.assertEqual(lines, ["server | server says hello\n", "client | client says hello\n",
                                 "client | something new\n"])
        self.assertIn("no program is named", self.stack("logs", "sever").stderr)

    def test_a_missing_binary_names_the_command_that_builds_it(self):
        table = self.folder / "stack.toml"
        table.write_text(table.read_text().replace(sys.executable, "{bin}/absent"))
        self.assertIn("absent is not built; run `make build`", self.stack("up").stderr)


class Rotation(unittest.TestCase):
    def test_a_long_log_is_cut_and_the_oldest_dropped(self):
        with tempfile.TemporaryDirectory() as folder:
            stack = Stack(Path(folder), [], "")
            stack.log_dir.mkdir()
            log = stack.log_of("x")
            for round_number in range(5):
                log.write_text(f"{round_number}" * 100)
                supervisor.LOG_BYTES = 100
                supervisor.Supervisor(stack).rotate_logs()
                self.assertEqual(log.stat().st_size, 0)
            kept = sorted(path.name for path in stack.log_dir.iterdir())
            self.assertEqual(kept, ["x.log", "x.log.1", "x.log.2", "x.log.3"])
            self.assertTrue((stack.log_dir / "x.log.1").read_text().startswith("4"))


if __name__ == "__main__":
    unittest.main()
