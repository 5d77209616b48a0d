#include "config/config_store.h"

namespace penstock::config {

Result<std::unique_ptr<ConfigStore>> ConfigStore::load(store::Store& store) {
  auto first = store.read([](store::Tables& tables) { return build(tables, Part::All, nullptr); });
  if (!first) {
    ApiError error = std::move(first).error();
    error.message =
        "the stored configuration cannot be loaded: " + error.detail + ": " + error.message;
    return error;
  }
  return std::unique_ptr<ConfigStore>(new ConfigStore(store, *std::move(first)));
}

Result<std::shared_ptr<const Snapshot>> ConfigStore::buildNext(store::Tables& tables,
                                                               Part changed) {
  // Unless latest_ is what the store holds, it was built for a change that was undone after all.
  const bool valid = latest_->version() == tables.meta.configVersion();
  tables.meta.bumpConfigVersion();
  auto built = build(tables, changed, valid ? latest_.get() : nullptr);
  if (built) latest_ = *built;
  return built;
}

void ConfigStore::publish(std::shared_ptr<const Snapshot> next) {
  // A later job may share our commit and come here first; its snapshot holds our change too.
  std::lock_guard lock(publish_mutex_);
  if (next->version() <= published_.get()->version()) return;
  if (observer_) observer_(*next);
  published_.publish(std::move(next));
}

}  // namespace penstock::config
