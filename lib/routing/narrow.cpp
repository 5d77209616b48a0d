#include "routing/narrow.h"

#include <utility>
#include <vector>

namespace penstock::routing {
namespace {

void narrowLine(Line& line, const WhyNot& why_not) {
  std::erase_if(line.candidates, [&](Candidate& candidate) {
    std::string reason = why_not(*candidate.provider);
    if (reason.empty()) return false;
    line.passed.push_back({candidate.provider, candidate.model, std::move(reason)});
    return true;
  });
}

}  // namespace

bool narrow(Decision& decision, const WhyNot& why_not) {
  if (decision.shape == Shape::Refused) return true;
  narrowLine(decision.line, why_not);
  for (Branch& branch : decision.branches) {
    narrowLine(branch.line, why_not);
    for (Passed& passed : branch.line.passed) {
      if (branch.line.candidates.empty()) decision.line.passed.push_back(std::move(passed));
    }
  }
  std::erase_if(decision.branches,
                [](const Branch& branch) { return branch.line.candidates.empty(); });
  return decision.first() != nullptr;
}

}  // namespace penstock::routing
