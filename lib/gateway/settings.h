#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "executor/services.h"
#include "gateway/data_folder.h"
#include "http/server.h"
#include "http/tls.h"
#include "penstock/gateway.h"
#include "proxy/context.h"
#include "responses/keeper.h"
#include "store/store.h"

namespace penstock {

// The embedder's options as the parts want them. What cannot be is thrown as std::runtime_error, as
// Gateway::start() promises.

// With what follows from others filled in.
GatewayOptions normalised(GatewayOptions options);

Logger::Options logOptions(const GatewayOptions& options);
store::Store::Options storeOptions(const GatewayOptions& options, const DataFolder& folder);
proxy::ProxyOptions proxyOptions(const GatewayOptions& options);
responses::Keeper::Options keeperOptions(const GatewayOptions& options);
executor::Options executorOptions(const GatewayOptions& options);
http::ServerLimits serverLimits(const GatewayOptions& options);
// Null: plain text.
std::shared_ptr<http::TlsContext> listenerTls(const GatewayOptions& options);

// Where a listener that is bound to `port` is reached from this machine.
std::string urlOf(const GatewayOptions& options, const std::string& listen_address, uint16_t port);

template <typename T>
T orThrow(Result<T> result) {
  if (result) return *std::move(result);
  const ApiError& error = result.error();
  throw std::runtime_error(error.detail.empty() ? error.message : error.detail);
}

// The system's clocks, or the wall clock that a test owns.
class OptionsClock final : public Clock {
 public:
  explicit OptionsClock(const GatewayOptions& options) : wall_(options.wall_clock) {}
  UnixMillis now() const override { return wall_ ? wall_() : system_.now(); }
  SteadyTime steady() const override { return system_.steady(); }

 private:
  const std::function<int64_t()> wall_;
  const SystemClock system_;
};

}  // namespace penstock
