// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compression/codec.h"

namespace orrery::compression {

// One function per codec file; only the registry calls them.
const Codec& NoneCodec();
const Codec& Lz4Codec();
const Codec& ZstdCodec();
const Codec& SnappyCodec();
const Codec& ZlibCodec();

}  // namespace orrery::compression
