# SPDX-License-Identifier: Apache-2.0
# orrery_ui_assets: the built page, as the object that defines api::UiAssets
# (src/api/ui/ui_assets.h). Only `orrery` links it. Tests of rooms that need the function link
# orrery_ui_assets_none, a single page that says that there is none, and need no Node; with
# ORRERY_UI=OFF the first is the second.

set(no_assets "${CMAKE_SOURCE_DIR}/src/api/ui/ui_assets_none.cc")
set(assets "${no_assets}")
if(ORRERY_UI)
  set(assets "${CMAKE_CURRENT_BINARY_DIR}/ui_assets.cc")
  # Not ui/, which CMake keeps for ui/CMakeLists.txt and Vite would empty.
  set(built "${CMAKE_BINARY_DIR}/page")
  file(GLOB_RECURSE page CONFIGURE_DEPENDS
    "${CMAKE_SOURCE_DIR}/ui/src/*" "${CMAKE_SOURCE_DIR}/ui/public/*" "${CMAKE_SOURCE_DIR}/ui/tools/*")
  list(FILTER page EXCLUDE REGEX "\\.test\\.tsx?$")
  foreach(file IN ITEMS index.html package.json package-lock.json tsconfig.json vite.config.ts)
    list(APPEND page "${CMAKE_SOURCE_DIR}/ui/${file}")
  endforeach()
  add_custom_command(
    OUTPUT "${assets}"
    COMMAND "${CMAKE_COMMAND}" -E env "ORRERY_UI_OUT=${built}"
      "${CMAKE_SOURCE_DIR}/tools/npm" run build --silent
    COMMAND "${CMAKE_SOURCE_DIR}/tools/embed_ui" "${built}" "${assets}"
    DEPENDS ${page} "${CMAKE_SOURCE_DIR}/tools/embed_ui"
    COMMENT "Building the page"
    VERBATIM)
endif()

add_library(orrery_ui_assets OBJECT "${assets}")
add_library(orrery_ui_assets_none OBJECT "${no_assets}")
foreach(library IN ITEMS orrery_ui_assets orrery_ui_assets_none)
  target_include_directories(${library} PRIVATE "${CMAKE_SOURCE_DIR}/src")
endforeach()
