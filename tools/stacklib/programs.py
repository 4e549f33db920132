# SPDX-License-Identifier: Apache-2.0
"""The programs of the stack, read from stack.toml with ports and folders filled in."""
import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from . import env_file


@dataclass(frozen=True)
class Port:
    name: str
    number: int
    what: str

    @property
    def variable(self):
        return f"STACK_PORT_{self.name.upper()}"


@dataclass(frozen=True)
class Program:
    name: str
    command: list
    environment: dict
    ports: list
    ready: str | None
    private: dict = field(default_factory=dict, repr=False)  # variables that no other program may see


@dataclass(frozen=True)
class Stack:
    """Everything that `tools/stack` needs to know: where state lives, and what runs."""

    data: Path
    programs: list
    first_trace: str
    addresses: list = field(default_factory=list)
    env_file: Path | None = None
    private_names: frozenset = frozenset()  # of all programs
    remarks: list = field(default_factory=list)

    @property
    def run_dir(self):
        return self.data / "run"

    @property
    def log_dir(self):
        return self.data / "logs"

    @property
    def state_file(self):
        return self.run_dir / "stack.json"

    def log_of(self, name):
        return self.log_dir / f"{name}.log"

    def environment_of(self, program, inherited=os.environ):
        """What the program's process sees: of the private variables its own alone."""
        public = {k: v for k, v in inherited.items() if k not in self.private_names}
        return public | program.environment | program.private


class StackError(Exception):
    """Something the user can act on; the text says what."""


def load(table_path, root, environment=os.environ, with_private=True):
    """The stack; without private variables it can be stopped and shown whatever is in the .env file."""
    table = tomllib.loads(Path(table_path).read_text())
    ports = {}
    for name, entry in table["ports"].items():
        port = Port(name, entry["number"], entry["what"])
        text = environment.get(port.variable, str(port.number))
        if not text.isdigit() or not 0 < int(text) < 65536:
            raise StackError(f'{port.variable} is "{text}"; write a port number from 1 to 65535')
        ports[name] = Port(name, int(text), port.what)
    data = Path(environment.get("STACK_DATA", root / "data")).resolve()
    binaries = Path(environment.get("STACK_BIN", root / "build/release/bin")).resolve()
    words = {"bin": str(binaries), "data": str(data)} | {n: str(p.number) for n, p in ports.items()}
    private_names = frozenset(name for entry in table["programs"] for name in entry.get("private", []))
    path = Path(environment.get("STACK_ENV_FILE", root / ".env"))
    try:
        from_file = env_file.read(path) if with_private else {}
    except env_file.EnvFileError as error:
        raise StackError(str(error)) from None
    programs = [
        Program(
            name=entry["name"],
            command=[word.format(**words) for word in entry["command"]],
            environment={k: v.format(**words) for k, v in entry.get("environment", {}).items()},
            ports=[ports[name] for name in entry.get("ports", [])],
            ready=entry["ready"].format(**words) if "ready" in entry else None,
            private=env_file.choose(entry.get("private", []), from_file, environment),
        )
        for entry in table["programs"]
    ]
    given = {name for program in programs for name in program.private}
    remarks = [r["with"] if r["variable"] in given else r["without"] for r in table.get("remarks", [])]
    addresses = [(a["address"].format(**words), a["what"].format(**words)) for a in table["addresses"]]
    return Stack(data, programs, table["first_trace"]["url"].format(**words), addresses, path, private_names, remarks)
