#include "upstream/health_changes.h"

#include <utility>

namespace penstock::upstream {

using routing::HealthState;

std::optional<HealthChanges::Change> HealthChanges::see(std::string_view provider_id,
                                                        HealthState state) {
  auto found = known_.find(provider_id);
  if (found == known_.end()) found = known_.emplace(provider_id, Known{}).first;
  Known& known = found->second;
  const bool held = std::exchange(known.last, state) == state;
  if (!held || state == HealthState::Unknown || state == known.told) return std::nullopt;
  if (known.told == HealthState::Unknown && state == HealthState::Healthy) {
    known.told = state;
    return std::nullopt;
  }
  return Change{known.told, state};
}

void HealthChanges::told(std::string_view provider_id, const Change& change) {
  const auto found = known_.find(provider_id);
  if (found != known_.end()) found->second.told = change.to;
}

void HealthChanges::keepOnly(const std::function<bool(const std::string&)>& exists) {
  std::erase_if(known_, [&](const auto& known) { return !exists(known.first); });
}

}  // namespace penstock::upstream
