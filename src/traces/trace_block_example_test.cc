// SPDX-License-Identifier: Apache-2.0
// Writes the block that docs/formats/trace-block.md takes apart, and compares.
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "gtest/gtest.h"
#include "storage/columnar/bytes.h"
#include "storage/columnar/frame.h"
#include "traces/block_testing.h"
#include "traces/row_group_codec.h"
#include "traces/trace_block_format.h"

namespace orrery::traces {
namespace {

using model::SpanBatch;
using model::Value;

model::SpanId SpanIdFrom(uint8_t first) {
  model::SpanId id;
  for (uint8_t i = 0; i < 8; ++i) id.bytes[i] = static_cast<uint8_t>(first + i);
  return id;
}

// `GET /cart` and below it `GET`, of a service `shop`.
SpanBatch Example() {
  SpanBatch trace;
  trace.resources.resize(1);
  trace.scopes.resize(1);
  trace.attributes = {{"service.name", Value::String("shop")},
                      {"http.method", Value::String("GET")},
                      {"retries", Value::Int(2)},
                      {"http.method", Value::String("GET")},
                      {"retries", Value::Int(0)}};
  trace.resources[0].attributes = {0, 1};
  for (uint32_t i = 0; i < 2; ++i) {
    model::Span& span = trace.spans.emplace_back();
    for (uint8_t b = 0; b < 16; ++b) span.trace_id.bytes[b] = static_cast<uint8_t>(0xa0 + b);
    span.span_id = SpanIdFrom(i == 0 ? 0x10 : 0x20);
    if (i == 1) span.parent_span_id = SpanIdFrom(0x10);
    span.start = 1'000'000'000 + (i == 0 ? 0 : 300);
    span.end = span.start + (i == 0 ? 5000 : 1000);
    span.name = i == 0 ? "GET /cart" : "GET";
    span.kind = i == 0 ? model::kServer : model::kClient;
    span.attributes = {1 + 2 * i, 2};
  }
  return trace;
}

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{}{:02x}", hex.empty() ? "" : " ", uint8_t(c));
  return hex;
}

// Every frame of the block, a line each, as in the document.
std::vector<std::string> Lines(const std::string& data, const TraceBlock& block) {
  std::vector<std::string> lines;
  const GroupEntry& entry = block.groups()[0];
  const auto plain_at = [&](uint64_t offset, uint64_t length) {
    const auto plain = columnar::ReadFrame(std::string_view(data).substr(offset, length));
    EXPECT_TRUE(plain.ok()) << plain.status().ToString();
    return plain.ok() ? *plain : "";
  };
  const std::string plain = plain_at(entry.offset + entry.chunk_bytes, entry.directory_bytes);
  const auto directory = DecodeDirectory(plain);
  EXPECT_TRUE(directory.ok());
  for (const GroupDirectory::Chunk& chunk : directory->chunks) {
    const std::string chunk_plain = plain_at(entry.offset + chunk.offset, chunk.bytes);
    lines.push_back(fmt::format("byte {:3}  tag {:2}  {}", entry.offset + chunk.offset, chunk.tag,
                                Hex(chunk_plain)));
  }
  lines.push_back(
      fmt::format("byte {:3}  directory  {}", entry.offset + entry.chunk_bytes, Hex(plain)));
  columnar::ByteReader trailer(std::string_view(data).substr(data.size() - kTrailerBytes));
  const uint64_t footer_offset = trailer.Fixed64();
  const uint64_t footer_bytes = trailer.Fixed64();
  const std::string footer_plain = plain_at(footer_offset, footer_bytes);
  const auto footer = DecodeFooter(footer_plain, footer_offset);
  EXPECT_TRUE(footer.ok());
  lines.push_back(fmt::format("byte {:3}  index  {}", footer->index_offset,
                              Hex(plain_at(footer->index_offset, footer->index_bytes))));
  lines.push_back(fmt::format("byte {:3}  filter  {}", footer->filter_offset,
                              Hex(plain_at(footer->filter_offset, footer->filter_bytes))));
  lines.push_back(fmt::format("byte {:3}  footer  {}", footer_offset, Hex(footer_plain)));
  lines.push_back(fmt::format("byte {:3}  trailer", data.size() - kTrailerBytes));
  return lines;
}

TEST(TraceBlockExample, IsTheBlockOfTheDocument) {
  BlockRig rig;
  const auto block = rig.Write({Example()}, 8192);
  const auto file = rig.fs().OpenRead(BlockRig::PathOf(*block));
  ASSERT_TRUE(file.ok());
  const auto data = (*file)->Read(0, (*file)->size());
  ASSERT_TRUE(data.ok());

  std::ifstream in(ORRERY_SOURCE_DIR "/docs/formats/trace-block.md");
  std::stringstream text;
  text << in.rdbuf();
  const std::string document = text.str();
  std::string all;
  for (const std::string& line : Lines(*data, *block)) all += line + "\n";
  block::Manifest manifest = block->manifest();
  manifest.id = 17;
  manifest.wal_through = 12;
  manifest.numbers["arrived"] = 1'000'009'000;
  manifest.replaces = {14, 15};
  std::istringstream manifest_lines(block::EncodeManifest(manifest));
  for (std::string line; std::getline(manifest_lines, line);) {
    EXPECT_NE(document.find("\n" + line), std::string::npos) << "no line: " << line;
  }
  // Lines of the document are such lines, cut where a comment begins.
  std::istringstream lines(document);
  size_t compared = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("byte ")) continue;
    const std::string bytes = line.substr(0, line.find("   ", 10));
    EXPECT_NE(all.find(bytes + "\n"), std::string::npos) << line << "\nis not among\n" << all;
    ++compared;
  }
  EXPECT_GT(compared, 8u) << all;
}

}  // namespace
}  // namespace orrery::traces
