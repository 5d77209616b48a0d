#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "http/client.h"
#include "http/loop.h"
#include "model/provider.h"
#include "provider/credential.h"
#include "provider/token.h"

namespace penstock::upstream {

// The environment and the files of this process.
provider::TokenContext systemTokenContext();

// What authenticates calls to providers now: what is stored, or a token that is fetched, kept, and
// fetched anew well before it expires. Providers with the same credentials share one token, and all
// who wait for it share one fetch. Thread-safe; fetches are made on one loop's client.
//
// A token is renewed when a quarter of its life is left, at most five minutes, with jitter; until
// it expires the old one is handed out meanwhile. After a failure nothing is asked for a second,
// then two, then at most five: who has no token is told the failure for so long.
class Credentials {
 public:
  struct Services {
    http::Loop& loop;
    http::Client& client;  // of that loop
    const Clock& clock;
    Logger& log;
  };
  struct Options {
    provider::TokenContext context = systemTokenContext();
    std::chrono::milliseconds connect{2'000};
    std::chrono::milliseconds total{10'000};  // of each exchange
    std::function<double()> jitter = {};      // in [0, 1); absent: random
  };
  using Answer = Result<provider::Credential>;
  using Callback = std::function<void(const Answer&)>;

  Credentials(Services services, Options options);
  explicit Credentials(Services services) : Credentials(services, Options()) {}
  // While the loop runs its fetches end there soon after; those who wait are told so.
  ~Credentials();
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;

  // The credential, or why there is none, where that is known at once. Else nothing, and `later` is
  // called once, on the loop, never from inside.
  std::optional<Answer> get(const model::Provider& provider, Callback later);

  // The same for threads that may block, never a loop's.
  Answer wait(const model::Provider& provider);

 private:
  struct Core;  // shared with what is posted to the loop
  const std::shared_ptr<Core> core_;
};

}  // namespace penstock::upstream
