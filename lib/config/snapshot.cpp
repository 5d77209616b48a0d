#include "config/snapshot.h"

#include "model/vendor.h"

namespace penstock::config {
namespace {

template <typename Map, typename Key>
auto findIn(const Map& map, const Key& key) -> decltype(&map.find(key)->second) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

template <typename T>
const T* placeIn(const std::vector<T>& all, const size_t* place) {
  return place == nullptr ? nullptr : &all[*place];
}

}  // namespace

const model::Project* Snapshot::findProject(std::string_view id) const {
  return findIn(*parts_.projects, id);
}

std::shared_ptr<const guard::Policy> Snapshot::findGuard(std::string_view project_id) const {
  const auto* guard = findIn(*parts_.guards, project_id);
  return guard == nullptr ? nullptr : *guard;
}

const model::Provider* Snapshot::findProvider(std::string_view id) const {
  return placeIn(parts_.providers->all, findIn(parts_.providers->by_id, id));
}

const model::Provider* Snapshot::findProviderByName(std::string_view name) const {
  return placeIn(parts_.providers->all, findIn(parts_.providers->by_name, name));
}

const model::Provider* Snapshot::findDefaultProvider(std::string_view vendor) const {
  const auto& defaults = parts_.providers->default_of_vendor;
  if (const size_t* place = findIn(defaults, vendor)) return &parts_.providers->all[*place];
  const model::Vendor* row = model::findVendor(vendor);  // by another name of it
  return row == nullptr ? nullptr : placeIn(parts_.providers->all, findIn(defaults, row->id));
}

const RoutingConfig* Snapshot::findRoutingConfig(std::string_view project_id,
                                                 std::string_view slug) const {
  const auto* of_project = findIn(parts_.routing_configs->by_slug, project_id);
  if (of_project == nullptr) return nullptr;
  return placeIn(parts_.routing_configs->all, findIn(*of_project, slug));
}

const RoutingConfig* Snapshot::findRoutingConfigById(std::string_view id) const {
  return placeIn(parts_.routing_configs->all, findIn(parts_.routing_configs->by_id, id));
}

}  // namespace penstock::config
