// SPDX-License-Identifier: Apache-2.0
#include "server/run.h"

#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fs/real_file_system.h"
#include "server/server.h"
#include "server/stop_signal.h"
#include "server/version.h"

namespace orrery::server {
namespace {

// By default every thread gets a heap of its own, and each keeps what it has once used.
constexpr int kHeaps = 2;

// Connections must not leave the store without descriptors: as many as the system lets us have.
void AllowManyFiles() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

Status Run(const config::Config& config) {
  ::mallopt(M_ARENA_MAX, kHeaps);
  AllowManyFiles();
  const SystemClock clock;
  const Logger logger(clock, STDERR_FILENO, config.log_format, config.log_level);
  fs::RealFileSystem fs;
  StopSignal stop;

  const uint64_t begin = clock.MonotonicNanos();
  logger.Info("starting", {{"version", Version()}, {"data_dir", config.data_dir}});
  ORRERY_ASSIGN_OR_RETURN(
      const std::unique_ptr<Server> server,
      Server::Start(config, {.fs = fs, .clock = clock, .logger = logger, .page = api::UiAssets()}));
  stop.Arm();
  for (const auto& [name, address] : server->addresses()) {
    logger.Info("listening", {{"for", name}, {"address", address}});
  }
  logger.Info("ready", {{"seconds", static_cast<double>(clock.MonotonicNanos() - begin) / 1e9}});

  const int signal = stop.Wait();
  logger.Info("draining", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  server->Drain();
  logger.Info("stopped");
  return OkStatus();
}

}  // namespace orrery::server
