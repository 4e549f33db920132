// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <cstring>

#include <curl/curl.h>
#include <protozero/pbf_reader.hpp>
#include <zlib.h>

#include "bench/load/sender.h"

namespace orrery::load {
namespace {

constexpr long kTimeoutMs = 60'000;
constexpr int kGzipWindow = 15 + 16;
constexpr int kFastest = 1;

std::string Gzip(const std::string& in) {
  z_stream stream{};
  deflateInit2(&stream, kFastest, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, in.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

size_t TakeBody(char* bytes, size_t size, size_t count, void* body) {
  static_cast<std::string*>(body)->append(bytes, size * count);
  return size * count;
}

size_t TakeHeader(char* bytes, size_t size, size_t count, void* retry_after_s) {
  constexpr char kName[] = "retry-after:";
  const size_t length = size * count;
  if (length > sizeof kName && strncasecmp(bytes, kName, sizeof kName - 1) == 0) {
    const char* at = bytes + sizeof kName - 1;
    while (at < bytes + length && *at == ' ') ++at;
    std::from_chars(at, bytes + length, *static_cast<int64_t*>(retry_after_s));
  }
  return length;
}

// The message of a google.rpc.Status, or the text as it came.
std::string MessageOf(const std::string& body) {
  try {
    protozero::pbf_reader status(body);
    while (status.next()) {
      if (status.tag() == 2) return status.get_string();
      status.skip();
    }
  } catch (const protozero::exception&) {
  }
  return body.substr(0, 200);
}

class HttpSender : public Sender {
 public:
  HttpSender(const std::string& url, bool gzip) : gzip_(gzip), curl_(curl_easy_init()) {
    headers_ = curl_slist_append(headers_, "Content-Type: application/x-protobuf");
    headers_ = curl_slist_append(headers_, "Expect:");
    if (gzip) headers_ = curl_slist_append(headers_, "Content-Encoding: gzip");
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT_MS, kTimeoutMs);
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, &TakeBody);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &body_);
    curl_easy_setopt(curl_, CURLOPT_HEADERFUNCTION, &TakeHeader);
    curl_easy_setopt(curl_, CURLOPT_HEADERDATA, &retry_after_s_);
  }
  HttpSender(const HttpSender&) = delete;
  HttpSender& operator=(const HttpSender&) = delete;

  ~HttpSender() override {
    curl_easy_cleanup(curl_);
    curl_slist_free_all(headers_);
  }

  Answer Send(const std::string& body) override {
    const std::string packed = gzip_ ? Gzip(body) : std::string();
    const std::string& payload = gzip_ ? packed : body;
    body_.clear();
    retry_after_s_ = 0;
    curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(payload.size()));
    curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, payload.data());
    const CURLcode code = curl_easy_perform(curl_);
    if (code != CURLE_OK) {
      return {.kind = Answer::Kind::kUnreachable, .reason = curl_easy_strerror(code)};
    }
    long status = 0;
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status);
    if (status == 200) return ReadExportResponse(body_);
    const bool again = status == 429 || (status >= 502 && status <= 504);
    return {.kind = again ? Answer::Kind::kRetry : Answer::Kind::kRefused,
            .retry_after_ms = retry_after_s_ * 1000,
            .reason = std::to_string(status) + " " + MessageOf(body_)};
  }

 private:
  const bool gzip_;
  CURL* const curl_;
  curl_slist* headers_ = nullptr;
  std::string body_;
  int64_t retry_after_s_ = 0;
};

}  // namespace

std::unique_ptr<Sender> MakeHttpSender(const std::string& url, bool gzip) {
  return std::make_unique<HttpSender>(url, gzip);
}

}  // namespace orrery::load
