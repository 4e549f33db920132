// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "traceql/testing/corpus_run.h"
#include "traceql/testing/corpus_text.h"

// Plays every file of src/traceql/testdata under every configuration of tests/configs.
//
//   ORRERY_CORPUS_REWRITE=1      writes what came out over what was expected; look at the diff
//   ORRERY_CORPUS_ONLY=FILE:LINE checks one case alone (what stands before it is played, too)

namespace orrery::traceql {
namespace {

constexpr std::string_view kDefaultConfig = "head_only";

std::vector<std::string> Files(const std::string& folder, const std::string& extension) {
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(ORRERY_SOURCE_DIR) + "/" + folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string StemOf(const std::string& path) { return std::filesystem::path(path).stem().string(); }

void Rewrite(const CorpusFile& file, const std::map<size_t, std::pair<size_t, std::string>>& all) {
  std::ofstream out(file.path);
  size_t line = 0;
  for (const auto& [begin, end_and_text] : all) {
    for (; line < begin; ++line) out << file.lines[line] << "\n";
    out << end_and_text.second;
    line = end_and_text.first;
  }
  for (; line < file.lines.size(); ++line) out << file.lines[line] << "\n";
}

class Corpus : public testing::Test {
 public:
  Corpus(std::string path, std::string config_path)
      : path_(std::move(path)), config_path_(std::move(config_path)) {}

  void TestBody() override {
    const auto file = ReadCorpus(path_);
    ASSERT_TRUE(file.ok()) << file.status().ToString();
    const auto config = ReadCorpusConfig(config_path_);
    ASSERT_TRUE(config.ok()) << config.status().ToString();
    const bool rewrite = std::getenv("ORRERY_CORPUS_REWRITE") != nullptr;
    if (rewrite && config->name != kDefaultConfig) GTEST_SKIP() << "written by " << kDefaultConfig;

    std::map<size_t, std::pair<size_t, std::string>> rewritten;
    size_t asked = 0;
    const auto report = [&](const CorpusCase& one, const std::string& actual) {
      ++asked;
      rewritten.try_emplace(one.expected_begin, one.expected_end, actual);
      if (!rewrite) Compare(one, actual);
    };
    const Status status = CorpusRun(*file, *config, report).Run();
    EXPECT_TRUE(status.ok()) << status.ToString();
    EXPECT_GT(asked, 0u) << path_ << " asks nothing";
    if (rewrite) Rewrite(*file, rewritten);
  }

 private:
  void Compare(const CorpusCase& one, const std::string& actual) const {
    const std::string place =
        std::filesystem::path(path_).filename().string() + ":" + std::to_string(one.line);
    const char* only = std::getenv("ORRERY_CORPUS_ONLY");
    if (only != nullptr && place != only) return;
    if (actual == one.expected) return;
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    ADD_FAILURE_AT(path_.c_str(), static_cast<int>(one.line))
        << one.command << " " << one.text << "\n"
        << DiffText(one.expected, actual) << "again: ORRERY_CORPUS_ONLY=" << place
        << " orrery_corpus_test --gtest_filter=" << info->test_suite_name() << "." << info->name();
  }

  const std::string path_;
  const std::string config_path_;
};

void RegisterAll() {
  for (const std::string& config : Files("tests/configs", ".cfg")) {
    for (const std::string& file : Files("src/traceql/testdata", ".tqt")) {
      testing::RegisterTest(("Corpus_" + StemOf(config)).c_str(), StemOf(file).c_str(), nullptr,
                            nullptr, __FILE__, __LINE__,
                            [=]() -> testing::Test* { return new Corpus(file, config); });
    }
  }
}

}  // namespace
}  // namespace orrery::traceql

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  orrery::traceql::RegisterAll();
  return RUN_ALL_TESTS();
}
