// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace orrery::net {

// An answer as it came over the wire.
struct RawAnswer {
  int status = 0;                              // 0 when the connection closed instead.
  std::map<std::string, std::string> headers;  // Names in lower case.
  std::string body;
};

// RawClient is a blocking HTTP/1.1 client for tests that says exactly what the test wrote.
class RawClient {
 public:
  explicit RawClient(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    const timeval patience{20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;
  ~RawClient() { ::close(fd_); }

  bool connected() const { return connected_; }
  int fd() const { return fd_; }

  // False when the server has closed.
  bool Send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      text.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }

  // The next answer. `has_body` is false for answers to HEAD.
  RawAnswer Read(bool has_body = true) {
    RawAnswer answer;
    size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!Receive()) return answer;
    }
    const std::string head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    answer.status = std::atoi(head.c_str() + std::string_view("HTTP/1.1 ").size());
    for (size_t line = head.find("\r\n") + 2; line < head.size();) {
      const size_t stop = head.find("\r\n", line);
      const size_t colon = head.find(": ", line);
      std::string name = head.substr(line, colon - line);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      answer.headers[name] = head.substr(colon + 2, stop - colon - 2);
      line = stop + 2;
    }
    if (has_body && answer.headers["transfer-encoding"] == "chunked") {
      while (ReadChunk(answer.body)) {
      }
      return answer;
    }
    const size_t length =
        has_body ? std::strtoull(answer.headers["content-length"].c_str(), nullptr, 10) : 0;
    while (buffer_.size() < length && Receive()) {
    }
    answer.body = buffer_.substr(0, length);
    buffer_.erase(0, length);
    return answer;
  }

  // Appends the next chunk of a body; false after the last one, or when the server has closed,
  // which adds "(cut off)".
  bool ReadChunk(std::string& body) {
    size_t line;
    while ((line = buffer_.find("\r\n")) == std::string::npos) {
      if (!Receive()) return body += "(cut off)", false;
    }
    const size_t size = std::strtoull(buffer_.c_str(), nullptr, 16);
    while (buffer_.size() < line + 2 + size + 2) {
      if (!Receive()) return body += "(cut off)", false;
    }
    body += buffer_.substr(line + 2, size);
    buffer_.erase(0, line + 2 + size + 2);
    return size > 0;
  }

  RawAnswer Get(std::string_view target, std::string_view headers = "") {
    Send("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) +
         "\r\n");
    return Read();
  }

  RawAnswer Post(std::string_view target, std::string_view headers, std::string_view body) {
    Send("POST " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n");
    Send(body);
    return Read();
  }

  // Waits for the server to close; false when it sends something or nothing happens.
  bool WaitForClose() {
    char c;
    return buffer_.empty() && ::recv(fd_, &c, 1, 0) == 0;
  }

 private:
  bool Receive() {
    char chunk[65536];
    const ssize_t n = ::recv(fd_, chunk, sizeof(chunk), 0);
    if (n <= 0) return false;
    buffer_.append(chunk, static_cast<size_t>(n));
    return true;
  }

  int fd_;
  bool connected_ = false;
  std::string buffer_;
};

}  // namespace orrery::net
