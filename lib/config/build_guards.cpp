#include "config/build_guards.h"

#include <utility>

#include "guard/policy.h"
#include "guard/rule_json.h"

namespace penstock::config {
namespace {

using Compiled = Result<std::shared_ptr<const guard::Policy>>;

Compiled compile(const model::ProjectSettings& settings) {
  const auto rules = guard::parseRules(settings.guardrails);
  if (!rules) return rules.error();
  return guard::Policy::compile(*rules, settings.guardrail_secrets);
}

std::shared_ptr<const guard::Policy> known(const model::Project& project, const Snapshot* base) {
  const model::Project* before = base == nullptr ? nullptr : base->findProject(project.id);
  if (before == nullptr || before->settings.guardrails != project.settings.guardrails ||
      before->settings.guardrail_secrets != project.settings.guardrail_secrets) {
    return nullptr;
  }
  return base->findGuard(project.id);
}

}  // namespace

Result<std::shared_ptr<const GuardIndex>> buildGuards(const ProjectIndex& projects,
                                                      const Snapshot* base) {
  auto index = std::make_shared<GuardIndex>();
  for (const auto& [id, project] : projects) {
    if (project.settings.guardrails.empty()) continue;
    auto policy = known(project, base);
    if (policy == nullptr) {
      auto compiled = compile(project.settings);
      if (!compiled) {
        ApiError error = std::move(compiled).error();
        error.resource = "project";
        error.id = id;
        error.detail = "guardrails of project " + project.slug;
        return error;
      }
      policy = *std::move(compiled);
    }
    index->emplace(id, std::move(policy));
  }
  return std::shared_ptr<const GuardIndex>(std::move(index));
}

}  // namespace penstock::config
