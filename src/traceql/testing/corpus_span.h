// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "traceql/testing/corpus_file.h"

namespace orrery::traceql {

// Reads the line of one span, without its indentation:
//   service "name" kind +offset duration [attribute=value ...]
// Beside attributes there are status=, message=, scope="name@version", parent=missing,
// same_id_as=PLACE, event="name" with an offset behind it, and link="LABEL/PLACE"; event.x= and
// link.x= belong to the last of these. An empty text means the line was fine.
std::string ReadCorpusSpan(std::string_view line, CorpusSpan* span);

}  // namespace orrery::traceql
