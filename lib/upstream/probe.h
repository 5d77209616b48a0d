#pragma once

#include <chrono>
#include <string>

#include "http/client.h"
#include "http/loop.h"
#include "model/provider.h"
#include "upstream/credentials.h"

namespace penstock::upstream {

// What one call told about a provider.
struct ProbeResult {
  bool reached = false;   // something that speaks HTTP answered, and not with an error of its own
  bool accepted = false;  // and it did not refuse the credential
  int status = 0;         // 0: no answer
  std::chrono::milliseconds latency{0};
  std::string message;  // for people; holds nothing secret

  bool ok() const { return reached && accepted; }
};

// Asks providers for their list of models, the cheapest question that needs a credential. Blocks:
// for threads that may, on a client of any loop. Thread-safe.
class Prober {
 public:
  struct Options {
    std::chrono::milliseconds connect{5'000};
    std::chrono::milliseconds total{10'000};
  };

  struct Services {
    http::Loop& loop;
    http::Client& client;  // of that loop
    Credentials& credentials;
    const Clock& clock;
  };

  explicit Prober(Services services) : Prober(services, Options()) {}
  Prober(Services services, Options options) : services_(services), options_(options) {}

  // The vendor's list of models with the provider's own credential, which may have to be fetched
  // first; asked once:
  //   2xx                 reached, accepted
  //   401, 403            reached, refused; AWS's 403 for a known one that may not list: accepted
  //   other 4xx           reached, and accepted as far as one can tell: some have no such list
  //   3xx, 5xx, no answer not reached; redirects are not followed
  ProbeResult probe(const model::Provider& provider) const;

 private:
  const Services services_;
  const Options options_;
};

}  // namespace penstock::upstream
