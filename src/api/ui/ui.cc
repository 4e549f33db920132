// SPDX-License-Identifier: Apache-2.0
#include "api/ui/ui.h"

#include <algorithm>
#include <random>

namespace orrery::api {
namespace {

constexpr std::string_view kIndexPath = "/index.html";
constexpr std::string_view kNonceMark = "__ORRERY_NONCE__";

const UiAsset* Find(std::span<const UiAsset> assets, std::string_view path) {
  const auto found = std::lower_bound(
      assets.begin(), assets.end(), path,
      [](const UiAsset& asset, std::string_view wanted) { return asset.path < wanted; });
  return found != assets.end() && found->path == path ? &*found : nullptr;
}

void AddSecurityHeaders(net::HttpResponse& response) {
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
}

// Whether a list such as "gzip, br;q=0.8" names a coding; "q=0" takes it back.
bool Accepts(std::string_view header, std::string_view coding) {
  while (!header.empty()) {
    const size_t comma = std::min(header.find(','), header.size());
    std::string_view item = header.substr(0, comma);
    header.remove_prefix(std::min(comma + 1, header.size()));
    item.remove_prefix(std::min(item.find_first_not_of(' '), item.size()));
    const std::string_view name = item.substr(0, item.find_first_of("; "));
    if (name != coding) continue;
    const size_t weight = item.find("q=0");
    return weight == std::string_view::npos ||
           item.find_first_of("123456789", weight + 3) != std::string_view::npos;
  }
  return false;
}

net::HttpResponse IndexResponse(const UiAsset& index, const std::string& nonce) {
  net::HttpResponse response;
  response.headers.emplace_back("Content-Type", index.content_type);
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-" + nonce +
          "'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
          "form-action 'self'");
  response.headers.emplace_back("X-Frame-Options", "DENY");
  AddSecurityHeaders(response);
  response.body = index.plain;
  for (size_t at = response.body.find(kNonceMark); at != std::string::npos;
       at = response.body.find(kNonceMark, at + nonce.size())) {
    response.body.replace(at, kNonceMark.size(), nonce);
  }
  return response;
}

net::HttpResponse AssetResponse(const UiAsset& asset, const net::HttpRequest& request) {
  net::HttpResponse response;
  response.compressible = false;  // The forms that pay are made by the build.
  response.headers.emplace_back("ETag", asset.etag);
  response.headers.emplace_back("Cache-Control", asset.path.starts_with("/assets/")
                                                     ? "public, max-age=31536000, immutable"
                                                     : "no-cache");
  response.headers.emplace_back("Vary", "Accept-Encoding");
  AddSecurityHeaders(response);
  if (request.Header("if-none-match").find(asset.etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  response.headers.emplace_back("Content-Type", asset.content_type);
  const std::string_view accepted = request.Header("accept-encoding");
  if (!asset.brotli.empty() && Accepts(accepted, "br")) {
    response.headers.emplace_back("Content-Encoding", "br");
    response.body = asset.brotli;
  } else if (!asset.gzip.empty() && Accepts(accepted, "gzip")) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = asset.gzip;
  } else {
    response.body = asset.plain;
  }
  return response;
}

net::HttpResponse Answer(const UiDeps& deps, const net::HttpRequest& request) {
  const std::string path = "/" + std::string(request.PathParam("path"));
  const UiAsset* asset = Find(deps.assets, path);
  if (asset != nullptr && asset->path != kIndexPath) return AssetResponse(*asset, request);
  const bool is_route =
      path.find('.', path.rfind('/')) == std::string::npos && !path.starts_with("/api/");
  const UiAsset* index = Find(deps.assets, kIndexPath);
  if (index != nullptr && (asset == index || is_route)) {
    return IndexResponse(*index, deps.make_nonce());
  }
  return net::HttpResponse::Text(404, "no such path: " + path + "\n");
}

}  // namespace

void RegisterUi(net::HttpRouter& router, const UiDeps& deps) {
  router.Add("GET", "/{path...}", net::RunOn::kIo,
             [deps](const net::HttpRequest& request, const net::HttpResponder& respond) {
               respond(Answer(deps, request));
             });
}

std::string RandomNonce() {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::random_device device;
  std::string nonce;
  while (nonce.size() < 32) {
    for (uint32_t bits = device(), i = 0; i < 8; ++i, bits >>= 4) nonce += kDigits[bits & 15];
  }
  return nonce;
}

}  // namespace orrery::api
