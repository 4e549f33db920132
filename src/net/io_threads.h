// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <thread>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace orrery::net {

// IoThreads runs the sockets of one or several servers.
//
// Life:    made before the servers that use it, destroyed after them, and after the last responder
//          that their handlers hold.
// Threads: handlers run on these threads and must not wait there.
class IoThreads {
 public:
  // Requires: threads > 0.
  explicit IoThreads(int threads);
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  boost::asio::io_context& context() { return *context_; }

 private:
  struct Work;

  std::unique_ptr<boost::asio::io_context> context_;
  std::unique_ptr<Work> work_;  // Keeps the threads waiting while there is nothing to do.
  std::vector<std::thread> threads_;
};

}  // namespace orrery::net
