// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.h"

namespace orrery::net {

// HttpGuard refuses what a foreign web page could make a browser send to this machine: requests
// under a host name that is not ours (DNS rebinding), and writes that another origin's page makes.
// Programs that are no browsers send neither an Origin nor a strange Host, so they never notice.
//
// Threads: constant after construction.
class HttpGuard {
 public:
  // localhost, 127.0.0.1 and ::1 are always allowed; "*" allows every host.
  explicit HttpGuard(std::vector<std::string> allowed_hosts);

  // Why the request is refused (one sentence, for a 403), or nothing. `local_address` is the one
  // that the connection came in on; its text is allowed as a host.
  std::optional<std::string> Refuse(const HttpRequest& request,
                                    std::string_view local_address) const;

 private:
  bool IsAllowedHost(std::string_view host, std::string_view local_address) const;

  std::vector<std::string> allowed_;  // Lower case.
  bool allow_all_ = false;
};

}  // namespace orrery::net
