#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "base/sync.h"
#include "email/server.h"
#include "http/resolver.h"
#include "http/tls.h"
#include "metrics/registry.h"
#include "store/store.h"

namespace penstock::email {

// Sends what is due in the mail outbox, at least once, on a thread of its own: all state that
// matters is in the rows. When to try again is decided by the injected clock, with the delays of
// webhooks, for a day; an answer of 5xx is final.
//
// Everything passed in outlives this.
class Sender {
 public:
  struct Services {
    store::Store& store;
    http::Resolver& resolver;
    std::shared_ptr<http::TlsContext> tls;  // verifies the server
    const Clock& clock;
    Logger& log;
    metrics::Registry& metrics;
  };
  // InvalidRequest with a message for the operator when the server's `from` is no address.
  static Status check(const Server& server);

  Sender(const Services& services, Server server,
         std::chrono::milliseconds look_every = std::chrono::seconds(5));
  ~Sender();  // closes
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // Look now: call it after a commit that wrote a mail. Any thread; cheap.
  void wake();
  // Ends it; what is under way is left, and due again at the next start. Once is enough.
  void close();

 private:
  struct State {
    bool woken = true;  // what was left from before is due
    bool stopping = false;
  };
  void run();
  bool waitForNews();
  bool stopping() { return state_.lock()->stopping; }
  void sendDue();
  void send(const model::Email& email);

  // Constant after construction.
  const Services services_;
  const Server server_;
  const std::chrono::milliseconds look_every_;
  // Used by the thread only.
  std::string unrecorded_;  // a mail that is sent, but the store would not have it: not once more
  bool failed_ = false;     // the last attempt, which was said

  Sync<State> state_;
  std::condition_variable news_;
  std::jthread thread_;
};

}  // namespace penstock::email
