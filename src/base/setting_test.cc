// SPDX-License-Identifier: Apache-2.0
#include "base/setting.h"

#include <gtest/gtest.h>

#include "base/nearest.h"
#include "base/units.h"

namespace orrery {
namespace {

std::string Message(const Status& status) { return std::string(status.message()); }

TEST(UnitsTest, SizesAreReadAndPrinted) {
  EXPECT_EQ(*ParseSize("64MiB"), 64u << 20);
  EXPECT_EQ(*ParseSize("1.5 GB"), 1'500'000'000u);
  EXPECT_EQ(*ParseSize("10kib"), 10240u);
  EXPECT_EQ(*ParseSize("0"), 0u);
  for (const char* text : {"0", "1B", "17B", "64MiB", "50GB", "1TiB", "1500B"}) {
    const uint64_t bytes = *ParseSize(text);
    EXPECT_EQ(*ParseSize(FormatSize(bytes)), bytes) << text;
  }
  EXPECT_EQ(FormatSize(uint64_t{64} << 20), "64MiB");
  EXPECT_EQ(FormatSize(50'000'000'000), "50GB");
}

TEST(UnitsTest, WrongSizesSayWhatToWrite) {
  EXPECT_EQ(Message(ParseSize("64").status()), "is \"64\", without a unit; write 64MiB or 64B");
  EXPECT_FALSE(ParseSize("").ok());
  EXPECT_FALSE(ParseSize("MiB").ok());
  EXPECT_FALSE(ParseSize("-1MiB").ok());
  EXPECT_FALSE(ParseSize("1MiBs").ok());
  EXPECT_FALSE(ParseSize("99999999TiB").ok());
}

TEST(UnitsTest, DurationsAreReadAndPrinted) {
  EXPECT_EQ(*ParseDuration("1h30m"), 5400 * 1'000'000'000ull);
  EXPECT_EQ(*ParseDuration("1.5s"), 1'500'000'000u);
  EXPECT_EQ(*ParseDuration("2w"), *ParseDuration("14d"));
  EXPECT_EQ(FormatDuration(*ParseDuration("90s")), "1m30s");
  EXPECT_EQ(FormatDuration(*ParseDuration("15d")), "15d");
  EXPECT_EQ(FormatDuration(250'000'000), "250ms");
}

TEST(UnitsTest, WrongDurationsSayWhatToWrite) {
  EXPECT_EQ(Message(ParseDuration("30", "d").status()),
            "is \"30\", without a unit; write 30d or 720h");
  EXPECT_FALSE(ParseDuration("").ok());
  EXPECT_FALSE(ParseDuration("1x").ok());
  EXPECT_FALSE(ParseDuration("1h 30m").ok());
  EXPECT_FALSE(ParseDuration("400000d").ok());
}

TEST(NearestTest, FindsWhatWasMeant) {
  const std::string_view names[] = {"data_dir", "log.level", "log.format"};
  EXPECT_EQ(Nearest("datadir", names), "data_dir");
  EXPECT_EQ(Nearest("log.leevl", names), "log.level");
  EXPECT_EQ(Nearest("colour", names), "");
}

TEST(SettingTest, KnowsItsDefaultAndTakesANewValue) {
  uint64_t bytes = 64 << 20;
  Setting setting =
      Setting::Size({.name = "a.b", .help = "H.", .example = "1GiB"}, &bytes, 1 << 20, 1 << 30);
  EXPECT_EQ(setting.default_text(), "64MiB");
  EXPECT_EQ(setting.bounds(), "1MiB to 1GiB");
  EXPECT_TRUE(setting.Set("128MiB").ok());
  EXPECT_EQ(bytes, 128u << 20);
  EXPECT_EQ(setting.Value(), "128MiB");
  EXPECT_EQ(Message(setting.Set("1kB")), "is 1kB, below the least, 1MiB");
  EXPECT_EQ(Message(setting.Set("2GiB")), "is 2GiB, above the most, 1GiB");
  EXPECT_EQ(bytes, 128u << 20);
}

TEST(SettingTest, SecretsAreNotShown) {
  std::string key;
  Setting setting =
      Setting::Text({.name = "key", .help = "A key.", .example = "abc", .is_secret = true}, &key);
  EXPECT_EQ(setting.PublicValue(), "");
  ASSERT_TRUE(setting.Set("s3cret").ok());
  EXPECT_EQ(setting.PublicValue(), "(hidden)");
  EXPECT_EQ(setting.Value(), "s3cret");
}

TEST(SettingTest, DurationProposesTheUnitOfItsExample) {
  uint64_t nanos = 0;
  Setting setting =
      Setting::Duration({.name = "r", .help = "", .example = "15d"}, &nanos, 0, UINT64_MAX / 2);
  EXPECT_EQ(Message(setting.Set("30")), "is \"30\", without a unit; write 30d or 720h");
}

TEST(SettingTest, ChoiceNamesTheChoices) {
  enum class Fruit { kApple, kPear, kPlum } fruit = Fruit::kPear;
  Setting setting = Setting::Choice<Fruit>(
      {.name = "f", .help = "", .example = "plum"}, &fruit,
      {{"apple", Fruit::kApple}, {"pear", Fruit::kPear}, {"plum", Fruit::kPlum}});
  EXPECT_EQ(setting.default_text(), "pear");
  EXPECT_TRUE(setting.Set("plum").ok());
  EXPECT_EQ(fruit, Fruit::kPlum);
  EXPECT_EQ(Message(setting.Set("Plum")), "is \"Plum\"; write apple, pear or plum");
}

TEST(SettingTest, AddressesOfBothFamilies) {
  Address address;
  Setting setting = Setting::Listen({.name = "a", .help = "", .example = ""}, &address);
  EXPECT_TRUE(setting.Set("0.0.0.0:80").ok());
  EXPECT_EQ(address, (Address{"0.0.0.0", 80}));
  EXPECT_TRUE(setting.Set("[::1]:81").ok());
  EXPECT_EQ(setting.Value(), "[::1]:81");
  EXPECT_TRUE(setting.Set("82").ok());
  EXPECT_EQ(setting.Value(), "127.0.0.1:82");
  EXPECT_TRUE(setting.Set("localhost:83").ok());
  EXPECT_EQ(setting.Value(), "127.0.0.1:83");
  for (const char* text : {"", "::1:80", "1.2.3.4:70000", "1.2.3.4:", "example.com:80", "x"}) {
    EXPECT_FALSE(setting.Set(text).ok()) << text;
  }
}

TEST(SettingTest, ListsAndMapsInOneLine) {
  SettingList list;
  Setting names = Setting::List({.name = "l", .help = "", .example = ""}, &list);
  EXPECT_TRUE(names.Set("a, b").ok());
  EXPECT_EQ(list, (SettingList{"a", "b"}));
  EXPECT_FALSE(names.Set("a,,b").ok());
  SettingMap map;
  Setting pairs = Setting::Map({.name = "m", .help = "", .example = ""}, &map);
  EXPECT_TRUE(pairs.Set("k=v,deployment=a=b").ok());
  EXPECT_EQ(map, (SettingMap{{"k", "v"}, {"deployment", "a=b"}}));
  EXPECT_FALSE(pairs.Set("k").ok());
  EXPECT_TRUE(pairs.Set("").ok());
  EXPECT_TRUE(map.empty());
}

}  // namespace
}  // namespace orrery
