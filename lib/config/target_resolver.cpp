#include "config/target_resolver.h"

#include "model/vendor.h"

namespace penstock::config {
namespace {

ApiError unresolved(std::string message) {
  return {ErrorKind::Unprocessable, "validation_error", std::move(message)};
}

ApiError noProviderOf(std::string_view vendor) {
  return unresolved("there is no provider of the vendor " + std::string(vendor) +
                    "; add one, or give provider_credential_id");
}

std::string idOf(const model::Provider* provider) {
  return provider == nullptr ? std::string() : provider->id;
}

PolicyContext contextOf(std::function<bool(std::string_view)> has_provider, ProviderNames names) {
  return {std::move(has_provider), [names = std::move(names)](std::string_view model) {
            return resolveTarget(model, names);
          }};
}

}  // namespace

Result<model::Target> resolveTarget(std::string_view name, const ProviderNames& providers) {
  const size_t slash = name.find('/');
  if (slash != std::string_view::npos) {
    const std::string_view left = name.substr(0, slash);
    std::string id = providers.by_name(left);
    if (id.empty()) id = providers.default_of_vendor(left);
    if (!id.empty()) {
      if (slash + 1 == name.size()) return unresolved("the model name after '/' is empty");
      return model::Target{std::string(name.substr(slash + 1)), std::move(id)};
    }
    if (model::findVendor(left) != nullptr) return noProviderOf(left);
  }
  const std::string_view vendor = model::vendorOfBareModel(name);
  if (vendor.empty()) {
    return unresolved("cannot tell whose model this is: give provider_credential_id, or write " +
                      std::string("provider/model; known prefixes: ") +
                      std::string(model::bareModelPrefixes()));
  }
  std::string id = providers.default_of_vendor(vendor);
  if (id.empty()) return noProviderOf(vendor);
  return model::Target{std::string(name), std::move(id)};
}

PolicyContext policyContext(const Snapshot& snapshot) {
  return contextOf(
      [&snapshot](std::string_view id) { return snapshot.findProvider(id) != nullptr; },
      {[&snapshot](std::string_view name) { return idOf(snapshot.findProviderByName(name)); },
       [&snapshot](std::string_view vendor) {
         return idOf(snapshot.findDefaultProvider(vendor));
       }});
}

}  // namespace penstock::config
