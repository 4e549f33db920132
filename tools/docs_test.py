# SPDX-License-Identifier: Apache-2.0
"""tools/docs on small trees."""
import importlib.machinery
import importlib.util
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
loader = importlib.machinery.SourceFileLoader("docs", str(HERE / "docs"))
docs = importlib.util.module_from_spec(importlib.util.spec_from_loader("docs", loader))
loader.exec_module(docs)


class Documents(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for path in ("src/base/status.h", "docs/hacking.md", "tools/setup"):
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).touch()

    def check(self, text, at="docs/page.md"):
        (self.root / at).parent.mkdir(parents=True, exist_ok=True)
        (self.root / at).write_text(text)
        return list(docs.violations(self.root))

    def test_what_exists_passes(self):
        self.assertEqual(self.check("[a](hacking.md#top) `src/base/status.h` `tools/setup all` `src/base/`\n"), [])

    def test_a_dead_link_is_named_with_its_line(self):
        self.assertEqual(self.check("\n[a](gone.md)\n"), ["docs/page.md:2: gone.md does not exist"])

    def test_a_path_in_code_must_exist(self):
        self.assertEqual(self.check("`src/gone/a.h`"), ["docs/page.md:1: src/gone/a.h does not exist"])

    def test_patterns_addresses_and_fenced_examples_are_left_out(self):
        self.assertEqual(self.check("`src/*/a.h` `docs/adr/NNNN-title.md` [x](https://a.example/b)\n"
                                    "```\n`src/gone/a.h`\n```\n"), [])

    def test_a_path_may_be_relative_to_the_document(self):
        (self.root / "demo/docs").mkdir(parents=True)
        (self.root / "demo/docs/a.md").touch()
        self.assertEqual(self.check("`docs/a.md`", at="demo/README.md"), [])


if __name__ == "__main__":
    unittest.main()
