#include "routing/balance.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

#include "routing/mix.h"

namespace penstock::routing {
namespace {

constexpr double kLoadFactor = 1.25;

// By the rule, and among equals; what is smaller comes first.
using Rank = std::pair<double, double>;

int readinessRank(const TargetView& view) {
  switch (view.readiness) {
    case Readiness::Ready:
    case Readiness::Probe: return 0;
    case Readiness::Last: return 1;
    case Readiness::Blocked: return 2;
  }
  return 2;
}

template <typename Rule>
std::vector<size_t> ordered(std::span<const Credential> credentials, const Rule& rule) {
  std::vector<std::pair<int, Rank>> ranks(credentials.size());
  for (size_t i = 0; i < credentials.size(); ++i) {
    ranks[i] = {readinessRank(credentials[i].view), rule(i)};
  }
  std::vector<size_t> order(credentials.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return ranks[a] < ranks[b]; });
  return order;
}

// An exponential variable whose rate is the weight: the smallest of several is each one's with the
// probability of its share (Efraimidis and Spirakis; for hashes, weighted rendezvous).
double exponential(double weight, uint64_t bits) {
  if (!(weight > 0)) return std::numeric_limits<double>::infinity();
  return -std::log(unitInterval(bits)) / weight;
}

uint64_t nth(uint64_t random, size_t index) { return mixBits(random + mixBits(index)); }

double shareOf(const Credential& credential) { return std::max(credential.weight, 0.0); }

}  // namespace

std::vector<size_t> orderWeighted(std::span<const Credential> credentials, uint64_t random) {
  return ordered(credentials, [&](size_t i) {
    const uint64_t bits = nth(random, i);
    return Rank{exponential(credentials[i].weight, bits), unitInterval(bits)};
  });
}

std::vector<size_t> orderLeastBusy(std::span<const Credential> credentials, uint64_t random) {
  return ordered(credentials, [&](size_t i) {
    const Credential& credential = credentials[i];
    const double busy = credential.weight > 0
                            ? static_cast<double>(credential.view.in_flight) / credential.weight
                            : std::numeric_limits<double>::infinity();
    return Rank{busy, exponential(credential.weight, nth(random, i))};
  });
}

std::vector<size_t> orderByAffinity(std::span<const Credential> credentials, uint64_t key) {
  double weights = 0;
  double in_flight = 0;
  for (const Credential& credential : credentials) {
    if (readinessRank(credential.view) != 0) continue;
    weights += shareOf(credential);
    in_flight += static_cast<double>(credential.view.in_flight);
  }
  return ordered(credentials, [&](size_t i) {
    const Credential& credential = credentials[i];
    const double share = weights > 0 ? in_flight * shareOf(credential) / weights : 0;
    const bool busy = static_cast<double>(credential.view.in_flight) > kLoadFactor * (share + 1);
    const uint64_t bits = mixBits(key ^ mixBits(std::hash<std::string_view>{}(credential.id)));
    return Rank{busy ? 1.0 : 0.0, exponential(credential.weight, bits)};
  });
}

}  // namespace penstock::routing
