#pragma once

#include <cstdint>
#include <string_view>

namespace penstock::routing {

// What requests have in common that should meet the same prompt cache: the conversation, when the
// caller names it, else how the prompt begins. Projects are kept apart.
struct AffinityOf {
  std::string_view project_id;
  std::string_view conversation_id;  // may be empty
  std::string_view messages;         // raw JSON of the prompt
};
uint64_t affinityKey(const AffinityOf& request);

}  // namespace penstock::routing
