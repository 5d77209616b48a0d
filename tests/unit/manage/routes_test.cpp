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
    {"PATCH /orgs/{id}", Role::Owner},
    {"GET /members", Role::Admin},
    {"POST /members", Role::Admin},
    {"GET /members/{member_id}", Role::Admin},
    {"PATCH /members/{member_id}", Role::Admin},
    {"DELETE /members/{member_id}", Role::Admin},
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
    {"PATCH /management-keys/{key_id}", Role::Admin},
    {"DELETE /management-keys/{key_id}", Role::Admin},
    {"POST /management-keys/{key_id}/rotate", Role::Admin},
    {"GET /providers", Role::Viewer},
    {"POST /providers", Role::Admin},
    {"GET /providers/{provider_id}", Role::Viewer},
    {"PATCH /providers/{provider_id}", Role::Admin},
    {"DELETE /providers/{provider_id}", Role::Admin},
    {"GET /providers/{provider_id}/health", Role::Viewer},
    {"POST /providers/{provider_id}/verify", Role::Admin},
    {"GET /routing-configs", Role::Viewer},
    {"POST /routing-configs", Role::Member},
    {"GET /routing-configs/{config_id}", Role::Viewer},
    {"PATCH /routing-configs/{config_id}", Role::Member},
    {"PUT /routing-configs/{config_id}", Role::Member},
    {"DELETE /routing-configs/{config_id}", Role::Member},
    {"GET /routing-configs/{config_id}/versions", Role::Viewer},
    {"GET /routing-configs/{config_id}/versions/{version}", Role::Viewer},
    {"GET /routing-configs/{config_id}/diff", Role::Viewer},
    {"POST /routing-configs/{config_id}/rollback", Role::Member},
    {"POST /routing-configs/{config_id}/dry-run", Role::Viewer},
    {"GET /budgets", Role::Viewer},
    {"POST /budgets", Role::Member},
    {"GET /budgets/{budget_id}", Role::Viewer},
    {"PATCH /budgets/{budget_id}", Role::Member},
    {"DELETE /budgets/{budget_id}", Role::Member},
    {"GET /budgets/{budget_id}/status", Role::Viewer},
    {"GET /budgets/{budget_id}/buckets", Role::Viewer},
    {"GET /budgets/{budget_id}/events", Role::Viewer},
    {"GET /budgets/{budget_id}/alerts", Role::Viewer},
    {"POST /budgets/{budget_id}/alerts", Role::Member},
    {"DELETE /budgets/{budget_id}/alerts/{alert_id}", Role::Member},
    {"GET /balances", Role::Viewer},
    {"POST /balances", Role::Admin},
    {"GET /balances/{balance_id}", Role::Viewer},
    {"PATCH /balances/{balance_id}", Role::Admin},
    {"DELETE /balances/{balance_id}", Role::Admin},
    {"GET /balances/{balance_id}/entries", Role::Viewer},
    {"POST /balances/{balance_id}/entries", Role::Admin},
    {"GET /models", Role::Viewer},
    {"GET /prices", Role::Viewer},
    {"POST /prices", Role::Admin},
    {"POST /prices/import", Role::Admin},
    {"GET /prices/{price_id}", Role::Viewer},
    {"PATCH /prices/{price_id}", Role::Admin},
    {"DELETE /prices/{price_id}", Role::Admin},
    {"GET /webhooks/endpoints", Role::Admin},
    {"POST /webhooks/endpoints", Role::Admin},
    {"GET /webhooks/endpoints/{endpoint_id}", Role::Admin},
    {"PATCH /webhooks/endpoints/{endpoint_id}", Role::Admin},
    {"DELETE /webhooks/endpoints/{endpoint_id}", Role::Admin},
    {"POST /webhooks/endpoints/{endpoint_id}/rotate-secret", Role::Admin},
    {"POST /webhooks/endpoints/{endpoint_id}/test", Role::Admin},
    {"GET /webhooks/deliveries", Role::Admin},
    {"GET /webhooks/deliveries/{delivery_id}", Role::Admin},
    {"POST /webhooks/deliveries/{delivery_id}/replay", Role::Admin},
    {"GET /webhooks/event-types", Role::Viewer},
    {"GET /audit-logs", Role::Admin},
    {"GET /audit-logs/verify", Role::Admin},
    {"GET /audit-logs/{audit_id}", Role::Admin},
    {"GET /logs", Role::Viewer},
    {"GET /logs/{request_id}", Role::Viewer},
    {"GET /logs/{request_id}/cost", Role::Viewer},
    {"GET /logs/{request_id}/trace", Role::Viewer},
    {"GET /logs/tail", Role::Viewer},
    {"GET /analytics/report", Role::Viewer},
    {"GET /analytics/decisions", Role::Viewer},
    {"GET /config/export", Role::Admin},
    {"POST /config/plan", Role::Admin},
    {"POST /config/apply", Role::Admin},
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
      CHECK((route.handler != nullptr) != (route.stream != nullptr));
    }
    CHECK(seen.size() == kExpected.size());
  }

  TEST_CASE("nothing can be changed by a viewer") {
    for (const auto& route : manage::resourceTable()) {
      if (route.path.ends_with("/dry-run")) continue;  // changes nothing, and POSTs for its body
      if (route.method != "GET") CHECK_MESSAGE(route.role != Role::Viewer, nameOf(route));
    }
  }
}
