# SPDX-License-Identifier: Apache-2.0
"""check_layers on small trees, one rule each."""
import importlib.machinery
import importlib.util
import tempfile
import tomllib
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
loader = importlib.machinery.SourceFileLoader("check_layers", str(HERE / "check_layers"))
check_layers = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_layers", loader))
loader.exec_module(check_layers)

TABLE = """
[headers]
boost = ["boost/"]
boost-unordered = ["boost/unordered/"]
gtest = ["gtest/"]
[policy]
source_only = ["boost"]
test_headers = ["gtest"]
test_rooms = ["fs"]
[rooms.base]
rooms = []
headers = ["boost-unordered"]
[rooms.fs]
rooms = ["base"]
headers = []
[rooms."storage/wal"]
rooms = ["fs", "base"]
headers = []
[rooms.net]
rooms = ["base"]
headers = ["boost"]
[rooms.config]
rooms = ["base"]
options_of = ["storage/wal"]
headers = []
[folders.demo]
rooms = []
headers = []
[page]
root = "ui/src"
[page.folders]
base = []
api = ["base"]
features = ["api", "base"]
app = ["features", "api", "base"]
[page.forbidden_packages]
base = ["react"]
"""


class CheckLayers(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.TemporaryDirectory()
        self.addCleanup(self.dir.cleanup)
        self.root = Path(self.dir.name)

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def check(self, table=TABLE):
        return check_layers.violations(self.root, tomllib.loads(table))

    def expect(self, *fragments):
        found = self.check()
        self.assertEqual(len(found), len(fragments), found)
        for line, fragment in zip(found, fragments):
            self.assertIn(fragment, line)

    def test_downward_includes_pass(self):
        self.write("src/storage/wal/log.cc", '#include "fs/file.h"\n#include "base/status.h"\n#include <vector>\n')
        self.expect()

    def test_upward_include_is_named_with_line_and_what_is_allowed(self):
        self.write("src/base/a.cc", '\n#include "storage/wal/log.h"\n')
        self.expect("src/base/a.cc:2: base may not include storage/wal (it may: nothing)")

    def test_third_party_header_of_another_room(self):
        self.write("src/fs/a.cc", "#include <boost/asio.hpp>\n")
        self.expect("src/fs/a.cc:1: fs may not include boost headers")

    def test_the_longest_family_wins(self):
        self.write("src/base/a.h", "#include <boost/unordered/unordered_flat_map.hpp>\n")
        self.expect()

    def test_heavy_headers_stay_out_of_headers(self):
        self.write("src/net/a.cc", "#include <boost/asio.hpp>\n")
        self.write("src/net/a.h", "#include <boost/asio.hpp>\n")
        self.expect("src/net/a.h:1: boost headers are slow")

    def test_unknown_third_party_header(self):
        self.write("src/base/a.cc", "#include <mystery/lib.h>\n")
        self.expect("belongs to no family")

    def test_tests_may_use_test_rooms_and_test_headers(self):
        self.write("src/base/a_test.cc", '#include <gtest/gtest.h>\n#include "fs/file.h"\n')
        self.write("src/base/a.cc", "#include <gtest/gtest.h>\n")
        self.expect("src/base/a.cc:1: base may not include gtest")

    def test_config_reads_options_alone(self):
        self.write("src/config/a.cc", '#include "storage/wal/options.h"\n#include "storage/wal/log.h"\n')
        self.expect("src/config/a.cc:2: config may include options.h of storage/wal")

    def test_the_demo_shares_no_code_with_the_engine(self):
        self.write("demo/a.cc", '#include "base/status.h"\n#include "demo/common/b.h"\n')
        self.expect("demo/a.cc:1: demo may not include base")

    def test_cmake_dependency_upward(self):
        self.write("src/fs/CMakeLists.txt", "orrery_room(fs\n  SOURCES a.cc  # storage/wal\n  DEPS base net)\n")
        self.expect("src/fs/CMakeLists.txt:1: fs may not depend on net")

    def test_a_folder_without_a_room(self):
        self.write("src/odd/a.cc", "")
        self.expect("src/odd/a.cc:1: this folder is no room")

    def test_features_do_not_import_each_other(self):
        self.write("ui/src/features/trace/a.tsx", 'import { b } from "../explore/b";\nimport { c } from "../../api/c";\n')
        self.expect("ui/src/features/trace/a.tsx:1: a feature may not import another (explore)")

    def test_page_imports_point_downwards(self):
        self.write("ui/src/base/a.ts", 'import type { T } from "../api/t";\nimport React from "react";\n')
        self.expect("a.ts:1: base may not import api", "a.ts:2: base may not import react")

    def test_page_imports_by_its_alias_are_judged_alike(self):
        self.write("ui/src/api/a.ts", 'import { x } from "~/base/x";\nimport { y } from "~/features/y/y";\n')
        self.expect("ui/src/api/a.ts:2: api may not import features")

    def test_debt_silences_one_include_and_must_be_needed(self):
        self.write("src/base/a.cc", '#include "fs/file.h"\n')
        debt = TABLE + '\n[[debt]]\nfile = "src/base/a.cc"\ninclude = "fs/file.h"\nreason = "until it moves"\n'
        self.assertEqual(self.check(debt), [])
        self.write("src/base/a.cc", "")
        self.assertIn("is paid", self.check(debt)[0])

    def test_the_table_itself_must_point_downwards(self):
        upside_down = TABLE.replace('[rooms.base]\nrooms = []', '[rooms.base]\nrooms = ["fs"]')
        self.assertIn("base may include fs, which stands below", self.check(upside_down)[0])

    def test_the_real_table_is_sound(self):
        table = tomllib.loads((HERE / "layers.toml").read_text())
        self.assertEqual(list(check_layers.Layers(table).table_errors()), [])


if __name__ == "__main__":
    unittest.main()
