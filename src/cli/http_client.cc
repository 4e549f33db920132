// SPDX-License-Identifier: Apache-2.0
#include "cli/http_client.h"

#include <memory>

#include <curl/curl.h>

namespace orrery::cli {
namespace {

constexpr long kConnectSeconds = 5;
constexpr long kAnswerSeconds = 120;  // The server ends a query long before.

size_t Collect(char* bytes, size_t size, size_t count, void* body) {
  static_cast<std::string*>(body)->append(bytes, size * count);
  return size * count;
}

}  // namespace

Result<Answer> Get(const std::string& url,
                   const std::vector<std::pair<std::string, std::string>>& parameters) {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  if (curl == nullptr) return Internal("no HTTP client");
  std::string full = url;
  char separator = '?';
  for (const auto& [name, value] : parameters) {
    const std::unique_ptr<char, void (*)(void*)> encoded(
        curl_easy_escape(curl.get(), value.data(), static_cast<int>(value.size())), curl_free);
    full.append(1, separator).append(name).append(1, '=').append(encoded.get());
    separator = '&';
  }
  Answer answer;
  curl_easy_setopt(curl.get(), CURLOPT_URL, full.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kAnswerSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, Collect);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer.body);
  if (const CURLcode code = curl_easy_perform(curl.get()); code != CURLE_OK) {
    return Unavailable("no answer from " + url + ": " + curl_easy_strerror(code));
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

}  // namespace orrery::cli
