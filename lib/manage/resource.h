#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "config/snapshot.h"
#include "http/exchange.h"
#include "http/message.h"
#include "manage/idempotency.h"
#include "manage/services.h"
#include "model/key.h"

namespace penstock::manage {

// One management request, its caller known and allowed to make it. Handlers run on a worker thread
// and may block.
struct Call {
  const http::Request& request;
  std::shared_ptr<const config::Snapshot> config;  // as it was when the request came
  const model::ManagementKey& caller;              // lives in `config`
  UnixMillis now;
  std::string request_id = {};
  std::optional<IdempotencyKey> idempotency = {};

  // Whether the caller may know of what belongs to that project, or, with an empty text, to the
  // organization.
  bool sees(std::string_view project_id) const;
};

using Answer = Result<http::Response>;
// parse → check → call → render. An error is rendered by errors.h, in one place for all.
using Handler = Answer(Services&, const Call&);

// An answer that goes on: `run` is called on the exchange's loop, where the head was sent.
struct Stream {
  http::Response head;
  http::Handler run;
};
using StreamHandler = Result<Stream>(Services&, const Call&);

// What a handler may wait for: our store, or somebody else's server, for seconds.
enum class Waits : unsigned char { ForStore, ForOthers };

// A row of a resource's table. `path` is below the base path; `role` is the least role that may.
// It has one of the two handlers.
struct ResourceRoute {
  std::string_view method;
  std::string_view path;
  model::Role role;
  Handler* handler;
  StreamHandler* stream = nullptr;
  Waits waits = Waits::ForStore;
};

// The tables, one file a resource.
std::span<const ResourceRoute> organizationRoutes();
std::span<const ResourceRoute> memberRoutes();
std::span<const ResourceRoute> projectRoutes();
std::span<const ResourceRoute> apiKeyRoutes();
std::span<const ResourceRoute> managementKeyRoutes();
std::span<const ResourceRoute> providerRoutes();
std::span<const ResourceRoute> routingConfigRoutes();
std::span<const ResourceRoute> logRoutes();
std::span<const ResourceRoute> analyticsRoutes();
std::span<const ResourceRoute> auditLogRoutes();
std::span<const ResourceRoute> modelRoutes();
std::span<const ResourceRoute> priceRoutes();
std::span<const ResourceRoute> webhookRoutes();
std::span<const ResourceRoute> budgetRoutes();
std::span<const ResourceRoute> balanceRoutes();
std::span<const ResourceRoute> declarativeRoutes();

}  // namespace penstock::manage
