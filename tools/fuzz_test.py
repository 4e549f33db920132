# SPDX-License-Identifier: Apache-2.0
"""tools/fuzz with scripts in place of fuzz targets."""
import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
loader = importlib.machinery.SourceFileLoader("fuzz", str(HERE / "fuzz"))
fuzz = importlib.util.module_from_spec(importlib.util.spec_from_loader("fuzz", loader))
loader.exec_module(fuzz)


class FuzzDriver(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def target(self, name, script):
        file = self.root / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def test_a_clean_run_tells_how_many_inputs_it_tried(self):
        self.target("a_fuzz", 'echo "stat::number_of_executed_units: 1234"')
        self.assertEqual(fuzz.run(self.root, "a_fuzz", 1, self.root), ("a_fuzz", "1234 runs, clean", True))

    def test_a_run_without_inputs_is_no_success(self):
        self.target("a_fuzz", "exit 0")
        self.assertFalse(fuzz.run(self.root, "a_fuzz", 1, self.root)[2])

    def test_a_crash_names_its_input(self):
        self.target("a_fuzz", 'echo "SUMMARY: AddressSanitizer: heap-use-after-free"; '
                    'echo "Test unit written to /x/crash-1"; exit 77')
        _, line, clean = fuzz.run(self.root, "a_fuzz", 1, self.root)
        self.assertFalse(clean)
        self.assertIn("heap-use-after-free; input: /x/crash-1", line)

    def test_seeds_and_dictionary_are_handed_over(self):
        (self.root / "fuzz/seeds/a_fuzz").mkdir(parents=True)
        (self.root / "fuzz/a_fuzz.dict").touch()
        self.target("a_fuzz", f'echo "$@" > {self.root}/words')
        fuzz.run(self.root, "a_fuzz", 3, self.root)
        words = (self.root / "words").read_text()
        for word in ("-max_total_time=3", f"-dict={self.root}/fuzz/a_fuzz.dict", f"{self.root}/fuzz/seeds/a_fuzz"):
            self.assertIn(word, words)

    def test_an_unknown_name_lists_the_known_ones(self):
        self.target("a_fuzz", "exit 0")
        result = subprocess.run([sys.executable, HERE / "fuzz", "--binaries", self.root, "b"],
                                capture_output=True, text=True, env=os.environ)
        self.assertEqual(result.returncode, 1)
        self.assertIn('no target is named "b"; there are: a_fuzz', result.stderr)


if __name__ == "__main__":
    unittest.main()
