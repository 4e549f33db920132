// SPDX-License-Identifier: Apache-2.0
#include "net/io_threads.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace orrery::net {

struct IoThreads::Work {
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard;
};

IoThreads::IoThreads(int threads)
    : context_(std::make_unique<boost::asio::io_context>(threads)),
      work_(new Work{boost::asio::make_work_guard(*context_)}) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { context_->run(); });
}

IoThreads::~IoThreads() {
  work_.reset();
  context_->stop();
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace orrery::net
