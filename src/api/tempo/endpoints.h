// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/tempo/tempo_api.h"
#include "net/http_message.h"

namespace orrery::api {

// One function per endpoint of Tempo's API, each in a file of its own: a request in, its answer
// out. Errors are answers too, in plain text.

net::HttpResponse Echo(const TempoDeps& deps, const net::HttpRequest& request);
net::HttpResponse Ready(const TempoDeps& deps, const net::HttpRequest& request);
net::HttpResponse BuildInfo(const TempoDeps& deps, const net::HttpRequest& request);
net::HttpResponse TraceByIdV1(const TempoDeps& deps, const net::HttpRequest& request);
net::HttpResponse TraceByIdV2(const TempoDeps& deps, const net::HttpRequest& request);
net::HttpResponse TraceDiff(const TempoDeps& deps, const net::HttpRequest& request);
net::HttpResponse Search(const TempoDeps& deps, const net::HttpRequest& request);
net::HttpResponse SearchTagsV1(const TempoDeps& deps, const net::HttpRequest& request);
net::HttpResponse SearchTagsV2(const TempoDeps& deps, const net::HttpRequest& request);
net::HttpResponse TagValuesV1(const TempoDeps& deps, const net::HttpRequest& request);
net::HttpResponse TagValuesV2(const TempoDeps& deps, const net::HttpRequest& request);
net::HttpResponse MetricsQueryRange(const TempoDeps& deps, const net::HttpRequest& request);
net::HttpResponse MetricsQueryInstant(const TempoDeps& deps, const net::HttpRequest& request);

}  // namespace orrery::api
