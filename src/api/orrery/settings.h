// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/setting.h"
#include "net/http_router.h"

namespace orrery::api {

// Adds GET /api/orrery/v1/config: every setting with the value that is in force, in the order of
// the reference. Of a secret only "(hidden)" is shown.
//
//   {"settings":[{"name":"data_dir","type":"text","bounds":"","default":"./data","value":"/srv/o",
//    "changed":true,"help":"The directory that holds everything stored; ..."}]}
//
// Settings are read once, when the process starts, and so is the answer made once.
void RegisterSettings(net::HttpRouter& router, const std::vector<Setting>& settings);

}  // namespace orrery::api
