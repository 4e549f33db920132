// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "traces/attribute_lists.h"

namespace orrery::traces {

// Sorts out which keys of finished lists deserve a column of their own, before they are written:
// with many columns, those with few values go to rest columns, and keys in rest columns that turned
// out to be frequent get one. Lists with few columns stay as they are.
//
// Cost: nothing with few columns; else all values are copied once.
void GatherRareAttributes(AttributeLists& lists);

}  // namespace orrery::traces
