// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace orrery::cli {

struct Answer {
  int status = 0;
  std::string body;
};

// One GET, waiting for the whole answer; `parameters` are encoded and added to `url`. Never goes
// through a proxy that the environment names: the server is on this machine or near it.
// Unavailable: nobody answers there; the message names the address.
Result<Answer> Get(const std::string& url,
                   const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace orrery::cli
