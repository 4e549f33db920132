// SPDX-License-Identifier: Apache-2.0
#include "demo/server/openai_client.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <memory>
#include <new>
#include <random>
#include <thread>
#include <utility>

#include <boost/url/parse.hpp>
#include <curl/curl.h>

#include "demo/common/failure.h"
#include "demo/common/http_client.h"

namespace demo {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMaxAnswerBytes = 4 << 20;
constexpr size_t kMaxHeaderBytes = 256;  // of the two headers that matter
constexpr int64_t kConnectTimeoutMs = 5000;
constexpr int64_t kDefaultWaitMs = 500;
constexpr int64_t kLeastTryMs = 100;  // less than that is no second try

bool IsRetryable(int status) { return status == 429 || (status >= 500 && status < 600); }

std::string Trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

bool IsPrintable(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

int64_t Half(int64_t wait_ms) {
  thread_local std::minstd_rand random(std::random_device{}());
  return std::uniform_int_distribution<int64_t>(0, wait_ms / 2)(random);
}

std::string Seconds(int64_t ms) {
  return std::to_string(ms / 1000) + "." + std::to_string(ms % 1000 / 100) + " s";
}

const char* TypeOf(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return "timeout";
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return "certificate";
    case CURLE_WRITE_ERROR:
      return "answer_too_large";
    default:
      return "connection_failed";
  }
}

class HeaderList {
 public:
  HeaderList() = default;
  ~HeaderList() { curl_slist_free_all(list_); }
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;

  void Append(const std::string& line) {
    curl_slist* const longer = curl_slist_append(list_, line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    list_ = longer;
  }

  curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

}  // namespace

struct OpenAiClient::Reply {
  int status = 0;
  std::string body;
  std::string retry_after;
  std::string retry_after_ms;

  static size_t TakeBody(char* bytes, size_t size, size_t count, void* self) {
    auto& body = static_cast<Reply*>(self)->body;
    if (body.size() + size * count > kMaxAnswerBytes) return 0;
    body.append(bytes, size * count);
    return size * count;
  }

  static size_t TakeHeader(char* bytes, size_t size, size_t count, void* self) {
    auto& reply = *static_cast<Reply*>(self);
    const std::string_view line(bytes, size * count);
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos || line.size() > kMaxHeaderBytes) return line.size();
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (name == "retry-after") reply.retry_after = Trimmed(line.substr(colon + 1));
    if (name == "retry-after-ms") reply.retry_after_ms = Trimmed(line.substr(colon + 1));
    return line.size();
  }
};

int64_t RetryWait(std::string_view retry_after_ms, std::string_view retry_after, int64_t now) {
  // Longer waits than a year make no sense, and their sums would overflow.
  static constexpr double kMaxMs = 365.0 * 86'400 * 1000;
  const auto number = [](std::string_view text, double scale) -> int64_t {
    double value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || !(value >= 0)) {
      return -1;
    }
    return static_cast<int64_t>(std::min(value * scale, kMaxMs));
  };
  if (const int64_t wait = number(retry_after_ms, 1); wait >= 0) return wait;
  if (const int64_t wait = number(retry_after, 1000); wait >= 0) return wait;
  if (retry_after.empty()) return -1;
  const time_t date = curl_getdate(std::string(retry_after).c_str(), nullptr);
  return date < 0 ? -1 : std::max<int64_t>(date - now, 0) * 1000;
}

