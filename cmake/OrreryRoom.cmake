# SPDX-License-Identifier: Apache-2.0
# orrery_room declares one room of the house as one static library, with its tests beside it.
#
#   orrery_room(wire
#     SOURCES otlp_decode.cc otlp_encode.cc
#     DEPS model compression                  # rooms
#     LIBS simdjson::simdjson                 # third-party libraries, private
#     TESTS otlp_decode_test.cc               # -> orrery_wire_test, registered with ctest
#     TEST_DEPS fs                            # further rooms for the tests
#     TEST_LIBS rapidcheck                    # further libraries for the tests
#     BENCHES otlp_decode_bench.cc            # -> orrery_wire_bench (ORRERY_BENCH)
#     FUZZERS otlp_decode_fuzz.cc)            # -> one executable each (ORRERY_FUZZ)
#
# A room in a subfolder has a slash in its name: storage/wal is target orrery_storage_wal.

function(orrery_target_of room out)
  string(REPLACE "/" "_" name "${room}")
  set(${out} "orrery_${name}" PARENT_SCOPE)
endfunction()

# One fuzz target, named after its source, with what it links.
function(orrery_fuzzer source)
  get_filename_component(name ${source} NAME_WE)
  add_executable(${name} ${source})
  target_link_libraries(${name} PRIVATE ${ARGN})
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  target_compile_definitions(${name} PRIVATE ORRERY_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  set_property(GLOBAL APPEND PROPERTY ORRERY_FUZZERS ${name})
endfunction()

function(orrery_room room)
  cmake_parse_arguments(R "" "" "SOURCES;DEPS;LIBS;TESTS;TEST_DEPS;TEST_LIBS;BENCHES;FUZZERS" ${ARGN})
  orrery_target_of(${room} target)
  if(R_SOURCES)
    add_library(${target} STATIC ${R_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE ${R_LIBS})
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} "${CMAKE_SOURCE_DIR}/src")
  foreach(dep IN LISTS R_DEPS)
    orrery_target_of(${dep} dep_target)
    target_link_libraries(${target} ${scope} ${dep_target})
  endforeach()
  set(links ${target} ${R_LIBS} ${R_TEST_LIBS})
  foreach(dep IN LISTS R_TEST_DEPS)
    orrery_target_of(${dep} dep_target)
    list(APPEND links ${dep_target})
  endforeach()

  if(ORRERY_TESTS AND R_TESTS)
    find_package(GTest REQUIRED)
    add_executable(${target}_test ${R_TESTS})
    target_link_libraries(${target}_test PRIVATE ${links} GTest::gtest GTest::gmock GTest::gtest_main)
    target_compile_definitions(${target}_test PRIVATE
      ORRERY_SOURCE_DIR="${CMAKE_SOURCE_DIR}" ORRERY_BIN_DIR="${CMAKE_BINARY_DIR}/bin")
    add_test(NAME ${room} COMMAND ${target}_test)
    set_tests_properties(${room} PROPERTIES TIMEOUT 600 LABELS unit)
  endif()
  if(ORRERY_BENCH AND R_BENCHES)
    find_package(benchmark REQUIRED)
    add_executable(${target}_bench ${R_BENCHES})
    target_link_libraries(${target}_bench PRIVATE ${links} benchmark::benchmark_main)
  endif()
  if(ORRERY_FUZZ)
    foreach(source IN LISTS R_FUZZERS)
      orrery_fuzzer(${source} ${links})
    endforeach()
  endif()
endfunction()

# Target orrery_fuzzers builds every fuzz target; fuzzers.txt lists them for tools/fuzz.
function(orrery_list_fuzzers)
  get_property(names GLOBAL PROPERTY ORRERY_FUZZERS)
  add_custom_target(orrery_fuzzers DEPENDS ${names})
  list(JOIN names "\n" text)
  file(WRITE "${CMAKE_BINARY_DIR}/fuzzers.txt" "${text}\n")
endfunction()
