#pragma once

#include <vector>

#include "dialect/chat_parts.h"
#include "dialect/wire_reading.h"
#include "json/value.h"

namespace penstock::dialect {

// Anthropic's content, a text or an array of blocks, as parts. Kinds of blocks that are not known,
// and those that only Anthropic runs (server tools and their results), become OtherPart.
std::vector<Part> readBlocks(Reading& reading, json::ValueRef content);
Part readBlock(Reading& reading, json::ValueRef block);

}  // namespace penstock::dialect
