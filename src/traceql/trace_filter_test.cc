// SPDX-License-Identifier: Apache-2.0
#include "traceql/trace_filter.h"

#include <string>

#include <gtest/gtest.h>

#include "traceql/parser.h"

namespace orrery::traceql {
namespace {

// a > b > c > d, a > e; f whose parent is missing > g. All names are one letter.
class TraceFilterTest : public testing::Test {
 protected:
  TraceFilterTest() {
    batch_.resources.emplace_back();
    batch_.scopes.emplace_back();
    Add("a", 1, 0);
    Add("b", 2, 1);
    Add("c", 3, 2);
    Add("d", 4, 3);
    Add("e", 5, 1);
    Add("f", 6, 99);
    Add("g", 7, 6);
  }

  void Add(std::string_view name, uint8_t id, uint8_t parent) {
    model::Span& span = batch_.spans.emplace_back();
    span.trace_id.bytes[0] = 1;
    span.span_id.bytes[7] = id;
    span.parent_span_id.bytes[7] = parent;
    span.name = name;
    span.start = span.end = 100;
  }

  std::string Left(std::string_view query, const TraceFilterOptions& options = {}) {
    const auto parsed = Parse(query);
    EXPECT_TRUE(parsed.ok()) << query;
    const auto left = FilterTrace(*parsed, batch_, options);
    if (!left.ok()) return std::string(left.status().message());
    std::string names;
    for (const uint32_t i : *left) names += batch_.spans[i].name;
    return names;
  }

  model::SpanBatch batch_;
};

TEST_F(TraceFilterTest, LeavesWhatMatches) {
  EXPECT_EQ(Left("{ }"), "abcdefg");
  EXPECT_EQ(Left(R"({ name = "c" || name = "g" })"), "cg");
  EXPECT_EQ(Left(R"({ name = "none" })"), "");
}

TEST_F(TraceFilterTest, DescendantsStayToADepth) {
  EXPECT_EQ(Left(R"({ name = "b" })", {.match_depth = 1}), "bc");
  EXPECT_EQ(Left(R"({ name = "b" })", {.match_depth = -1}), "bcd");
  EXPECT_EQ(Left(R"({ name = "f" })", {.match_depth = 5}), "fg");
}

TEST_F(TraceFilterTest, AncestorsStayWhenTheHierarchyIsKept) {
  EXPECT_EQ(Left(R"({ name = "d" })", {.ancestor_depth = 1}), "d");
  EXPECT_EQ(Left(R"({ name = "d" })", {.keep_hierarchy = true}), "abcd");
  EXPECT_EQ(Left(R"({ name = "d" })", {.keep_hierarchy = true, .ancestor_depth = 1}), "cd");
  EXPECT_EQ(Left(R"({ name = "c" })", {.keep_hierarchy = true, .match_depth = 1}), "abcd");
  EXPECT_EQ(Left(R"({ name = "g" })", {.keep_hierarchy = true}), "fg");
}

TEST_F(TraceFilterTest, AncestorsOfDescendantsAreNotAncestorsOfMatches) {
  EXPECT_EQ(Left(R"({ name = "a" })", {.keep_hierarchy = true, .match_depth = 1}), "abe");
}

TEST_F(TraceFilterTest, CyclesEnd) {
  Add("h", 8, 9);
  Add("i", 9, 8);
  EXPECT_EQ(Left(R"({ name = "h" })", {.keep_hierarchy = true, .match_depth = -1}), "hi");
}

TEST_F(TraceFilterTest, OtherQueriesAreRefused) {
  for (const char* query : {"{ } | count() > 1", "{ } >> { }", "{ } && { }", "{ } | rate()",
                            "count() > 1", "select(name)"}) {
    EXPECT_EQ(Left(query).substr(0, 28), "a trace by id is filtered by") << query;
  }
  for (const char* query : {"{ traceDuration > 1s }", "{ name = \"a\" && rootName = \"a\" }",
                            "{ !(trace:id = \"1\") }", "{ 1s < trace:duration }"}) {
    EXPECT_NE(Left(query).find("the same for all spans"), std::string::npos) << query;
  }
  EXPECT_NE(Left("{ name = 1 }").find("cannot be compared"), std::string::npos);
  EXPECT_NE(Left("{ 1 / (span:childCount - span:childCount) = 1 }").find("zero"),
            std::string::npos);
}

}  // namespace
}  // namespace orrery::traceql
