// SPDX-License-Identifier: Apache-2.0
#include "promql/testing/script.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace orrery::promql {
namespace {

namespace fs = std::filesystem;

std::string ReadFile(const fs::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Runs each script of a folder; how many cases there were.
int RunFolder(const fs::path& folder, const EngineOptions& options) {
  std::set<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".test") files.insert(entry.path());
  }
  int cases = 0;
  for (const fs::path& file : files) {
    const ScriptOutcome outcome = RunScript(file.filename(), ReadFile(file), options);
    cases += outcome.cases;
    std::printf("%s: %d cases, %zu failed, %d commands skipped\n", file.filename().c_str(),
                outcome.cases, outcome.failures.size(), outcome.skipped);
    for (const std::string& failure : outcome.failures) ADD_FAILURE() << failure;
  }
  return cases;
}

TEST(Script, OurCorpusHolds) {
  const int cases = RunFolder(fs::path(ORRERY_SOURCE_DIR) / "src/promql/testdata",
                              {.experimental_functions = true});
  EXPECT_GT(cases, 40);
}

// Prometheus' own scripts, where a folder with them is named.
TEST(Script, PrometheusScriptsHold) {
  const char* folder = std::getenv("ORRERY_PROMQL_SCRIPTS");
  if (folder == nullptr) GTEST_SKIP() << "ORRERY_PROMQL_SCRIPTS names no folder";
  const int cases =
      RunFolder(folder, {.experimental_functions = true, .delayed_name_removal = true});
  EXPECT_GT(cases, 100);
}

}  // namespace
}  // namespace orrery::promql
