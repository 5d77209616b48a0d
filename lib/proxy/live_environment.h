#pragma once

#include <cstdint>

#include "proxy/admission.h"
#include "proxy/loop_context.h"
#include "routing/environment.h"

namespace penstock::proxy {

// The environment of a request that is being served: the loop's health board, prices and clock.
class LiveEnvironment final : public routing::Environment {
 public:
  // How our credentials stand says nothing of a caller's own. Then nothing is by chance either:
  // whom such a key is sent to is to depend on the configuration alone.
  enum class Standing : uint8_t { OfOurs, Unknown };
  LiveEnvironment(LoopContext& loop, const Caller& caller, UnixMillis now,
                  Standing standing = Standing::OfOurs)
      : loop_(loop), caller_(caller), now_(now), standing_(standing) {}

  routing::TargetView view(const model::Provider& provider, std::string_view model) override;
  Latency latency(const model::Provider& provider, std::string_view model,
                  int64_t seconds) override;
  routing::HealthStatus status(const model::Provider& provider) override;
  pricing::Quote quote(const model::Provider& provider, std::string_view model) override;
  UnixMillis now() const override { return now_; }
  uint64_t random() override;

 private:
  LoopContext& loop_;
  const Caller& caller_;
  const UnixMillis now_;
  const Standing standing_;
};

}  // namespace penstock::proxy
