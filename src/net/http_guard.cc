// SPDX-License-Identifier: Apache-2.0
#include "net/http_guard.h"

#include <algorithm>
#include <utility>

#include "net/url.h"

namespace orrery::net {
namespace {

bool IsRead(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

// Why a write is refused: the page that made the browser send it lives on another origin.
std::optional<std::string> RefuseWrite(const HttpRequest& request) {
  if (request.Header("sec-fetch-site") == "cross-site") {
    return "pages of other sites may not send " + request.method + " requests here";
  }
  const std::string_view origin = request.Header("origin");
  if (origin.empty()) return std::nullopt;
  const size_t scheme_end = origin.find("://");
  const auto from = scheme_end == std::string_view::npos
                        ? std::nullopt
                        : ParseAuthority(origin.substr(scheme_end + 3));
  if (from.has_value() && from == ParseAuthority(request.Header("host"))) return std::nullopt;
  return "pages of origin " + std::string(origin) + " may not send " + request.method +
         " requests here";
}

}  // namespace

HttpGuard::HttpGuard(std::vector<std::string> allowed_hosts) : allowed_(std::move(allowed_hosts)) {
  for (std::string& host : allowed_) {
    allow_all_ = allow_all_ || host == "*";
    if (const auto parsed = ParseAuthority(host); parsed.has_value()) host = parsed->host;
  }
  allowed_.insert(allowed_.end(), {"localhost", "127.0.0.1", "::1"});
}

bool HttpGuard::IsAllowedHost(std::string_view host, std::string_view local_address) const {
  return host == local_address ||
         std::find(allowed_.begin(), allowed_.end(), host) != allowed_.end();
}

std::optional<std::string> HttpGuard::Refuse(const HttpRequest& request,
                                             std::string_view local_address) const {
  const std::string_view host = request.Header("host");
  // HTTP/1.0 programs may leave it out; browsers never do.
  if (!allow_all_ && !host.empty()) {
    const auto parsed = ParseAuthority(host);
    if (!parsed.has_value() || !IsAllowedHost(parsed->host, local_address)) {
      return "host \"" + std::string(host) +
             "\" is not a name of this server; use localhost, or add it to allowed_hosts";
    }
  }
  if (IsRead(request.method)) return std::nullopt;
  return RefuseWrite(request);
}

}  // namespace orrery::net
