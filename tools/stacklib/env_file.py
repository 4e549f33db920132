# SPDX-License-Identifier: Apache-2.0
"""The .env file: variables that are not for everybody, such as keys.

A line is NAME=VALUE, with `export` before it or not, and the value in quotes or not; `#` begins a comment line. Messages name
the line and never what stands in it.
"""
import difflib
import os
import re
from pathlib import Path

LINE = re.compile(r"""(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^"'\s]*))\s*(?:\s\#.*)?$""")


class EnvFileError(Exception):
    """Something the user can act on."""


def read(path):
    """Name -> (value, line number); {} if there is no file."""
    try:
        lines = Path(path).read_text().splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise EnvFileError(f"{path} can't be read: {getattr(error, 'strerror', None) or 'it is no text'}") from None
    found = {}
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = LINE.match(line)
        if not match:
            raise EnvFileError(f"{path} line {number} is no variable; write NAME=VALUE, with quotes around blanks")
        found[match[1]] = (next((v for v in match.groups()[1:] if v is not None), ""), number)
    return found


def notes(path, known):
    """What the user should know about the file: names that look mistyped, and readers beyond the owner."""
    out = []
    for name, (_, number) in read(path).items():
        near = difflib.get_close_matches(name, known, 1, 0.8) if name not in known else []
        if near:
            out.append(f"{path} line {number}: {name} is read by no program; did you mean {near[0]}?")
    if os.path.exists(path) and os.stat(path).st_mode & 0o077:
        out.append(f"{path} can be read by other users of this machine; chmod 600 {path}")
    return out


def choose(names, from_file, environment):
    """The values of `names`: the environment's, else the file's. An empty value is none."""
    values = {name: environment.get(name) or from_file.get(name, ("", 0))[0] for name in names}
    return {name: value for name, value in values.items() if value}
