// SPDX-License-Identifier: Apache-2.0
#include <protozero/pbf_reader.hpp>

#include "bench/load/sender.h"

namespace orrery::load {

Answer ReadExportResponse(const std::string& body) {
  Answer answer;
  answer.kind = Answer::Kind::kAccepted;
  try {
    protozero::pbf_reader response(body);
    while (response.next(1)) {
      protozero::pbf_reader partial = response.get_message();
      while (partial.next()) {
        if (partial.tag() == 1) {
          answer.refused = static_cast<uint64_t>(partial.get_int64());
        } else if (partial.tag() == 2) {
          answer.reason = partial.get_string();
        } else {
          partial.skip();
        }
      }
    }
  } catch (const protozero::exception&) {
    answer.kind = Answer::Kind::kRefused;
    answer.reason = "the answer is no ExportTraceServiceResponse";
  }
  return answer;
}

}  // namespace orrery::load
