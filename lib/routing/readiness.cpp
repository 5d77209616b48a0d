#include "routing/readiness.h"

namespace penstock::routing {

std::string_view readinessName(Readiness readiness) {
  switch (readiness) {
    case Readiness::Ready: return "ready";
    case Readiness::Probe: return "probe";
    case Readiness::Last: return "last";
    case Readiness::Blocked: return "blocked";
  }
  return "unknown";
}

Standing worse(const Standing& a, const Standing& b) {
  if (a.readiness != b.readiness) return a.readiness > b.readiness ? a : b;
  return a.until >= b.until ? a : b;
}

}  // namespace penstock::routing
