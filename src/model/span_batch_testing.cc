// SPDX-License-Identifier: Apache-2.0
#include "model/span_batch_testing.h"

#include <deque>
#include <limits>
#include <string>

namespace orrery::model {
namespace {

// splitmix64; unlike those of the standard library, its distributions are the same everywhere.
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ull + 1) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  size_t Below(size_t bound) { return Next() % bound; }
  bool OneIn(size_t n) { return Below(n) == 0; }

 private:
  uint64_t state_;
};

class BatchMaker {
 public:
  BatchMaker(uint64_t seed, const RandomBatchOptions& options)
      : random_(seed), options_(options), texts_(std::make_shared<std::deque<std::string>>()) {}

  SpanBatch Make() {
    for (size_t i = 0; i < options_.resources + 1; ++i) {
      // The last one repeats the first, content by content.
      batch_.resources.push_back(i == options_.resources ? batch_.resources[0] : MakeResource(i));
    }
    for (size_t i = 0; i < 3; ++i) batch_.scopes.push_back(MakeScope());
    for (size_t i = 0; i < options_.spans; ++i) MakeSpan(i);
    batch_.owners.push_back(texts_);
    return std::move(batch_);
  }

 private:
  std::string_view Keep(std::string text) { return texts_->emplace_back(std::move(text)); }

  std::string_view Text() {
    static constexpr std::string_view kWords[] = {"",
                                                  "GET /calculate",
                                                  "gpt-4o",
                                                  "prompt",
                                                  "\xc3\xa9t\xc3\xa9 \xf0\x9f\x8c\x8d",
                                                  "a\"b\\c\n",
                                                  "cart"};
    if (options_.odd_text && random_.OneIn(6)) return Keep("\xff\xfe odd \xc0");
    if (random_.OneIn(12)) return Keep(std::string(100 + random_.Below(2000), 'p'));
    if (random_.OneIn(4)) return Keep("text " + std::to_string(random_.Below(40)));
    return kWords[random_.Below(std::size(kWords))];
  }

