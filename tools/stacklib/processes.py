# SPDX-License-Identifier: Apache-2.0
"""What /proc knows about processes and ports."""
import os
import socket
from pathlib import Path


def start_ticks(pid):
    """When `pid` was started, in clock ticks since boot; None if it is gone or a zombie.

    A pid together with its start is unique, so that a recycled pid is never taken for ours."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else int(fields[19])


def is_alive(pid, ticks):
    return pid is not None and start_ticks(pid) == ticks


def resident_bytes(pid):
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return None


def port_is_taken(number):
    """Whether somebody listens on `number` where a server on 127.0.0.1 would."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
            probe.listen(1)
        except OSError:
            return True
    return False


def _listening_inodes(number):
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            lines = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == number:
                inodes.add(f"socket:[{fields[9]}]")
    return inodes


def holder_of_port(number):
    """(pid, command) of the process that listens on `number`, or None if it can't be seen."""
    inodes = _listening_inodes(number)
    for entry in os.listdir("/proc") if inodes else ():
        if not entry.isdigit():
            continue
        try:
            held = any(os.readlink(fd.path) in inodes for fd in os.scandir(f"/proc/{entry}/fd"))
            if held:
                command = Path(f"/proc/{entry}/cmdline").read_bytes().replace(b"\0", b" ")
                return int(entry), command.decode(errors="replace").strip()
        except OSError:
            continue
    return None
