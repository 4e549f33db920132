# SPDX-License-Identifier: Apache-2.0
# Target orrery::grpc. Found by name: pkg-config takes seconds to walk all of Abseil's files, a dozen
# times a configuration, only to arrive at the same libraries. Abseil's locks are in gRPC's headers, and
# builds for the sanitizers don't inline them away.
find_path(ORRERY_GRPC_INCLUDE grpcpp/grpcpp.h REQUIRED)
add_library(orrery_grpc INTERFACE)
add_library(orrery::grpc ALIAS orrery_grpc)
foreach(name IN ITEMS grpc++ grpc gpr absl_synchronization)
  string(MAKE_C_IDENTIFIER "ORRERY_LIB_${name}" variable)
  find_library(${variable} ${name} REQUIRED)
  target_link_libraries(orrery_grpc INTERFACE "${${variable}}")
endforeach()
target_include_directories(orrery_grpc SYSTEM INTERFACE "${ORRERY_GRPC_INCLUDE}")
