// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace orrery::compression {

// One function per format, with the contract of Inflate.
Result<std::string> InflateZlib(std::string_view input, size_t max_bytes, bool gzip);
Result<std::string> InflateZstd(std::string_view input, size_t max_bytes);
Result<std::string> InflateLz4(std::string_view input, size_t max_bytes);
Result<std::string> InflateSnappy(std::string_view input, size_t max_bytes);

Status OverLimit(size_t max_bytes);

// BoundedOutput is a text that grows by doubling, up to one byte past a limit: the extra byte is
// how a decompressor shows that there is more than allowed.
class BoundedOutput {
 public:
  BoundedOutput(size_t first_guess, size_t max_bytes) : max_bytes_(max_bytes) {
    text_.resize(std::min(std::max<size_t>(first_guess, 64), max_bytes + 1));
  }

  char* tail() { return text_.data() + used_; }
  size_t room() const { return text_.size() - used_; }
  // Notes `n` more bytes written at tail(). Requires: n <= room().
  void Advance(size_t n) { used_ += n; }
  bool over() const { return used_ > max_bytes_; }
  void Grow() { text_.resize(std::min(text_.size() * 2, max_bytes_ + 1)); }
  // Requires: !over().
  std::string Take() {
    text_.resize(used_);
    return std::move(text_);
  }

 private:
  const size_t max_bytes_;
  std::string text_;
  size_t used_ = 0;
};

}  // namespace orrery::compression