OpenAiClient::OpenAiClient(Options options) : options_(std::move(options)) {
  const auto refuse = [](const std::string& why) { throw Failure("bad_setting", why); };
  while (options_.base_url.ends_with('/')) options_.base_url.pop_back();
  if (!IsPrintable(options_.key)) {
    refuse("OPENAI_API_KEY has blanks, line breaks or letters beyond ASCII; copy the key again");
  }
  const auto url = boost::urls::parse_uri(options_.base_url);
  if (!url || (url->scheme() != "https" && url->scheme() != "http") || url->host().empty()) {
    refuse("OPENAI_BASE_URL is no address; write one like https://api.openai.com/v1");
  }
  if (url->has_userinfo() || url->has_query() || url->has_fragment()) {
    refuse("OPENAI_BASE_URL has a user, a query or a fragment; leave them out");
  }
  host_ = url->host_address();
  loopback_ = host_ == "localhost" || host_ == "::1" || host_.starts_with("127.");
  const bool tls = url->scheme() == "https";
  if (!tls && !loopback_ && !options_.key.empty()) {
    refuse("OPENAI_BASE_URL would show the key to everybody on the way; write https:// in it");
  }
  if (url->has_port() && url->port_number() == 0) refuse("OPENAI_BASE_URL has port 0");
  port_ = url->has_port() ? url->port_number() : tls ? 443 : 80;
}

std::string OpenAiClient::WithoutKey(std::string text) const {
  if (options_.key.empty()) return text;
  static constexpr std::string_view kMark = "[key]";
  for (size_t at = text.find(options_.key); at != std::string::npos;
       at = text.find(options_.key, at + kMark.size())) {
    text.replace(at, options_.key.size(), kMark);
  }
  return text;
}

OpenAiClient::Reply OpenAiClient::Send(const std::string& url, const std::string& body,
                                       int64_t timeout_ms) const {
  HeaderList headers;
  headers.Append("Content-Type: application/json");
  if (!options_.key.empty()) headers.Append("Authorization: Bearer " + options_.key);

  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  if (!curl) throw std::bad_alloc();
  Reply reply;
  char detail[CURL_ERROR_SIZE] = {};
  const auto set = [&](CURLoption option, auto value) {
    if (curl_easy_setopt(curl.get(), option, value) != CURLE_OK) {
      throw Failure("bad_setting", "libcurl does not know option " + std::to_string(option));
    }
  };
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, url.starts_with("https:") ? "https" : "http");
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
  if (loopback_ || is_stand_in()) set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  set(CURLOPT_POSTFIELDS, body.c_str());
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_ms));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(timeout_ms, kConnectTimeoutMs)));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, "orrery-demo/0.1.0");
  set(CURLOPT_ERRORBUFFER, detail);
  set(CURLOPT_WRITEFUNCTION, &Reply::TakeBody);
  set(CURLOPT_WRITEDATA, &reply);
  set(CURLOPT_HEADERFUNCTION, &Reply::TakeHeader);
  set(CURLOPT_HEADERDATA, &reply);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) {
    const std::string why = detail[0] != '\0' ? detail : curl_easy_strerror(code);
    throw Failure(TypeOf(code), WithoutKey("POST " + url + ": " + why));
  }
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  reply.body = WithoutKey(std::move(reply.body));
  return reply;
}

OpenAiClient::Answer OpenAiClient::Post(const std::string& path, const std::string& body,
                                        const std::function<void(const Retry&)>& on_retry) const {
  const std::string url = options_.base_url + path;
  const Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(options_.timeout_ms);
  Reply reply = Send(url, body, options_.timeout_ms);
  std::string too_long;
  if (IsRetryable(reply.status)) {
    int64_t wait = RetryWait(reply.retry_after_ms, reply.retry_after, std::time(nullptr));
    if (wait < 0) wait = kDefaultWaitMs + Half(kDefaultWaitMs);
    const int64_t left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (wait + kLeastTryMs <= left) {
      on_retry({.status = reply.status, .wait_ms = static_cast<int>(wait)});
      std::this_thread::sleep_for(std::chrono::milliseconds(wait));
      reply = Send(url, body, left - wait);
    } else {
      too_long = "; it asks to wait " + Seconds(wait);
    }
  }
  if (reply.status != 200) {
    throw HttpFailure(reply.status, "openai answered " + std::to_string(reply.status) + ": " +
                                        ReasonIn(reply.body) + too_long);
  }
  return {reply.status, std::move(reply.body)};
}

}  // namespace demo
