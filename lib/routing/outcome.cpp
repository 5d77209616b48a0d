#include "routing/outcome.h"

namespace penstock::routing {

std::string_view outcomeName(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::Success: return "success";
    case OutcomeKind::RateLimited: return "rate_limited";
    case OutcomeKind::OutOfMoney: return "out_of_money";
    case OutcomeKind::Overloaded: return "overloaded";
    case OutcomeKind::ServerError: return "server_error";
    case OutcomeKind::Timeout: return "timeout";
    case OutcomeKind::Transport: return "transport";
    case OutcomeKind::Credential: return "credential_refused";
    case OutcomeKind::ModelNotFound: return "model_not_found";
    case OutcomeKind::InvalidAnswer: return "invalid_answer";
  }
  return "unknown";
}

bool isFault(OutcomeKind kind) {
  switch (kind) {
    case OutcomeKind::ServerError:
    case OutcomeKind::Timeout:
    case OutcomeKind::Transport:
    case OutcomeKind::InvalidAnswer: return true;
    case OutcomeKind::Success:
    case OutcomeKind::RateLimited:
    case OutcomeKind::OutOfMoney:
    case OutcomeKind::Overloaded:
    case OutcomeKind::Credential:
    case OutcomeKind::ModelNotFound: return false;
  }
  return false;
}

bool isProviderWell(OutcomeKind kind) {
  return kind == OutcomeKind::Success || kind == OutcomeKind::ModelNotFound;
}

}  // namespace penstock::routing
