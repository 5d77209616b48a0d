#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/client.h"
#include "http/loop.h"
#include "http/transport.h"

namespace penstock::http {

// Receives the readiness of the connection that a call has in hand.
class ConnectionUser {
 public:
  virtual ~ConnectionUser() = default;
  virtual void onConnectionIo(uint32_t events) = 0;
};

// A connection to an upstream: in use by one call, or idle in its pool. It stays in the loop's
// epoll all its life; while idle, anything to read means that it is of no more use.
class UpstreamConnection final : public IoHandler {
 public:
  UpstreamConnection(std::shared_ptr<Client::Core> core, std::string pool, Transport transport);
  ~UpstreamConnection() override;
  void onIo(uint32_t events) override;

  const std::shared_ptr<Client::Core> core;  // may outlive the Client by a batch of events
  const std::string pool;
  Transport transport;
  ConnectionUser* user = nullptr;
  SteadyTime idle_since{};
  bool reused = false;
};

// The pools of one loop. Private to http/.
struct Client::Core {
  Core(Loop& on, Resolver& names, std::shared_ptr<TlsContext> trust, ClientOptions settings);

  // A live idle connection, most recently used first, or null.
  std::unique_ptr<UpstreamConnection> takeIdle(const std::string& pool);
  // Gives a connection back for reuse.
  void giveBack(std::unique_ptr<UpstreamConnection> connection);
  void dropIdle(UpstreamConnection& connection);
  void sweep();

  Loop& loop;
  Resolver& resolver;
  const std::shared_ptr<TlsContext> tls;
  const ClientOptions options;
  struct Pool {
    std::deque<std::unique_ptr<UpstreamConnection>> idle;  // oldest first
    size_t open = 0;
  };
  std::unordered_map<std::string, Pool> pools;
  Timer sweeper;
  bool closing = false;
};

// Connections are shared only between calls that agree on all of this.
std::string poolKey(const Origin& origin);

}  // namespace penstock::http
