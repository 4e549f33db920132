// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp_traces_encode.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "model/span_batch_testing.h"
#include "wire/otlp_traces_decode.h"
#include "wire/span_groups.h"

namespace orrery::wire {
namespace {

using model::SpanBatch;

// Decodes, and compares each span with the one of the same id in `batch`, whose ids are unique.
void ExpectSameSpans(const SpanBatch& batch, const std::string& otlp) {
  const auto decoded = DecodeOtlpTraces(std::make_shared<const std::string>(otlp));
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  ASSERT_EQ(decoded->counts.refused(), 0u);
  ASSERT_EQ(decoded->batch.spans.size(), batch.spans.size());
  for (size_t i = 0; i < decoded->batch.spans.size(); ++i) {
    const auto same_id = [&](const model::Span& span) {
      return span.span_id == decoded->batch.spans[i].span_id;
    };
    const auto found = std::find_if(batch.spans.begin(), batch.spans.end(), same_id);
    ASSERT_NE(found, batch.spans.end());
    EXPECT_TRUE(
        SameSpan(batch, static_cast<size_t>(found - batch.spans.begin()), decoded->batch, i))
        << "span " << i;
  }
}

TEST(EncodeOtlpTraces, DecodingGivesTheSpansBack) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const SpanBatch batch = model::RandomBatch(seed, {.odd_text = seed % 2 == 0});
    ExpectSameSpans(batch, EncodeOtlpTraces(batch));
  }
}

TEST(EncodeOtlpTraces, EncodingTwiceGivesTheSameBytes) {
  const SpanBatch batch = model::RandomBatch(3);
  const std::string first = EncodeOtlpTraces(batch);
  const auto decoded = DecodeOtlpTraces(std::make_shared<const std::string>(first));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(EncodeOtlpTraces(decoded->batch), first);
}

TEST(EncodeOtlpTraces, WritesEmptyResourceScopeStatusAndValue) {
  SpanBatch batch;
  batch.resources.emplace_back();
  batch.scopes.emplace_back();
  batch.attributes.emplace_back();
  model::Span& span = batch.spans.emplace_back();
  span.trace_id.bytes[0] = 1;
  span.span_id.bytes[0] = 2;
  span.start = span.end = 1;
  span.attributes = {0, 1};
  const std::string bytes = EncodeOtlpTraces(batch);
  // resource_spans of 60 bytes: resource {}, scope_spans {scope {}, span {...}}.
  EXPECT_EQ(bytes.substr(2, 2), std::string("\x0a\x00", 2));
  EXPECT_EQ(bytes.substr(6, 2), std::string("\x0a\x00", 2));
  // The span ends with attribute {value {}} and status {}.
  EXPECT_EQ(bytes.substr(bytes.size() - 6), std::string("\x4a\x02\x12\x00\x7a\x00", 6));
}

TEST(GroupSpans, PutsEqualContentsTogetherInOrderOfAppearance) {
  const SpanBatch batch = model::RandomBatch(5, {.spans = 60, .resources = 3});
  const auto groups = GroupSpans(batch);
  EXPECT_EQ(groups.size(), 3u);  // Of four resources two are equal.
  EXPECT_EQ(groups[0].resource, batch.spans[0].resource);
  size_t spans = 0;
  for (const ResourceGroup& group : groups) {
    for (const ScopeGroup& scope : group.scopes) {
      EXPECT_TRUE(std::is_sorted(scope.spans.begin(), scope.spans.end()));
      spans += scope.spans.size();
    }
  }
  EXPECT_EQ(spans, 60u);
}

}  // namespace
}  // namespace orrery::wire
