#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/id.h"
#include "model/provider.h"
#include "model/request_log.h"
#include "store/provision.h"
#include "store/store.h"
#include "support/manual_clock.h"
#include "support/temp_dir.h"

namespace penstock::test {

// A real store in a folder of its own, on a clock of its own.
struct StoreFixture {
  StoreFixture() { open(); }

  void open() {
    auto opened = store::Store::open({.data_dir = dir.path()}, clock);
    if (!opened) throw std::runtime_error(opened.error().message);
    store = *std::move(opened);
  }
  void close() { store.reset(); }
  void reopen() {
    close();
    open();
  }
  store::FirstKeys bootstrap() { return store::bootstrap(*store, clock); }

  // The one project of a store that was only bootstrapped.
  model::Project firstProject() {
    return store->read([](store::Tables& t) { return t.projects.all().at(0); });
  }
  model::RoutingConfig defaultConfig() {
    const std::string project_id = firstProject().id;
    return store->read([&](store::Tables& t) {
      return t.routing_configs.findBySlug(project_id, "default").value();
    });
  }

  model::Provider provider(std::string vendor, std::string name, std::string model = "") {
    clock.advance(std::chrono::milliseconds(1));  // ids of one millisecond are in no order
    model::Provider provider;
    provider.id = newId("prov_", clock.now());
    provider.vendor = std::move(vendor);
    provider.name = std::move(name);
    provider.api_key = Secret("sk-canary-123456789");
    provider.default_model = std::move(model);
    provider.created_at = provider.updated_at = clock.now();
    return provider;
  }

  // Whether any file of the data folder holds these bytes.
  bool isOnDisk(std::string_view bytes) const {
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string content((std::istreambuf_iterator<char>(file)), {});
      if (content.find(bytes) != std::string::npos) return true;
    }
    return false;
  }

  TempDir dir;
  ManualClock clock;
  std::unique_ptr<store::Store> store;
};

inline model::RequestLog logRow(UnixMillis created_at, int status = 200) {
  model::RequestLog row;
  row.request_id = newUuid();
  row.created_at = created_at;
  row.organization_id = "org_1";
  row.project_id = "proj_1";
  row.api_key_id = "key_1";
  row.endpoint = "chat.completions";
  row.requested_model = "@default";
  row.provider = "demo";
  row.provider_id = "prov_1";
  row.model = "demo-chat";
  row.resolved = "config";
  row.status = status;
  return row;
}

}  // namespace penstock::test
