# SPDX-License-Identifier: Apache-2.0
"""check_style on small trees, one rule each."""
import importlib.machinery
import importlib.util
import tempfile
import tomllib
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
loader = importlib.machinery.SourceFileLoader("check_style", str(HERE / "check_style"))
check_style = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_style", loader))
loader.exec_module(check_style)

REAL = dict(tomllib.loads((HERE / "style.toml").read_text()), exception=[])
HEAD = "// " + check_style.LICENCE + "\n"


class CheckStyle(unittest.TestCase):
    def violations(self, path, text, table=REAL):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            return check_style.violations(Path(folder), [path], table)

    def expect(self, path, text, *fragments):
        found = self.violations(path, text)
        self.assertEqual(len(found), len(fragments), found)
        for line, fragment in zip(found, fragments):
            self.assertIn(fragment, line)

    def test_a_clean_file_passes(self):
        self.expect("src/base/a.cc", HEAD + "int a = 1;\n")

    def test_a_missing_licence_line(self):
        self.expect("src/base/a.cc", "int a = 1;\n", "src/base/a.cc:1: no licence line")

    def test_the_licence_may_stand_below_the_interpreter_line(self):
        self.expect("tools/a", "#!/usr/bin/env bash\n# " + check_style.LICENCE + "\n")

    def test_a_header_without_pragma_once(self):
        self.expect("src/base/a.h", HEAD, "no #pragma once")

    def test_a_file_that_is_too_long(self):
        self.expect("src/base/a.h", HEAD + "#pragma once\n" * 400, "401 lines, more than 400")
        self.expect("src/base/a_test.cc", HEAD + "\n" * 1400)

    def test_a_conversion_that_throws(self):
        self.expect("src/base/a.cc", HEAD + "\nint a = std::sto" + "i(s);\n", "src/base/a.cc:3: \"std::stoi(\": throws")

    def test_the_environment_is_read_at_the_top_alone(self):
        line = HEAD + "auto a = std::gete" + "nv(\"A\");\n"
        self.expect("src/net/a.cc", line, "make it a setting")
        self.expect("src/config/a.cc", line)

    def test_hosts_of_registries_and_paths_of_one_machine(self):
        self.expect("README.md", "see https://registry.npm" + "js.org/x and /wo" + "rk/x\n",
                    "a path of one machine", "a registry's host")

    def test_lock_files_carry_no_addresses(self):
        self.expect("ui/package-lock.json", '{"reso' + 'lved": "x"}', "lock files carry no download addresses")

    def test_an_exception_needs_a_reason_and_a_need(self):
        table = dict(REAL, exception=[{"file": "src/a.h", "rule": "pragma", "reason": "included twice on purpose"}])
        self.assertEqual(self.violations("src/a.h", HEAD, table), [])
        self.assertIn("not needed any more", self.violations("src/a.h", HEAD + "#pragma once\n", table)[0])
        table["exception"][0]["reason"] = ""
        self.assertIn("has no reason", self.violations("src/a.h", HEAD, table)[0])


if __name__ == "__main__":
    unittest.main()