  std::string_view Raw(size_t size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random_.Next());
    return Keep(std::move(bytes));
  }

  uint32_t Count() { return random_.OneIn(5) ? static_cast<uint32_t>(random_.Next()) : 0; }

  int64_t Integer() {
    static constexpr int64_t kEdges[] = {
        0, 1, -1, 200, std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()};
    return random_.OneIn(3) ? static_cast<int64_t>(random_.Next())
                            : kEdges[random_.Below(std::size(kEdges))];
  }

  double Number() {
    static constexpr double kEdges[] = {0.0,
                                        -0.0,
                                        1.5,
                                        -1e300,
                                        5e-324,
                                        std::numeric_limits<double>::infinity(),
                                        -std::numeric_limits<double>::infinity(),
                                        std::numeric_limits<double>::quiet_NaN()};
    return random_.OneIn(3) ? static_cast<double>(random_.Below(1000)) / 8
                            : kEdges[random_.Below(std::size(kEdges))];
  }

  Value MakeValue(int depth) {
    switch (random_.Below(depth < options_.max_depth ? 10 : 8)) {
      case 0:
        return Value();
      case 1:
        return Value::Bool(random_.OneIn(2));
      case 2:
        return Value::Int(Integer());
      case 3:
        return Value::Double(Number());
      case 4:
        return Value::Bytes(Raw(random_.Below(20)));
      case 8: {
        std::vector<Value> items(random_.Below(4));
        for (Value& item : items) item = MakeValue(depth + 1);
        const auto begin = static_cast<uint32_t>(batch_.array_items.size());
        batch_.array_items.insert(batch_.array_items.end(), items.begin(), items.end());
        return Value::Array({begin, static_cast<uint32_t>(items.size())});
      }
      case 9:
        return Value::KvList(MakeAttributes(random_.Below(4), depth + 1));
      default:
        return Value::String(Text());
    }
  }

  IndexRange MakeAttributes(size_t count, int depth = 0) {
    std::vector<Attribute> list(count);
    for (size_t i = 0; i < count; ++i) {
      list[i].key = Keep("key." + std::to_string(random_.Below(12)) + "." + std::to_string(i));
      list[i].value = MakeValue(depth);
    }
    const auto begin = static_cast<uint32_t>(batch_.attributes.size());
    batch_.attributes.insert(batch_.attributes.end(), list.begin(), list.end());
    return {begin, static_cast<uint32_t>(count)};
  }

  Resource MakeResource(size_t number) {
    Resource resource;
    const IndexRange random_part = MakeAttributes(random_.Below(4));
    resource.attributes = {random_part.begin, random_part.count + 1};
    // The run is the end of the pool, so one more can follow it.
    batch_.attributes.push_back(
        {"service.name", Value::String(Keep("service-" + std::to_string(number)))});
    resource.dropped_attributes_count = Count();
    if (random_.OneIn(2)) resource.schema_url = "https://example.org/schema/1";
    // Two EntityRef fields: number 3, with a type (2) and an id key (3) each.
    if (random_.OneIn(2)) resource.entity_refs = {"\x1a\x05\x12\x03pod\x1a\x04\x1a\x02id", 13};
    return resource;
  }

  Scope MakeScope() {
    Scope scope;
    scope.name = Text();
    scope.version = random_.OneIn(2) ? "1.2.3" : "";
    scope.attributes = MakeAttributes(random_.Below(3));
    scope.dropped_attributes_count = Count();
    if (random_.OneIn(3)) scope.schema_url = "https://example.org/schema/2";
    return scope;
  }

  IndexRange MakeEvents(UnixNanos start) {
    std::vector<Event> events(random_.OneIn(3) ? random_.Below(4) : 0);
    for (Event& event : events) {
      event.time = random_.OneIn(6) ? 0 : start + random_.Below(1'000'000);
      event.name = random_.OneIn(2) ? "exception" : Text();
      event.attributes = MakeAttributes(random_.Below(4));
      event.dropped_attributes_count = Count();
    }
    const auto begin = static_cast<uint32_t>(batch_.events.size());
    batch_.events.insert(batch_.events.end(), events.begin(), events.end());
    return {begin, static_cast<uint32_t>(events.size())};
  }

  IndexRange MakeLinks() {
    std::vector<Link> links(random_.OneIn(4) ? random_.Below(3) : 0);
    for (Link& link : links) {
      link.trace_id = Raw(random_.OneIn(5) ? 3 : 16);
      link.span_id = Raw(random_.OneIn(5) ? 0 : 8);
      link.trace_state = random_.OneIn(3) ? "vendor=1" : "";
      link.attributes = MakeAttributes(random_.Below(3));
      link.dropped_attributes_count = Count();
      link.flags = Count();
    }
    const auto begin = static_cast<uint32_t>(batch_.links.size());
    batch_.links.insert(batch_.links.end(), links.begin(), links.end());
    return {begin, static_cast<uint32_t>(links.size())};
  }

  void MakeSpan(size_t number) {
    Span span;
    const uint64_t trace = random_.Below(options_.traces) + 1;
    // One trace has an id with leading zeros.
    for (size_t i = trace == 1 ? 12 : 0; i < 16; ++i) {
      span.trace_id.bytes[i] = static_cast<uint8_t>(trace * 37 + i + 1);
    }
    for (size_t i = 0; i < 8; ++i) {
      span.span_id.bytes[i] = static_cast<uint8_t>((number + 1) >> (8 * (7 - i)));
    }
    if (number > 0 && !random_.OneIn(4)) {
      const size_t parent = random_.Below(number) + 1;
      for (size_t i = 0; i < 8; ++i) {
        span.parent_span_id.bytes[i] = static_cast<uint8_t>(parent >> (8 * (7 - i)));
      }
    }
    span.start = options_.start + random_.Below(10'000'000'000);
    span.end = span.start + (random_.OneIn(8) ? 0 : random_.Below(5'000'000'000));
    span.name = Text();
    span.trace_state = random_.OneIn(6) ? "vendor=2" : "";
    span.kind = random_.OneIn(12) ? 77 : static_cast<int32_t>(random_.Below(6));
    span.status_code = random_.OneIn(15) ? -3 : static_cast<int32_t>(random_.Below(3));
    if (span.status_code == kStatusError) span.status_message = Text();
    span.flags = random_.OneIn(2) ? 0x301 : Count();
    span.dropped_attributes_count = Count();
    span.dropped_events_count = Count();
    span.dropped_links_count = Count();
    span.attributes = MakeAttributes(random_.Below(8));
    span.events = MakeEvents(span.start);
    span.links = MakeLinks();
    span.resource = static_cast<uint32_t>(random_.Below(batch_.resources.size()));
    span.scope = static_cast<uint32_t>(random_.Below(batch_.scopes.size()));
    batch_.spans.push_back(span);
  }

  Random random_;
  const RandomBatchOptions options_;
  std::shared_ptr<std::deque<std::string>> texts_;
  SpanBatch batch_;
};

}  // namespace

SpanBatch RandomBatch(uint64_t seed, const RandomBatchOptions& options) {
  return BatchMaker(seed, options).Make();
}

}  // namespace orrery::model
