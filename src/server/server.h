// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/ui/ui_assets.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "config/config.h"
#include "fs/file_system.h"

namespace orrery::server {

// What a server borrows; all of it must outlive the server.
struct ServerDeps {
  fs::FileSystem& fs;
  const Clock& clock;
  const Logger& logger;
  std::span<const api::UiAsset> page;  // Files of the web page.
};

// Server is the whole process without its command line: the rooms, built bottom-up and wired.
//
//   lock of the data directory -> admin port -> trace store (replays its log) -> pipeline ->
//   receivers and APIs -> their ports
//
// Life:    Start, then Drain, then destroy. The admin port answers from early on: /ready says what
//          the start waits for.
// Threads: Start, Drain and destruction on one thread.
// Failure: Start tells what is taken or broken (a lock, a port, a directory) and what to do.
class Server {
 public:
  static Result<std::unique_ptr<Server>> Start(const config::Config& config,
                                               const ServerDeps& deps);

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // Name and address of each open port, with the port that was really taken.
  std::vector<std::pair<std::string, std::string>> addresses() const;

  // Takes no new requests, finishes the running ones, stores what is queued.
  void Drain();

 private:
  class Rooms;

  explicit Server(std::unique_ptr<Rooms> rooms);

  const std::unique_ptr<Rooms> rooms_;
};

}  // namespace orrery::server
