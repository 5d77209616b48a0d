#include "routing/decide.h"

#include "model/vendor.h"

namespace penstock::routing {
namespace {

ApiError modelNotFound(std::string code, std::string message) {
  ApiError error{ErrorKind::NotFound, std::move(code), std::move(message), "model"};
  return error;
}

std::vector<Candidate> candidatesOf(const config::Snapshot& snapshot,
                                    const model::SinglePolicy& policy) {
  const model::Provider* provider = snapshot.findProvider(policy.target.provider_id);
  if (provider == nullptr) return {};
  return {{provider, policy.target.model}};
}

Result<Decision> decideByConfig(const config::Snapshot& snapshot, const model::Project& project,
                                std::string_view slug) {
  const config::RoutingConfig* config = snapshot.findRoutingConfig(project.id, slug);
  if (config == nullptr) {
    return modelNotFound("routing_config_not_found",
                         "routing config @" + std::string(slug) + " not found");
  }
  Decision decision{Resolved::Config, config, {}};
  decision.candidates = std::visit(
      [&](const auto& policy) { return candidatesOf(snapshot, policy); }, config->policy);
  if (decision.candidates.empty()) {
    return modelNotFound("no_target",
                         "routing config @" + std::string(slug) + " has no usable target");
  }
  return decision;
}

ApiError notConfigured(std::string_view vendor) {
  return modelNotFound("provider_not_configured",
                       "no provider for " + std::string(vendor) +
                           " is configured; add one (penstock provider add) or use demo/demo-chat");
}

Result<Decision> decideByProvider(const model::Provider* provider, std::string_view model) {
  if (model.empty())
    return invalidRequest("invalid_model", "the model name after '/' is empty", "model");
  return Decision{Resolved::Provider, nullptr, {{provider, std::string(model)}}};
}

Result<Decision> decideByName(const config::Snapshot& snapshot, const model::Project& project,
                              std::string_view name) {
  if (!project.settings.auto_resolve_bare_model) {
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
  const model::Provider* provider = snapshot.findDefaultProvider(vendor);
  if (provider == nullptr) return notConfigured(vendor);
  return Decision{Resolved::Auto, nullptr, {{provider, std::string(name)}}};
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

Result<Decision> decide(const config::Snapshot& snapshot, const model::Project& project,
                        std::string_view requested_model) {
  if (requested_model.starts_with('@'))
    return decideByConfig(snapshot, project, requested_model.substr(1));
  const size_t slash = requested_model.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view left = requested_model.substr(0, slash);
    const std::string_view model = requested_model.substr(slash + 1);
    if (const auto* provider = snapshot.findProviderByName(left))
      return decideByProvider(provider, model);
    if (const auto* provider = snapshot.findDefaultProvider(left))
      return decideByProvider(provider, model);
    if (model::findVendor(left) != nullptr) return notConfigured(left);
  }
  return decideByName(snapshot, project, requested_model);
}

model::DecisionTrace describe(const Decision& decision) {
  model::DecisionTrace trace;
  if (decision.config != nullptr) {
    const model::RoutingConfig& head = decision.config->head;
    trace.config = "@" + head.slug;
    trace.config_version = head.version;
    trace.policy = head.policy;
  }
  trace.resolved = resolvedName(decision.resolved);
  for (const Candidate& candidate : decision.candidates) {
    trace.candidates.push_back(
        {candidate.model, candidate.provider->vendor, candidate.provider->id, "selected", {}});
  }
  trace.decision = "dry_run";
  trace.reason =
      decision.config != nullptr ? "single target of the routing config" : "named by the request";
  return trace;
}

}  // namespace penstock::routing
