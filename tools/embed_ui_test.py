# SPDX-License-Identifier: Apache-2.0
"""tools/embed_ui on a small page."""
import importlib.machinery
import importlib.util
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
loader = importlib.machinery.SourceFileLoader("embed_ui", str(HERE / "embed_ui"))
embed_ui = importlib.util.module_from_spec(importlib.util.spec_from_loader("embed_ui", loader))
loader.exec_module(embed_ui)


class Embed(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def test_files_are_sorted_with_their_forms(self):
        self.write("index.html", "<p>")
        self.write("assets/main.js", "let x")
        self.write("assets/main.js.br", "b")
        source = embed_ui.source_of(self.root)
        self.assertLess(source.index('{"/assets/main.js", "text/javascript; charset=utf-8"'),
                        source.index('{"/index.html", "text/html; charset=utf-8"'))
        self.assertIn("{orrery_ui_0, 5}, {}, {orrery_ui_1, 1}},", source)
        self.assertNotIn('"/assets/main.js.br"', source)

    def test_another_content_gives_another_source(self):
        self.write("index.html", "<p>")
        before = embed_ui.source_of(self.root)
        self.write("index.html", "<q>")
        self.assertNotEqual(before, embed_ui.source_of(self.root))

    def test_a_folder_without_index_is_refused(self):
        self.write("main.js", "")
        with self.assertRaises(SystemExit):
            embed_ui.source_of(self.root)


if __name__ == "__main__":
    unittest.main()
