// SPDX-License-Identifier: Apache-2.0
#include "net/http_message.h"

namespace orrery::net {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

const std::string* FindFirst(const Pairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return &value;
  }
  return nullptr;
}

}  // namespace

std::string_view HttpRequest::Header(std::string_view name) const {
  const std::string* value = FindFirst(headers, name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

std::optional<std::string_view> HttpRequest::Param(std::string_view name) const {
  const std::string* value = FindFirst(query, name);
  if (value == nullptr) return std::nullopt;
  return *value;
}

std::string_view HttpRequest::PathParam(std::string_view name) const {
  const std::string* value = FindFirst(path_params, name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

HttpResponse HttpResponse::Text(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  response.body = std::move(body);
  return response;
}

HttpResponse HttpResponse::Json(int status, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

HttpResponse HttpResponse::Stream(int status, std::string content_type,
                                  std::shared_ptr<HttpBodyPipe> pipe) {
  HttpResponse response;
  response.status = status;
  response.headers.emplace_back("Content-Type", std::move(content_type));
  response.headers.emplace_back("Cache-Control", "no-store");
  response.compressible = false;
  response.pipe = std::move(pipe);
  return response;
}

HttpResponse RenderErrorAsText(const HttpRequest& /*request*/, int status, std::string sentence) {
  sentence += '\n';
  return HttpResponse::Text(status, std::move(sentence));
}

}  // namespace orrery::net
