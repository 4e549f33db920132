// SPDX-License-Identifier: Apache-2.0
#include "api/ui/ui_assets.h"

namespace orrery::api {
namespace {

constexpr std::string_view kPage =
    "<!doctype html>\n<html lang=\"en\"><head><meta "
    "charset=\"utf-8\"><title>Orrery</title></head>\n"
    "<body><h1>Orrery</h1>\n<p>This executable was built without its page (ORRERY_UI=OFF). The "
    "APIs "
    "answer all the same; Tempo's is under <code>/tempo</code>.</p></body></html>\n";

constexpr UiAsset kAssets[] = {
    {"/index.html", "text/html; charset=utf-8", "\"none\"", kPage, {}, {}}};

}  // namespace

std::span<const UiAsset> UiAssets() { return kAssets; }

}  // namespace orrery::api
