// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace orrery {

// Prints file, line and condition to stderr and aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);

}  // namespace orrery

// For states that no input can reach; holds in all builds.
#define ORRERY_CHECK(condition)                              \
  do {                                                       \
    if (!(condition)) [[unlikely]]                           \
      ::orrery::CheckFailed(__FILE__, __LINE__, #condition); \
  } while (false)

// The same where the test costs something; only in builds without NDEBUG.
#ifdef NDEBUG
#define ORRERY_DCHECK(condition) \
  do {                           \
  } while (false && (condition))
#else
#define ORRERY_DCHECK(condition) ORRERY_CHECK(condition)
#endif
