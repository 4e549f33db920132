// SPDX-License-Identifier: Apache-2.0
#include "api/tempo/grpc_request.h"

#include <string>

#include "wire/proto_reader.h"

namespace orrery::api {
namespace {

using wire::ProtoError;
using wire::ProtoReader;
using wire::Tag;

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// One entry of a map of texts, as `key="value"`.
std::string ReadTag(std::string_view entry, ProtoError& error) {
  std::string_view key;
  std::string_view value;
  for (ProtoReader reader(entry, error); reader.Next();) {
    switch (reader.tag()) {
      case Tag(1, wire::kBytes):
        key = reader.Bytes();
        break;
      case Tag(2, wire::kBytes):
        value = reader.Bytes();
        break;
      default:
        reader.Skip();
    }
  }
  return std::string(key) + "=" + Quoted(value);
}

const GrpcParam* Find(uint32_t tag, std::span<const GrpcParam> params) {
  for (const GrpcParam& param : params) {
    const bool bytes = param.kind == GrpcParam::Kind::kText || param.kind == GrpcParam::Kind::kTags;
    if (tag == Tag(param.field, bytes ? wire::kBytes : wire::kVarint)) return &param;
  }
  return nullptr;
}

}  // namespace

Result<net::HttpRequest> ReadGrpcRequest(std::string_view message,
                                         std::span<const GrpcParam> params) {
  net::HttpRequest request;
  request.method = "GET";
  request.headers.emplace_back("accept", "application/protobuf");
  std::string tags;
  ProtoError error;
  for (ProtoReader reader(message, error); reader.Next();) {
    const GrpcParam* param = Find(reader.tag(), params);
    if (param == nullptr) {
      reader.Skip();
    } else if (param->kind == GrpcParam::Kind::kText) {
      request.query.emplace_back(param->name, reader.Bytes());
    } else if (param->kind == GrpcParam::Kind::kTags) {
      tags += (tags.empty() ? "" : " ") + ReadTag(reader.Bytes(), error);
    } else if (const uint64_t number = reader.Varint(); number != 0) {
      request.query.emplace_back(param->name,
                                 param->kind == GrpcParam::Kind::kFlag
                                     ? std::string("true")
                                     : std::to_string(number) + std::string(param->unit));
    }
  }
  if (error.at != nullptr) {
    return InvalidArgument("byte " + std::to_string(error.at - message.data()) + ": " + error.what);
  }
  if (!tags.empty()) request.query.emplace_back("tags", tags);
  return request;
}

}  // namespace orrery::api
