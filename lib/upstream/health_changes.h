#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "routing/health.h"

namespace penstock::upstream {

// Which changes of providers' health are worth telling: those that held for two looks. Going quiet
// is none, and a provider's first word since the start only if it is a bad one: otherwise each
// start would tell of every provider that works. Not thread-safe.
class HealthChanges {
 public:
  struct Change {
    routing::HealthState from = routing::HealthState::Unknown;
    routing::HealthState to = routing::HealthState::Unknown;
    bool operator==(const Change&) const = default;
  };

  // One look. The change is given again with each look until told() is called.
  std::optional<Change> see(std::string_view provider_id, routing::HealthState state);
  void told(std::string_view provider_id, const Change& change);
  // Forgets the providers that are not.
  void keepOnly(const std::function<bool(const std::string& provider_id)>& exists);

 private:
  struct Known {
    routing::HealthState told = routing::HealthState::Unknown;
    routing::HealthState last = routing::HealthState::Unknown;
  };
  std::map<std::string, Known, std::less<>> known_;
};

}  // namespace penstock::upstream
