#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "routing/target_health.h"

namespace penstock::routing {

// One of several credentials that serve the same model.
struct Credential {
  std::string_view id;  // the provider's: what affinity hashes
  double weight = 1;    // its share; of none that has more it comes after those that have
  TargetView view;
};

// The orders in which credentials are tried, as indexes into `credentials`, each once. Those that
// are ready (or to be probed) come first, then those that are Last, then those that are Blocked;
// within these by the rule. Pure: `random` and `key` decide.

// Each comes first with the probability of its share, the next likewise among the rest.
std::vector<size_t> orderWeighted(std::span<const Credential> credentials, uint64_t random);

// The least busy for its share first; equals in random order.
std::vector<size_t> orderLeastBusy(std::span<const Credential> credentials, uint64_t random);

// The same key goes to the same credential, for its prompt cache: a rendezvous hash by weights, so
// that one credential more or less moves only the keys that it gets or had. With bounded load: a
// credential with more under way than 1.25 × (its share of all + 1) comes after those with less.
std::vector<size_t> orderByAffinity(std::span<const Credential> credentials, uint64_t key);

}  // namespace penstock::routing
