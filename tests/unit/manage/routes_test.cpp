#include "manage/routes.h"

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

using namespace penstock;
using model::Role;

namespace {

// Who may do what, written a second time on purpose: a new route fails here until somebody has
// thought about it.
const std::map<std::string, Role> kExpected = {
    {"GET /orgs/{id}", Role::Viewer},
    {"GET /projects", Role::Viewer},
    {"POST /projects", Role::Admin},
    {"GET /projects/{project_id}", Role::Viewer},
    {"PATCH /projects/{project_id}", Role::Admin},
    {"DELETE /projects/{project_id}", Role::Admin},
    {"GET /api-keys", Role::Viewer},
    {"POST /api-keys", Role::Member},
    {"GET /api-keys/{key_id}", Role::Viewer},
    {"PATCH /api-keys/{key_id}", Role::Member},
    {"DELETE /api-keys/{key_id}", Role::Member},
    {"POST /api-keys/{key_id}/rotate", Role::Member},
    {"GET /management-keys", Role::Admin},
    {"POST /management-keys", Role::Admin},
    {"GET /management-keys/{key_id}", Role::Admin},
    {"DELETE /management-keys/{key_id}", Role::Admin},
    {"POST /management-keys/{key_id}/rotate", Role::Admin},
    {"GET /providers", Role::Viewer},
    {"POST /providers", Role::Admin},
    {"GET /providers/{provider_id}", Role::Viewer},
    {"PATCH /providers/{provider_id}", Role::Admin},
    {"DELETE /providers/{provider_id}", Role::Admin},
    {"GET /routing-configs", Role::Viewer},
    {"POST /routing-configs", Role::Member},
    {"GET /routing-configs/{config_id}", Role::Viewer},
    {"PATCH /routing-configs/{config_id}", Role::Member},
    {"PUT /routing-configs/{config_id}", Role::Member},
    {"DELETE /routing-configs/{config_id}", Role::Member},
    {"GET /routing-configs/{config_id}/versions", Role::Viewer},
    {"GET /routing-configs/{config_id}/versions/{version}", Role::Viewer},
    {"GET /logs", Role::Viewer},
    {"GET /logs/{request_id}", Role::Viewer},
};

std::string nameOf(const manage::ResourceRoute& route) {
  return std::string(route.method) + " " + std::string(route.path);
}

}  // namespace

TEST_SUITE("manage/routes") {
  TEST_CASE("every route needs the role that is written here") {
    std::set<std::string> seen;
    for (const auto& route : manage::resourceTable()) {
      INFO(nameOf(route));
      CHECK(seen.insert(nameOf(route)).second);
      REQUIRE(kExpected.contains(nameOf(route)));
      CHECK(kExpected.at(nameOf(route)) == route.role);
      CHECK((route.handler != nullptr));
    }
    CHECK(seen.size() == kExpected.size());
  }

  TEST_CASE("nothing can be changed by a viewer") {
    for (const auto& route : manage::resourceTable()) {
      if (route.method != "GET") CHECK_MESSAGE(route.role != Role::Viewer, nameOf(route));
    }
  }
}
