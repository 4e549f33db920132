// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp_traces_decode.h"

#include <functional>

#include <gtest/gtest.h>
#include <protozero/pbf_writer.hpp>

#include "wire/otlp_limits.h"

namespace orrery::wire {
namespace {

using model::SpanBatch;
using model::Value;
using protozero::pbf_writer;
using Fill = std::function<void(pbf_writer&)>;

const std::string kTrace = "0123456789abcdef";
const std::string kSpan = "01234567";

std::string Message(const Fill& fill) {
  std::string bytes;
  pbf_writer out(bytes);
  fill(out);
  return bytes;
}

// A good span, then what `fill` adds; in protobuf the last of a scalar wins.
std::string SpanMessage(const Fill& fill = [](pbf_writer&) {}) {
  return Message([&](pbf_writer& out) {
    out.add_bytes(1, kTrace);
    out.add_bytes(2, kSpan);
    out.add_string(5, "name");
    out.add_fixed64(7, 100);
    out.add_fixed64(8, 300);
    fill(out);
  });
}

std::string Request(const std::vector<std::string>& spans) {
  return Message([&](pbf_writer& out) {
    pbf_writer resource_spans(out, 1);
    pbf_writer scope_spans(resource_spans, 2);
    for (const std::string& span : spans) scope_spans.add_message(2, span);
  });
}

Result<DecodedTraces> Decode(std::string bytes) {
  return DecodeOtlpTraces(std::make_shared<const std::string>(std::move(bytes)));
}

// The only span of a request that has to be fine.
SpanBatch DecodeOne(const std::string& span) {
  auto decoded = Decode(Request({span}));
  EXPECT_TRUE(decoded.ok()) << decoded.status().ToString();
  EXPECT_EQ(decoded->batch.spans.size(), 1u);
  return std::move(decoded->batch);
}

// A span with attribute "k" whose AnyValue is what `fill` writes.
SpanBatch DecodeValue(const Fill& fill) {
  return DecodeOne(SpanMessage([&](pbf_writer& out) {
    pbf_writer attribute(out, 9);
    attribute.add_string(1, "k");
    attribute.add_message(2, Message(fill));
  }));
}

const Value& FirstValue(const SpanBatch& batch) {
  return batch.Attributes(batch.spans[0].attributes)[0].value;
}

TEST(DecodeOtlpTraces, EmptyRequestHasNoSpans) {
  const auto decoded = Decode("");
  ASSERT_TRUE(decoded.ok());
  EXPECT_TRUE(decoded->batch.spans.empty());
}

TEST(DecodeOtlpTraces, ReadsEveryFieldOfASpan) {
  const SpanBatch batch = DecodeOne(SpanMessage([](pbf_writer& out) {
    out.add_string(3, "vendor=1");
    out.add_bytes(4, "parent!!");
    out.add_int32(6, 3);
    out.add_uint32(10, 4);
    {
      pbf_writer event(out, 11);
      event.add_fixed64(1, 150);
      event.add_string(2, "exception");
      event.add_uint32(4, 9);
    }
    out.add_uint32(12, 5);
    {
      pbf_writer link(out, 13);
      link.add_bytes(1, "short");
      link.add_bytes(2, kSpan);
      link.add_string(3, "a=b");
      link.add_uint32(5, 8);
      link.add_fixed32(6, 0x301);
    }
    out.add_uint32(14, 6);
    {
      pbf_writer status(out, 15);
      status.add_string(2, "boom");
      status.add_int32(3, 2);
    }
    out.add_fixed32(16, 0x101);
  }));
  const model::Span& span = batch.spans[0];
  EXPECT_EQ(span.trace_id.view(), kTrace);
  EXPECT_EQ(span.span_id.view(), kSpan);
  EXPECT_EQ(span.parent_span_id.view(), "parent!!");
  EXPECT_EQ(span.name, "name");
  EXPECT_EQ(span.trace_state, "vendor=1");
  EXPECT_EQ(span.kind, model::kClient);
  EXPECT_EQ(span.duration_nanos(), 200u);
  EXPECT_EQ(span.status_code, model::kStatusError);
  EXPECT_EQ(span.status_message, "boom");
  EXPECT_EQ(span.flags, 0x101u);
  EXPECT_EQ(span.dropped_attributes_count, 4u);
  EXPECT_EQ(span.dropped_events_count, 5u);
  EXPECT_EQ(span.dropped_links_count, 6u);
  ASSERT_EQ(batch.Events(span).size(), 1u);
  EXPECT_EQ(batch.Events(span)[0].time, 150u);
  EXPECT_EQ(batch.Events(span)[0].dropped_attributes_count, 9u);
  ASSERT_EQ(batch.Links(span).size(), 1u);
  EXPECT_EQ(batch.Links(span)[0].trace_id, "short");
  EXPECT_EQ(batch.Links(span)[0].flags, 0x301u);
}

TEST(DecodeOtlpTraces, ABadSpanIsRefusedAloneAndCounted) {
  const std::vector<std::string> spans = {
      SpanMessage(),
      SpanMessage([](pbf_writer& out) { out.add_bytes(1, "short"); }),
      SpanMessage([](pbf_writer& out) { out.add_bytes(1, std::string(16, '\0')); }),
      SpanMessage([](pbf_writer& out) { out.add_bytes(2, "123456789"); }),
      SpanMessage([](pbf_writer& out) { out.add_bytes(4, "1234"); }),
      SpanMessage([](pbf_writer& out) { out.add_fixed64(7, 0); }),
      SpanMessage([](pbf_writer& out) { out.add_fixed64(8, 99); }),
  };
  const auto decoded = Decode(Request(spans));
  ASSERT_TRUE(decoded.ok());
  const SpanCounts& counts = decoded->counts;
  EXPECT_EQ(counts.spans, 7u);
  EXPECT_EQ(counts.refused(), 5u);
  EXPECT_EQ(counts.bad_trace_id, 2u);
  EXPECT_EQ(counts.bad_span_id, 1u);
  EXPECT_EQ(counts.bad_parent_span_id, 1u);
  EXPECT_EQ(counts.zero_start, 1u);
  EXPECT_EQ(counts.end_before_start, 1u);
  ASSERT_EQ(decoded->batch.spans.size(), 2u);
  EXPECT_EQ(decoded->batch.spans[1].duration_nanos(), 0u);
  EXPECT_EQ(DescribeRefusals(counts),
            "5 of 7 spans refused: 2 with a trace_id that is zero or not 16 bytes, 1 with a "
            "span_id that is zero or not 8 bytes, 1 with a parent_span_id that is neither empty "
            "nor 8 bytes, 1 with start_time_unix_nano 0");
}

TEST(DecodeOtlpTraces, ARefusedSpanLeavesNothingInThePools) {
  const auto decoded = Decode(Request({SpanMessage([](pbf_writer& out) {
    out.add_bytes(1, "short");
    pbf_writer event(out, 11);
    pbf_writer attribute(event, 3);
    attribute.add_string(1, "k");
  })}));
  ASSERT_TRUE(decoded.ok());
  EXPECT_TRUE(decoded->batch.events.empty());
  EXPECT_TRUE(decoded->batch.attributes.empty());
  EXPECT_TRUE(decoded->batch.resources.empty());
  EXPECT_TRUE(decoded->batch.scopes.empty());
}

TEST(DecodeOtlpTraces, ResourceAndScopeMayFollowTheirSpansInPieces) {
  const std::string bytes = Message([](pbf_writer& out) {
    pbf_writer resource_spans(out, 1);
    {
      pbf_writer scope_spans(resource_spans, 2);
      scope_spans.add_message(2, SpanMessage([](pbf_writer& span) {
                                pbf_writer attribute(span, 9);
                                attribute.add_string(1, "of the span");
                              }));
      pbf_writer scope(scope_spans, 1);
      scope.add_string(1, "library");
    }
    for (const char* key : {"a", "b"}) {
      pbf_writer resource(resource_spans, 1);
      pbf_writer attribute(resource, 1);
      attribute.add_string(1, key);
    }
    resource_spans.add_string(3, "schema");
  });
  const auto decoded = Decode(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.status().ToString();
  const SpanBatch& batch = decoded->batch;
  const model::Span& span = batch.spans.at(0);
  EXPECT_EQ(batch.ScopeOf(span).name, "library");
  EXPECT_EQ(batch.ResourceOf(span).schema_url, "schema");
  const auto attributes = batch.Attributes(batch.ResourceOf(span).attributes);
  ASSERT_EQ(attributes.size(), 2u);
  EXPECT_EQ(attributes[0].key, "a");
  EXPECT_EQ(attributes[1].key, "b");
  EXPECT_EQ(batch.Attributes(span.attributes)[0].key, "of the span");
}

TEST(DecodeOtlpTraces, InterleavedListsStayApart) {
  const SpanBatch batch = DecodeOne(SpanMessage([](pbf_writer& out) {
    for (const char* key : {"1", "2"}) {
      {
        pbf_writer attribute(out, 9);
        attribute.add_string(1, key);
      }
      pbf_writer event(out, 11);
      pbf_writer attribute(event, 3);
      attribute.add_string(1, std::string("event ") + key);
    }
  }));
  const auto attributes = batch.Attributes(batch.spans[0].attributes);
  ASSERT_EQ(attributes.size(), 2u);
  EXPECT_EQ(attributes[1].key, "2");
  const auto events = batch.Events(batch.spans[0]);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(batch.Attributes(events[1].attributes)[0].key, "event 2");
}

TEST(DecodeOtlpTraces, EntityRefsAreKeptAsTheyCame) {
  const auto with_refs = [](bool apart) {
    return Message([&](pbf_writer& out) {
      pbf_writer resource_spans(out, 1);
      {
        pbf_writer resource(resource_spans, 1);
        resource.add_bytes(3, "one");
        if (apart) resource.add_uint32(2, 7);
        resource.add_bytes(3, "two");
      }
      pbf_writer scope_spans(resource_spans, 2);
      scope_spans.add_message(2, SpanMessage());
    });
  };
  for (const bool apart : {false, true}) {
    const auto decoded = Decode(with_refs(apart));
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded->batch.resources[0].entity_refs, "\x1a\x03one\x1a\x03two");
  }
}

TEST(DecodeOtlpTraces, TheLastMemberOfAValueWins) {
  const SpanBatch batch = DecodeValue([](pbf_writer& out) {
    out.add_string(1, "text");
    out.add_int64(3, -5);
  });
  ASSERT_EQ(FirstValue(batch).type(), Value::Type::kInt);
  EXPECT_EQ(FirstValue(batch).int_value(), -5);
}

TEST(DecodeOtlpTraces, AnArrayThatComesAgainIsContinued) {
  const std::string item = Message([](pbf_writer& value) { value.add_int64(3, 1); });
  const std::string array = Message([&](pbf_writer& out) { out.add_message(1, item); });
  const SpanBatch batch = DecodeValue([&](pbf_writer& out) {
    out.add_message(5, array);
    out.add_message(5, array);
  });
  EXPECT_EQ(batch.Items(FirstValue(batch)).size(), 2u);
}

TEST(DecodeOtlpTraces, AnEmptyValueIsAValue) {
  EXPECT_EQ(FirstValue(DecodeValue([](pbf_writer&) {})).type(), Value::Type::kEmpty);
  // Field 8 belongs to profiles and counts as absent here.
  EXPECT_EQ(FirstValue(DecodeValue([](pbf_writer& out) { out.add_int32(8, 4); })).type(),
            Value::Type::kEmpty);
}

TEST(DecodeOtlpTraces, TextThatIsNotUtf8IsKept) {
  EXPECT_EQ(
      DecodeOne(SpanMessage([](pbf_writer& out) { out.add_bytes(5, "\xff\xfe"); })).spans[0].name,
      "\xff\xfe");
}

TEST(DecodeOtlpTraces, UnknownFieldsGroupsAndWrongWireTypesAreSkipped) {
  const SpanBatch batch = DecodeOne(
      SpanMessage([](pbf_writer& out) {
        out.add_string(900, "future");
        out.add_string(6, "kind as text");
        out.add_fixed32(901, 1);
      }) +
      "\xa3\x06\x08\x01\xab\x06\xac\x06\xa4\x06");  // Group 100 with a field and group 101 inside.
  EXPECT_EQ(batch.spans[0].kind, 0);
  EXPECT_EQ(batch.spans[0].name, "name");
}

TEST(DecodeOtlpTraces, DamageIsToldWithItsPlace) {
  const auto decoded =
      Decode(Request({SpanMessage(), SpanMessage([](pbf_writer& out) {
                        out.add_bytes(9, "\x0a\x7f");  // A key that is longer than the message.
                      })}));
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(decoded.status().message(),
            "resource_spans[0].scope_spans[0].spans[1]: field 1 at byte 114 goes past the end");
}

TEST(DecodeOtlpTraces, EveryTruncationIsAnErrorOrAWholeMessage) {
  const std::string whole = Request({SpanMessage(), SpanMessage()});
  for (size_t size = 1; size < whole.size(); ++size) {
    EXPECT_FALSE(Decode(whole.substr(0, size)).ok()) << size;
  }
}

TEST(DecodeOtlpTraces, ImpossibleTagsAreErrors) {
  EXPECT_FALSE(Decode(std::string("\0", 1)).ok());  // Field 0.
  EXPECT_FALSE(Decode("\x0c").ok());                // The end of a group that is not open.
  EXPECT_FALSE(Decode("\x0b").ok());                // A group without an end.
  EXPECT_FALSE(Decode("\x0e\x01").ok());            // Wire type 6.
  EXPECT_FALSE(Decode("\x10" + std::string(11, '\xff')).ok());  // A number without an end.
}

TEST(DecodeOtlpTraces, NestingHasALimit) {
  const auto nested = [](int depth) {
    std::string value = Message([](pbf_writer& out) { out.add_int64(3, 1); });
    for (int i = 0; i < depth; ++i) {
      const std::string array = Message([&](pbf_writer& out) { out.add_message(1, value); });
      value = Message([&](pbf_writer& out) { out.add_message(5, array); });
    }
    return Request({SpanMessage([&](pbf_writer& out) {
      pbf_writer attribute(out, 9);
      attribute.add_message(2, value);
    })});
  };
  EXPECT_EQ(Decode(nested(kMaxValueDepth))->trimmed, TrimCounts());
  for (const int depth : {kMaxValueDepth + 1, 10'000}) {
    const auto decoded = Decode(nested(depth));
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded->batch.spans[0].attributes.count, 0u);
    EXPECT_EQ(decoded->batch.spans[0].dropped_attributes_count, 1u);
    EXPECT_EQ(decoded->trimmed.deep_values, 1u);
    EXPECT_TRUE(decoded->batch.array_items.empty());
  }
}

TEST(DecodeOtlpTraces, MemoryHasALimit) {
  std::string attributes(size_t{1} << 20, '\0');
  for (size_t i = 0; i < attributes.size(); i += 2) attributes[i] = 9 << 3 | 2;
  const auto request = std::make_shared<const std::string>(Request({SpanMessage() + attributes}));
  OtlpLimits limits = OtlpLimits::None();
  EXPECT_TRUE(DecodeOtlpTraces(request, limits).ok());
  limits.bounds_growth = true;
  const auto decoded = DecodeOtlpTraces(request, limits);
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.status().code(), StatusCode::kResourceExhausted);
}

// Decodes spans with small limits.
DecodedTraces DecodeLimited(const std::string& span) {
  constexpr OtlpLimits kSmall{
      .attributes = 2, .key_bytes = 3, .value_bytes = 4, .events = 1, .links = 2};
  auto decoded = DecodeOtlpTraces(std::make_shared<const std::string>(Request({span})), kSmall);
  EXPECT_TRUE(decoded.ok()) << decoded.status().ToString();
  return *std::move(decoded);
}

std::string TextAttribute(const std::string& key, const std::string& text) {
  return Message([&](pbf_writer& out) {
    out.add_string(1, key);
    out.add_message(2, Message([&](pbf_writer& value) { value.add_string(1, text); }));
  });
}

TEST(DecodeOtlpTraces, ListsKeepTheirFirstElementsAndCountTheRest) {
  const std::string attribute = TextAttribute("k", "v");
  const auto several = [&](pbf_writer& out, uint32_t field) {
    for (int i = 0; i < 5; ++i) out.add_message(field, attribute);
  };
  const DecodedTraces decoded = DecodeLimited(SpanMessage([&](pbf_writer& out) {
    for (int i = 0; i < 3; ++i) {
      pbf_writer event(out, 11);
      event.add_fixed64(1, static_cast<uint64_t>(i));
      several(event, 3);
    }
    several(out, 9);
    out.add_uint32(10, 7);
    for (int i = 0; i < 3; ++i) {
      pbf_writer link(out, 13);
      several(link, 4);
    }
  }));
  const SpanBatch& batch = decoded.batch;
  const model::Span& span = batch.spans[0];
  EXPECT_EQ(span.attributes.count, 2u);
  EXPECT_EQ(span.dropped_attributes_count, 10u);
  ASSERT_EQ(span.events.count, 1u);
  EXPECT_EQ(span.dropped_events_count, 2u);
  EXPECT_EQ(batch.Events(span)[0].attributes.count, 2u);
  EXPECT_EQ(batch.Events(span)[0].dropped_attributes_count, 3u);
  ASSERT_EQ(span.links.count, 2u);
  EXPECT_EQ(span.dropped_links_count, 1u);
  EXPECT_EQ(batch.Links(span)[1].dropped_attributes_count, 3u);
  EXPECT_EQ(decoded.trimmed, (TrimCounts{.attributes = 3 + 3 + 2 * 3, .events = 2, .links = 1}));
}

TEST(DecodeOtlpTraces, ResourcesAndScopesHaveTheLimitsToo) {
  const std::string attribute = TextAttribute("k", "v");
  const std::string request = Message([&](pbf_writer& out) {
    pbf_writer resource_spans(out, 1);
    // In two pieces, which are one message.
    for (int piece = 0; piece < 2; ++piece) {
      pbf_writer resource(resource_spans, 1);
      for (int i = 0; i < 2; ++i) resource.add_message(1, attribute);
    }
    pbf_writer scope_spans(resource_spans, 2);
    {
      pbf_writer scope(scope_spans, 1);
      for (int i = 0; i < 3; ++i) scope.add_message(3, attribute);
    }
    scope_spans.add_message(2, SpanMessage());
  });
  const auto decoded =
      DecodeOtlpTraces(std::make_shared<const std::string>(request), {.attributes = 2});
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->batch.resources[0].attributes.count, 2u);
  EXPECT_EQ(decoded->batch.resources[0].dropped_attributes_count, 2u);
  EXPECT_EQ(decoded->batch.scopes[0].attributes.count, 2u);
  EXPECT_EQ(decoded->batch.scopes[0].dropped_attributes_count, 1u);
}

