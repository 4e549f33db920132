// SPDX-License-Identifier: Apache-2.0
#include "net/listen_error.h"

#include <cerrno>
#include <cstring>

namespace orrery::net {

std::string JoinAddress(std::string_view address, uint16_t port) {
  const bool is_v6 = address.find(':') != std::string_view::npos;
  std::string out = is_v6 ? "[" + std::string(address) + "]" : std::string(address);
  return out + ":" + std::to_string(port);
}

Status ListenError(std::string_view address, uint16_t port, std::string_view setting, int error) {
  const std::string where = "address " + JoinAddress(address, port);
  const std::string change = "set " + std::string(setting) + " to another one";
  switch (error) {
    case EADDRINUSE:
      return Unavailable(where + " is taken by another process; stop it or " + change);
    case EADDRNOTAVAIL:
      return InvalidArgument(where + " is not an address of this machine; " + change);
    case EACCES:
      return InvalidArgument(where + " needs rights that this process lacks; " + change);
    default:
      return Unavailable(where + " can't be opened: " + std::strerror(error) + "; " + change);
  }
}

}  // namespace orrery::net
