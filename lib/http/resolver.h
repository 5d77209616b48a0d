#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/sync.h"
#include "http/address.h"

namespace penstock::http {

// Turns host names into addresses off the loops: getaddrinfo blocks, so it runs on a few threads of
// its own. Answers are cached briefly; simultaneous questions for one name are asked once.
// Thread-safe.
class Resolver {
 public:
  using Addresses = std::vector<SocketAddress>;
  // Called on a resolver thread (or at once on a cache hit); post to a loop from there.
  using Callback = std::function<void(const Result<Addresses>&)>;

  explicit Resolver(size_t threads = 2, std::chrono::seconds cache_time = std::chrono::seconds(30));
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // An address literal is answered at once. The port is set in the results.
  void resolve(const std::string& host, uint16_t port, Callback callback);

 private:
  struct Entry {
    Addresses addresses;
    SteadyTime expires_at;
    std::vector<Callback> waiting;
    bool asking = false;
  };
  struct State {
    std::unordered_map<std::string, Entry> entries;  // by host:port
    std::deque<std::pair<std::string, uint16_t>> questions;
    bool stopping = false;
  };
  void run();

  const std::chrono::seconds cache_time_;
  Sync<State> state_;
  std::condition_variable wake_;
  std::vector<std::jthread> threads_;
};

}  // namespace penstock::http