TEST(DecodeOtlpTraces, TextIsCutBetweenCharacters) {
  const auto cut = [](const std::string& text) {
    const DecodedTraces decoded = DecodeLimited(
        SpanMessage([&](pbf_writer& out) { out.add_message(9, TextAttribute("k", text)); }));
    EXPECT_EQ(decoded.trimmed.long_values, text.size() > 4 ? 1u : 0u);
    return std::string(FirstValue(decoded.batch).text());
  };
  EXPECT_EQ(cut("abcd"), "abcd");
  EXPECT_EQ(cut("abcde"), "abcd");
  EXPECT_EQ(cut("ab\u00e9x"), "ab\u00e9");
  EXPECT_EQ(cut("abc\u00e9"), "abc");
  EXPECT_EQ(cut("ab\u20ac"), "ab");
  EXPECT_EQ(cut("a\U0001f600"), "a");
  EXPECT_EQ(cut("\U0001f600x"), "\U0001f600");
  EXPECT_EQ(cut("\x80\x80\x80\x80\x80\x80"), "\x80\x80\x80\x80");
}

TEST(DecodeOtlpTraces, NestedValuesAreCutAndLongKeysTakeTheirAttribute) {
  const DecodedTraces decoded = DecodeLimited(SpanMessage([&](pbf_writer& out) {
    out.add_message(9, TextAttribute("long", "too long"));
    pbf_writer attribute(out, 9);
    attribute.add_string(1, "k");
    pbf_writer value(attribute, 2);
    pbf_writer array(value, 5);
    for (int i = 0; i < 3; ++i) {
      pbf_writer item(array, 1);
      item.add_bytes(7, "12345");
    }
  }));
  ASSERT_EQ(decoded.batch.spans[0].attributes.count, 1u);
  EXPECT_EQ(decoded.batch.spans[0].dropped_attributes_count, 1u);
  ASSERT_EQ(decoded.batch.Items(FirstValue(decoded.batch)).size(), 3u);
  EXPECT_EQ(decoded.batch.Items(FirstValue(decoded.batch))[2].bytes(), "1234");
  EXPECT_EQ(decoded.trimmed, (TrimCounts{.long_keys = 1, .long_values = 3}));
  EXPECT_EQ(DescribeTrims(decoded.trimmed, {.key_bytes = 3, .value_bytes = 4}),
            "stored with less: 1 attributes left out, with a key over 3 bytes, 3 values cut to 4 "
            "bytes");
}

TEST(DecodeOtlpTraces, ARefusedSpanLosesNothingToLimits) {
  const std::string attribute = TextAttribute("k", "longer than four");
  const auto decoded = DecodeOtlpTraces(
      std::make_shared<const std::string>(Request({SpanMessage([&](pbf_writer& out) {
        out.add_fixed64(7, 0);
        for (int i = 0; i < 5; ++i) out.add_message(9, attribute);
      })})),
      {.attributes = 1, .value_bytes = 4});
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->counts.refused(), 1u);
  EXPECT_EQ(decoded->trimmed, TrimCounts());
}

}  // namespace
}  // namespace orrery::wire
