// SPDX-License-Identifier: Apache-2.0
#include "demo/common/flags.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace demo {
namespace {

class FlagsTest : public testing::Test {
 protected:
  ~FlagsTest() override { unsetenv("ORRERY_FLAGS_TEST_LLM_URL"); }

  std::optional<int> Parse(std::vector<std::string> words) {
    words.insert(words.begin(), "program");
    std::vector<char*> argv;
    argv.reserve(words.size());
    for (std::string& word : words) argv.push_back(word.data());
    Flags flags("A test.", "ORRERY_FLAGS_TEST");
    flags.AddText("llm-url", "text", &url_);
    flags.AddNumber("port", "number", 0, 65535, &port_);
    return flags.Parse(static_cast<int>(argv.size()), argv.data());
  }

  std::string MistakeOf(std::vector<std::string> words) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(Parse(std::move(words)), 2);
    return testing::internal::GetCapturedStderr();
  }

  std::string url_ = "default";
  double port_ = 1;
};

TEST_F(FlagsTest, BothSpellingsSetTheTarget) {
  EXPECT_EQ(Parse({"--llm-url", "a", "--port=8080"}), std::nullopt);
  EXPECT_EQ(url_, "a");
  EXPECT_EQ(port_, 8080);
}

TEST_F(FlagsTest, CommandLineWinsOverEnvironment) {
  setenv("ORRERY_FLAGS_TEST_LLM_URL", "from-environment", 1);
  EXPECT_EQ(Parse({}), std::nullopt);
  EXPECT_EQ(url_, "from-environment");
  EXPECT_EQ(Parse({"--llm-url=from-flag"}), std::nullopt);
  EXPECT_EQ(url_, "from-flag");
}

TEST_F(FlagsTest, MistakesSayWhatToWrite) {
  EXPECT_EQ(MistakeOf({"--port=x"}), "program: --port is \"x\"; write a number from 0 to 65535\n");
  EXPECT_EQ(MistakeOf({"--port=70000"}),
            "program: --port is \"70000\"; write a number from 0 to 65535\n");
  EXPECT_EQ(MistakeOf({"--port"}), "program: --port has no value; write --port=VALUE\n");
  EXPECT_EQ(MistakeOf({"--prot=1"}),
            "program: unknown argument \"--prot=1\"; --help lists the flags\n");
}

}  // namespace
}  // namespace demo
