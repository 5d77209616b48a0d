#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "model/price.h"

namespace penstock::model {

struct Organization {
  std::string id;  // org_…
  std::string name;
  std::string slug;
  UnixMillis created_at = 0;
  // Addresses and CIDR ranges that may call either API; empty allows all.
  std::vector<std::string> ip_allowlist;
  bool operator==(const Organization&) const = default;
};

// What becomes of what a request says and its target cannot express.
enum class UnsupportedParameters : uint8_t {
  Drop,    // it is left out and named in X-Penstock-Dropped
  Refuse,  // another target is tried; at last the request is refused
};
inline constexpr std::array<std::string_view, 2> kUnsupportedParameters = {"drop", "refuse"};

// What becomes of requests that name a file by an id that nobody of the project has uploaded here.
enum class UnknownFiles : uint8_t {
  Refuse,
  Pass,  // it may have been uploaded to the provider itself, whose account projects share
};
inline constexpr std::array<std::string_view, 2> kUnknownFiles = {"refuse", "pass"};

struct ProjectSettings {
  bool auto_resolve_bare_model = true;  // resolve "gpt-4o" by its prefix (spec/modelux.md 2.2)
  bool retain_payloads = false;         // keep request and response bodies in the log
  // Budgets bind requests that name a provider or a bare model too (spec/modelux.md 13.30).
  bool budget_bare_models = true;
  // Of models that neither the catalogue nor a price override knows.
  UnknownModelPolicy unknown_model_policy = UnknownModelPolicy::Ceiling;
  UnsupportedParameters unsupported_parameters = UnsupportedParameters::Drop;
  UnknownFiles unknown_files = UnknownFiles::Refuse;
  // The rules of lib/guard as a JSON array; empty: none.
  std::string guardrails;
  // What requests to the webhooks among them are signed with, by the rule's name.
  std::map<std::string, Secret, std::less<>> guardrail_secrets;
  bool operator==(const ProjectSettings&) const = default;
};

struct Project {
  std::string id;  // proj_…
  std::string organization_id;
  std::string name;
  std::string slug;  // [a-z0-9][a-z0-9_-]{0,62}
  std::string description;
  ProjectSettings settings;
  UnixMillis created_at = 0;
  std::optional<UnixMillis> deleted_at;
  bool operator==(const Project&) const = default;
};

}  // namespace penstock::model
