// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/load.h"

namespace orrery::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Loaded FromYaml(const std::string& yaml) {
  return Load({.yaml = yaml, .environment = {}, .flags = {}});
}
Loaded FromEnvironment(Environment environment) {
  return Load({.yaml = {}, .environment = std::move(environment), .flags = {}});
}
Loaded FromFlags(std::vector<std::string> flags) {
  return Load({.yaml = {}, .environment = {}, .flags = std::move(flags)});
}

TEST(ConfigTest, NothingGivenIsFine) {
  const Loaded loaded = Load({});
  EXPECT_THAT(loaded.problems, IsEmpty());
  EXPECT_EQ(loaded.config.data_dir, "./data");
  EXPECT_EQ(loaded.config.http_address.ToString(), "127.0.0.1:3000");
}

TEST(ConfigTest, EveryExampleIsTakenByEveryWay) {
  Config config;
  for (const Setting& setting : SettingsOf(config)) {
    const std::string& name = setting.name();
    EXPECT_THAT(FromYaml(name + ": '" + setting.example() + "'").problems, IsEmpty()) << name;
    EXPECT_THAT(FromEnvironment({{VariableOf(name), setting.example()}}).problems, IsEmpty());
    EXPECT_THAT(FromFlags({FlagOf(name), setting.example()}).problems, IsEmpty()) << name;
    EXPECT_FALSE(setting.help().empty()) << name;
  }
}

TEST(ConfigTest, NamesDifferInEveryForm) {
  Config config;
  std::set<std::string> variables, flags;
  for (const Setting& setting : SettingsOf(config)) {
    EXPECT_TRUE(variables.insert(VariableOf(setting.name())).second) << setting.name();
    EXPECT_TRUE(flags.insert(FlagOf(setting.name())).second) << setting.name();
  }
}

TEST(ConfigTest, FlagsWinOverEnvironmentOverFile) {
  const std::string yaml = "log:\n  level: debug\n  format: json\ndata_dir: /file\n";
  const Loaded loaded = Load({.yaml = yaml,
                              .environment = {{"ORRERY_LOG_LEVEL", "warn"},
                                              {"ORRERY_DATA_DIR", "/environment"},
                                              {"HOME", "/root"}},
                              .flags = {"--data-dir", "/flag"}});
  EXPECT_THAT(loaded.problems, IsEmpty());
  EXPECT_EQ(loaded.config.log_format, LogFormat::kJson);
  EXPECT_EQ(loaded.config.log_level, LogLevel::kWarn);
  EXPECT_EQ(loaded.config.data_dir, "/flag");
}

TEST(ConfigTest, NamesMayBeNestedOrDotted) {
  const Loaded loaded =
      FromYaml("traces:\n  wal.durability: fsync\ntraces.head:\n  max_spans: 5\n");
  EXPECT_THAT(loaded.problems, IsEmpty());
  EXPECT_EQ(loaded.config.traces.wal.durability, wal::Durability::kFsync);
  EXPECT_EQ(loaded.config.traces.head_spans, 5u);
}

TEST(ConfigTest, ListsAndMappingsInTheFileMayHoldCommas) {
  const Loaded loaded = FromYaml(
      "http.allowed_hosts: [a, b]\n"
      "pipeline:\n  add_resource_attributes:\n    team.names: x,y\n    zone: 1\n");
  EXPECT_THAT(loaded.problems, IsEmpty());
  EXPECT_EQ(loaded.config.allowed_hosts, (SettingList{"a", "b"}));
  EXPECT_EQ(loaded.config.add_resource_attributes,
            (SettingMap{{"team.names", "x,y"}, {"zone", "1"}}));
}

TEST(ConfigTest, AllProblemsAreToldAtOnceWithTheirLines) {
  const Loaded loaded = FromYaml(
      "data_dir: /d\n"
      "query:\n"
      "  timeout: 30\n"
      "trces:\n"
      "  wal:\n"
      "    durability: fsync\n"
      "admin:\n"
      "  adress: 127.0.0.1:1\n"
      "log: {level: loud}\n"
      "zebra: 1\n"
      "memory_limit: [1GiB]\n"
      "data_dir: /e\n");
  EXPECT_THAT(
      loaded.problems,
      ElementsAre("config line 12: data_dir is set a second time; the first is in config line 1",
                  "config line 3: query.timeout is \"30\", without a unit; write 30s or 30000ms",
                  "config line 6: trces.wal.durability is no setting; did you mean "
                  "traces.wal.durability?",
                  "config line 8: admin.adress is no setting; did you mean admin.address?",
                  "config line 9: log.level is \"loud\"; write debug, info, warn or error",
                  "config line 10: zebra is no setting; `orrery check-config --reference` lists "
                  "them all",
                  "config line 11: memory_limit is a list; write one size"));
}

