// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace orrery::api {

// A file of the page, as the build put it into the executable. All views last as long as that.
struct UiAsset {
  std::string_view path;  // "/index.html", "/assets/main-3f2a.js"
  std::string_view content_type;
  std::string_view etag;  // In quotes.
  std::string_view plain;
  std::string_view gzip;    // Empty when there is no such form.
  std::string_view brotli;  // The same.
};

// Defined by orrery_ui_assets, which `orrery` links, or by orrery_ui_assets_none, for tests
// (cmake/OrreryUi.cmake). Sorted by path. Made by tools/embed_ui from the page's build; without one
// (ORRERY_UI=OFF) it is an index.html that says so.
std::span<const UiAsset> UiAssets();

}  // namespace orrery::api
