#include "auth/access.h"

#include <algorithm>
#include <string>

namespace penstock::auth {
namespace {

constexpr size_t kMaxShown = 128;  // of a model's name in an error

bool matches(std::string_view pattern, std::string_view model) {
  if (!pattern.ends_with('*')) return pattern == model;
  pattern.remove_suffix(1);
  return model.starts_with(pattern);
}

ApiError notAllowed(std::string_view peer, const char* whose) {
  return {
      ErrorKind::Forbidden, "ip_not_allowed",
      "calls from " + std::string(peer) + " are not allowed by the IP allow-list of the " + whose};
}

}  // namespace

Status checkAddress(const IpAllowList& organization, const IpAllowList& key,
                    std::string_view peer) {
  if (!organization.allows(peer)) return notAllowed(peer, "organization");
  if (!key.allows(peer)) return notAllowed(peer, "key");
  return Unit{};
}

bool allowsModel(const model::ApiKey& key, std::string_view model) {
  return key.allowed_models.empty() ||
         std::any_of(key.allowed_models.begin(), key.allowed_models.end(),
                     [&](const std::string& pattern) { return matches(pattern, model); });
}

Status checkModel(const model::ApiKey& key, std::string_view model) {
  if (allowsModel(key, model)) return Unit{};
  return ApiError{
      ErrorKind::Forbidden, "model_not_allowed",
      "this key may not use the model '" + std::string(model.substr(0, kMaxShown)) + "'", "model"};
}

}  // namespace penstock::auth