TEST(ConfigTest, WhatIsNoYamlIsToldWithItsLine) {
  const Loaded loaded = FromYaml("data_dir: /d\nlog: {level: debug\n");
  ASSERT_EQ(loaded.problems.size(), 1u);
  EXPECT_THAT(loaded.problems[0], testing::StartsWith("config line 3: not YAML: "));
  EXPECT_THAT(FromYaml("- a\n- b\n").problems, testing::SizeIs(1));
  EXPECT_THAT(FromYaml("# nothing\n").problems, IsEmpty());
  EXPECT_THAT(FromYaml("log:\n").problems, testing::SizeIs(1));
}

TEST(ConfigTest, WrongVariablesAreTold) {
  EXPECT_THAT(FromEnvironment({{"ORRERY_LOG_LEVL", "warn"}}).problems,
              ElementsAre("environment: ORRERY_LOG_LEVL is no setting; did you mean "
                          "ORRERY_LOG_LEVEL?"));
  EXPECT_THAT(FromEnvironment({{"ORRERY_LOG_LEVEL", "loud"}}).problems,
              ElementsAre("environment: ORRERY_LOG_LEVEL is \"loud\"; write debug, info, warn or "
                          "error"));
  EXPECT_THAT(FromEnvironment({{"ORRERY_TRACS_CACHE_SIZE", "0"}}).problems, testing::SizeIs(1));
  EXPECT_THAT(FromEnvironment({{"ORRERY_TRACES_COLOUR", "blue"}}).problems, testing::SizeIs(1));
}

TEST(ConfigTest, VariablesOfOthersAreLeftAlone) {
  EXPECT_THAT(FromEnvironment({{"ORRERY_BIN_DIR", "/bin"},
                               {"ORRERY_SERVICE_HOST", "10.0.0.1"},
                               {"ORRERY_DEMO_LLM_PORT", "8002"},
                               {"ORRERY_PORT_4317_TCP", "tcp://10.0.0.1:4317"}})
                  .problems,
              IsEmpty());
}

TEST(ConfigTest, WrongFlagsAreTold) {
  EXPECT_THAT(FromFlags({"--data-dri", "/d"}).problems,
              ElementsAre("flags: --data-dri is no setting; did you mean --data-dir?"));
  EXPECT_THAT(FromFlags({"--data-dir"}).problems, ElementsAre("flags: --data-dir is empty"));
  EXPECT_THAT(FromFlags({"stray"}).problems,
              ElementsAre("flags: \"stray\" is no flag; write --name=value"));
}

TEST(ConfigTest, TwoListenersCannotShareAnAddress) {
  EXPECT_THAT(FromFlags({"--tempo.address=127.0.0.1:3000"}).problems,
              ElementsAre("config: http.address and tempo.address are both 127.0.0.1:3000; give "
                          "one of them another port"));
  EXPECT_THAT(FromFlags({"--tempo.address=0", "--http.address=0"}).problems, IsEmpty());
}

TEST(ConfigTest, WhatIsPrintedReadsBack) {
  Loaded loaded = FromFlags(
      {"--http.allowed-hosts=a,b", "--data-dir=/with space: and # it's", "--query.timeout=90s"});
  ASSERT_THAT(loaded.problems, IsEmpty());
  const std::string printed = PrintEffective(loaded.config);
  Loaded again = FromYaml(printed);
  EXPECT_THAT(again.problems, IsEmpty()) << printed;
  EXPECT_EQ(again.config.data_dir, loaded.config.data_dir);
  EXPECT_EQ(PrintEffective(again.config), printed);
}

TEST(ConfigTest, TheCommittedReferenceIsCurrent) {
  const std::string path = ORRERY_SOURCE_DIR "/docs/settings.md";
  if (std::getenv("ORRERY_CORPUS_REWRITE") != nullptr) std::ofstream(path) << Reference();
  std::ifstream file(path);
  std::stringstream committed;
  committed << file.rdbuf();
  EXPECT_EQ(committed.str(), Reference()) << "run `make docs`";
}

}  // namespace
}  // namespace orrery::config
