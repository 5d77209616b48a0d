#include "routing/decide.h"

#include "model/vendor.h"
#include "routing/walk.h"

namespace penstock::routing {
namespace {

ApiError modelNotFound(std::string code, std::string message) {
  ApiError error{ErrorKind::NotFound, std::move(code), std::move(message), "model"};
  return error;
}

Result<Decision> decideByConfig(const Question& question) {
  const std::string_view slug = question.model.substr(1);
  const config::RoutingConfig* config =
      question.snapshot.findRoutingConfig(question.project.id, slug);
  if (config == nullptr) {
    return modelNotFound("routing_config_not_found",
                         "routing config @" + std::string(slug) + " not found");
  }
  Decision decision{.resolved = Resolved::Config, .config = config};
  if (Status found = walk(*config, question, decision); !found) return std::move(found).error();
  return decision;
}

Decision decisionFor(Resolved resolved, const Question& question, const model::Provider& provider,
                     std::string_view model) {
  Decision decision{.resolved = resolved};
  Candidate candidate{.provider = &provider, .model = std::string(model)};
  candidate.reason = "named by the request";
  candidate.view = question.environment.view(provider, model);
  decision.line.candidates.push_back(std::move(candidate));
  decision.reason = "named by the request";
  return decision;
}

ApiError notConfigured(std::string_view vendor) {
  return modelNotFound("provider_not_configured",
                       "no provider for " + std::string(vendor) +
                           " is configured; add one (penstock provider add) or use demo/demo-chat");
}

Result<Decision> decideByProvider(const Question& question, const model::Provider& provider,
                                  std::string_view model) {
  if (model.empty())
    return invalidRequest("invalid_model", "the model name after '/' is empty", "model");
  return decisionFor(Resolved::Provider, question, provider, model);
}

Result<Decision> decideByName(const Question& question) {
  const std::string_view name = question.model;
  if (!question.project.settings.auto_resolve_bare_model) {
    return invalidRequest(
        "invalid_request",
        "bare model names are switched off in this project; use @config or provider/model",
        "model");
  }
  const std::string_view vendor = model::vendorOfBareModel(name);
  if (vendor.empty()) {
    return invalidRequest("invalid_request",
                          "cannot tell the provider of model '" + std::string(name.substr(0, 128)) +
                              "'; known prefixes: " + std::string(model::bareModelPrefixes()) +
                              "; or use @config or provider/model",
                          "model");
  }
  const model::Provider* provider = question.snapshot.findDefaultProvider(vendor);
  if (provider == nullptr) return notConfigured(vendor);
  return decisionFor(Resolved::Auto, question, *provider, name);
}

void addCandidates(const Line& line, model::DecisionTrace& trace) {
  const char* status = "selected";
  for (const Candidate& candidate : line.candidates) {
    std::string reason = candidate.reason;
    if (candidate.view.reason[0] != '\0') reason.append("; ").append(candidate.view.reason);
    trace.candidates.push_back({candidate.model, candidate.provider->vendor, candidate.provider->id,
                                status, std::move(reason)});
    status = "not_needed";
  }
  for (const Passed& passed : line.passed) {
    trace.candidates.push_back(
        {passed.model, passed.provider->vendor, passed.provider->id, "skipped", passed.reason});
  }
}

}  // namespace

std::string_view resolvedName(Resolved resolved) {
  switch (resolved) {
    case Resolved::Config: return "config";
    case Resolved::Provider: return "provider";
    case Resolved::Auto: return "auto";
  }
  return "auto";
}

Result<Decision> decide(const Question& question) {
  if (question.model.starts_with('@')) return decideByConfig(question);
  const size_t slash = question.model.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view left = question.model.substr(0, slash);
    const std::string_view model = question.model.substr(slash + 1);
    if (const auto* provider = question.snapshot.findProviderByName(left))
      return decideByProvider(question, *provider, model);
    if (const auto* provider = question.snapshot.findDefaultProvider(left))
      return decideByProvider(question, *provider, model);
    if (model::findVendor(left) != nullptr) return notConfigured(left);
  }
  return decideByName(question);
}

model::DecisionTrace describe(const Decision& decision) {
  model::DecisionTrace trace;
  if (decision.config != nullptr) {
    const model::RoutingConfig& head = decision.config->head;
    trace.config = "@" + head.slug;
    trace.config_version = head.version;
    trace.policy = head.policy;
  }
  trace.path = decision.path;
  trace.resolved = resolvedName(decision.resolved);
  trace.rules = decision.rules;
  trace.ab_variant = decision.ab_variant;
  // Of a chain the first is selected; of an ensemble and a cascade the first of each branch.
  addCandidates(decision.line, trace);
  for (const Branch& branch : decision.branches) addCandidates(branch.line, trace);
  trace.decision = decision.shape == Shape::Refused ? "refused" : "dry_run";
  trace.reason = decision.shape == Shape::Refused ? decision.refusal : decision.reason;
  if (trace.reason.empty() && decision.first() != nullptr) trace.reason = decision.first()->reason;
  return trace;
}

}  // namespace penstock::routing
