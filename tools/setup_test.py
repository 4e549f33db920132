# SPDX-License-Identifier: Apache-2.0
"""The parts of tools/setup that can be tried without installing anything."""
import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent


def call(script, **environment):
    return subprocess.run(["bash", "-c", f'. "{HERE}/setup"; {script}'], capture_output=True, text=True,
                          env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environment})


class Sources(unittest.TestCase):
    """The backports source takes mirror and keyring from what apt already uses."""

    def source(self, file, text):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "sources.list.d").mkdir()
            (Path(folder) / file).write_text(text)
            result = call("source_like bookworm bookworm-backports", ORRERY_APT_DIR=folder)
        return result.stdout if result.returncode == 0 else None

    def one_line(self, text):
        return self.source("sources.list", text)

    def deb822(self, text):
        return self.source("sources.list.d/debian.sources", text)

    def test_one_line_format(self):
        self.assertEqual(
            self.one_line("# a comment\ndeb-src http://m.example/d bookworm main\n"
                        "deb http://m.example/s bookworm-security main\ndeb http://m.example/d bookworm main\n"),
            "Types: deb\nURIs: http://m.example/d\nSuites: bookworm-backports\nComponents: main\n")

    def test_one_line_format_with_options(self):
        self.assertEqual(
            self.one_line("deb [arch=amd64 signed-by=/k.gpg] http://m.example/d bookworm main contrib\n"),
            "Types: deb\nURIs: http://m.example/d\nSuites: bookworm-backports\nComponents: main\nSigned-By: /k.gpg\n")

    def test_paragraph_format(self):
        text = ("Types: deb\nURIs: http://m.example/sec\nSuites: bookworm-security\nComponents: main\n\n"
                "Types: deb deb-src\n# note\nURIs: http://m.example/d\nSuites: bookworm bookworm-updates\n"
                "Components: main\nSigned-By: /k.gpg\n")
        self.assertEqual(
            self.deb822(text),
            "Types: deb\nURIs: http://m.example/d\nSuites: bookworm-backports\nComponents: main\nSigned-By: /k.gpg\n")

    def test_paragraph_format_with_the_key_inside(self):
        text = ("Types: deb\nURIs: http://m.example/d\nSuites: bookworm\nComponents: main\nSigned-By:\n"
                " -----BEGIN\n .\n abc\n -----END\n")
        self.assertEqual(
            self.deb822(text), "Types: deb\nURIs: http://m.example/d\nSuites: bookworm-backports\nComponents: main\n"
            "Signed-By:\n -----BEGIN\n .\n abc\n -----END\n")

    def test_a_disabled_paragraph_does_not_count(self):
        self.assertIsNone(self.deb822("Enabled: no\nTypes: deb\nURIs: http://m.example/d\nSuites: bookworm\n"))

    def test_no_source_for_the_suite(self):
        self.assertIsNone(self.one_line("deb http://m.example/d trixie main\n"))


class Packages(unittest.TestCase):
    def test_what_is_installed_is_not_missing(self):
        self.assertEqual(call("missing bash no-such-package-here").stdout, "no-such-package-here\n")

    def test_every_group_contains_what_the_build_needs(self):
        for group in ("up", "test", "bench", "check", "fuzz", "interop", "all"):
            self.assertIn("opentelemetry-cpp-dev", call(f"packages_of {group}").stdout.split(), group)

    def test_an_unknown_group_prints_the_usage(self):
        result = call("main nonsense")
        self.assertEqual(result.returncode, 2)
        self.assertIn("usage: tools/setup", result.stderr)


class Node(unittest.TestCase):
    def version_is_new_enough(self, version):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "node"
            program.write_text(f"#!/bin/sh\necho v{version}\n")
            program.chmod(0o755)
            return call(f"new_enough {program}").returncode == 0

    def test_versions_are_compared_as_numbers(self):
        self.assertFalse(self.version_is_new_enough("18.20.4"))
        self.assertFalse(self.version_is_new_enough("20.9.0"))
        self.assertTrue(self.version_is_new_enough("20.19.0"))
        self.assertTrue(self.version_is_new_enough("22.1.0"))


if __name__ == "__main__":
    unittest.main()
