// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>

#include "api/ui/ui_assets.h"
#include "net/http_router.h"

namespace orrery::api {

struct UiDeps {
  std::span<const UiAsset> assets;
  // Letters and digits that nobody can guess, new at each call. Called concurrently.
  std::function<std::string()> make_nonce;
};

// Adds GET /{path...}: the page and its files.
//
// index.html gets a new nonce in each answer, in its content security policy and in place of
// __ORRERY_NONCE__, so it is never cached. Files under /assets/ have a hash in their names and are
// cached for ever, others are revalidated. A path that names no file and has no dot is one of the
// page's own routes and answered with index.html, except under /api/.
//
// `deps` are copied; the assets must outlive the router.
void RegisterUi(net::HttpRouter& router, const UiDeps& deps);

// 128 random bits of the system, in hex.
std::string RandomNonce();

}  // namespace orrery::api
