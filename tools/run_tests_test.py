# SPDX-License-Identifier: Apache-2.0
"""run_tests reads the counts of the test programs that we use."""
import importlib.machinery
import importlib.util
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
loader = importlib.machinery.SourceFileLoader("run_tests", str(HERE / "run_tests"))
run_tests = importlib.util.module_from_spec(importlib.util.spec_from_loader("run_tests", loader))
loader.exec_module(run_tests)


class CountCases(unittest.TestCase):
    def expect(self, output, succeeded, passed, failed, skipped=0):
        self.assertEqual(run_tests.count_cases(output, succeeded), (passed, failed, skipped))

    def test_googletest(self):
        self.expect("[==========] 4 tests from 1 suite ran.\n[  PASSED  ] 3 tests.\n"
                    "[  FAILED  ] 1 test, listed below:\n[  FAILED  ] A.B\n", False, 3, 1)

    def test_unittest(self):
        self.expect("Ran 12 tests in 3.2s\n\nFAILED (failures=1, errors=2, skipped=1)\n", False, 8, 3, 1)

    def test_vitest_in_colour(self):
        self.expect("\x1b[2m      Tests \x1b[22m 1 failed | 41 passed (42)\n", False, 41, 1)

    def test_vitest_in_colour_as_ctest_reports_it(self):
        esc = "[NON-XML-CHAR-0x1B]"
        self.expect(f"{esc}[2m      Tests {esc}[22m {esc}[32m128 passed{esc}[39m{esc}[90m (128){esc}[39m\n", True, 128, 0)

    def test_node_test(self):
        self.expect("ℹ tests 6\nℹ pass 5\nℹ fail 0\nℹ skipped 1\n", True, 5, 0, 1)
        self.expect("# pass 5\n# fail 1\n", False, 5, 1)

    def test_a_program_without_counts_is_one_case(self):
        self.expect("fine\n", True, 1, 0)

    def test_a_crash_after_good_cases_is_a_failure(self):
        self.expect("[==========] Running 4 tests\n", False, 0, 1)

    def test_a_report_is_summed_and_what_failed_is_named(self):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as report:
            report.write('<testsuite><testcase name="a" status="run"><system-out>Ran 2 tests in 1s</system-out>'
                         '</testcase><testcase name="b" status="fail"><system-out>x</system-out></testcase>'
                         '<testcase name="c" status="notrun"/><testcase name="d" status="disabled"/></testsuite>')
            report.flush()
            self.assertEqual(run_tests.summary(report.name), ([2, 2, 0], ["b", "c"]))


if __name__ == "__main__":
    unittest.main()
