// SPDX-License-Identifier: Apache-2.0
#include "wire/otlp_response.h"

#include <gtest/gtest.h>

#include "wire/proto_reader.h"

namespace orrery::wire {
namespace {

using std::string_view_literals::operator""sv;

TEST(ExportTraceResponse, FullSuccessIsNothing) {
  EXPECT_EQ(EncodeExportTraceResponse(OtlpEncoding::kProtobuf, {}), "");
  EXPECT_EQ(EncodeExportTraceResponse(OtlpEncoding::kJson, {}), "{}");
}

TEST(ExportTraceResponse, PartialSuccessTellsHowManyAndWhy) {
  const PartialSuccess partial{3, "why"};
  EXPECT_EQ(EncodeExportTraceResponse(OtlpEncoding::kProtobuf, partial),
            "\x0a\x07\x08\x03\x12\x03why");
  EXPECT_EQ(EncodeExportTraceResponse(OtlpEncoding::kJson, partial),
            R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"why"}})");
}

TEST(ExportTraceResponse, WarningHasNoNumber) {
  EXPECT_EQ(EncodeExportTraceResponse(OtlpEncoding::kJson, {0, "note"}),
            R"({"partialSuccess":{"errorMessage":"note"}})");
}

TEST(RpcStatus, IsCodeAndMessage) {
  EXPECT_EQ(EncodeRpcStatus(OtlpEncoding::kProtobuf, {3, "bad", {}}),
            "\x08\x03\x12\x03"
            "bad");
  EXPECT_EQ(EncodeRpcStatus(OtlpEncoding::kJson, {3, "bad", {}}), R"({"code":3,"message":"bad"})");
}

TEST(RpcStatus, CarriesTheTimeToWait) {
  const RpcStatus status{8, "slow down", uint64_t{1'500'000'000}};
  EXPECT_EQ(EncodeRpcStatus(OtlpEncoding::kJson, status),
            R"({"code":8,"message":"slow down","details":[{"@type":)"
            R"("type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.500000000s"}]})");
  // Any{type_url, value = RetryInfo{Duration{1 s, 500,000,000 ns}}}.
  const std::string bytes = EncodeRpcStatus(OtlpEncoding::kProtobuf, status);
  EXPECT_TRUE(bytes.ends_with("\x12\x0a\x0a\x08\x08\x01\x10\x80\xca\xb5\xee\x01"sv)) << bytes;
}

TEST(RpcStatus, WholeSecondsAreShort) {
  EXPECT_NE(EncodeRpcStatus(OtlpEncoding::kJson, {14, "", uint64_t{5'000'000'000}})
                .find(R"("retryDelay":"5s")"),
            std::string::npos);
}

TEST(RpcCodeOf, IsTheNumberOfGrpc) {
  EXPECT_EQ(RpcCodeOf(StatusCode::kInvalidArgument), 3);
  EXPECT_EQ(RpcCodeOf(StatusCode::kResourceExhausted), 8);
  EXPECT_EQ(RpcCodeOf(StatusCode::kUnimplemented), 12);
  EXPECT_EQ(RpcCodeOf(StatusCode::kUnavailable), 14);
}

}  // namespace
}  // namespace orrery::wire
