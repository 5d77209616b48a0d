#include "routing/affinity.h"

#include <functional>

#include "routing/mix.h"

namespace penstock::routing {
namespace {

// Enough to tell system prompts apart, and short of what a conversation adds turn by turn.
constexpr size_t kPrefixBytes = 2048;

uint64_t hashOf(std::string_view text) { return std::hash<std::string_view>{}(text); }

}  // namespace

uint64_t affinityKey(const AffinityOf& request) {
  const uint64_t project = mixBits(hashOf(request.project_id));
  if (!request.conversation_id.empty()) return mixBits(project ^ hashOf(request.conversation_id));
  return mixBits(project + hashOf(request.messages.substr(0, kPrefixBytes)));
}

}  // namespace penstock::routing
