#include "http/client.h"

#include <sys/epoll.h>

#include <algorithm>

#include "http/call.h"
#include "http/client_pool.h"
#include "http/resolver.h"
#include "http/tls.h"

namespace penstock::http {
namespace {

constexpr std::chrono::milliseconds kSweepEvery{5'000};

// What the caller owns; the call itself may have to outlive it by a moment.
class CallHandle final : public Call {
 public:
  CallHandle(std::shared_ptr<HttpCall> call, Loop& loop) : call_(std::move(call)), loop_(loop) {}
  ~CallHandle() override {
    call_->cancel();
    loop_.destroyLater(std::move(call_));
  }
  void pause() override { call_->pause(); }
  void resume() override { call_->resume(); }
  void send(std::string_view piece) override { call_->send(piece); }
  bool sent() const override { return call_->sent(); }
  const CallTimings& timings() const override { return call_->timings(); }

 private:
  std::shared_ptr<HttpCall> call_;
  Loop& loop_;
};

}  // namespace

const char* failureName(FailureKind kind) {
  switch (kind) {
    case FailureKind::Dns: return "dns";
    case FailureKind::Connect: return "connect";
    case FailureKind::Tls: return "tls";
    case FailureKind::EgressRefused: return "egress_refused";
    case FailureKind::ConnectTimeout: return "connect_timeout";
    case FailureKind::FirstByteTimeout: return "first_byte_timeout";
    case FailureKind::IdleTimeout: return "idle_timeout";
    case FailureKind::TotalTimeout: return "total_timeout";
    case FailureKind::Reset: return "connection_reset";
    case FailureKind::Truncated: return "truncated";
    case FailureKind::BadResponse: return "bad_response";
    case FailureKind::TooLarge: return "response_too_large";
    case FailureKind::Overloaded: return "too_many_connections";
  }
  return "unknown";
}

std::string poolKey(const Origin& origin) {
  std::string key(1, static_cast<char>('0' + static_cast<int>(origin.scheme)));
  key += origin.allow_private ? 'p' : '-';
  return key + origin.host + ':' + std::to_string(origin.port);
}

UpstreamConnection::UpstreamConnection(std::shared_ptr<Client::Core> owner, std::string key,
                                       Transport stream)
    : core(std::move(owner)), pool(std::move(key)), transport(std::move(stream)) {
  ++core->pools[pool].open;
  core->loop.watch(transport.fd(), *this);
}

UpstreamConnection::~UpstreamConnection() {
  core->loop.remove(transport.fd(), *this);
  --core->pools[pool].open;
}

void UpstreamConnection::onIo(uint32_t events) {
  if (user != nullptr) return user->onConnectionIo(events);
  // Room to write may still be reported after the last request.
  if ((events & ~uint32_t{EPOLLOUT}) != 0) core->dropIdle(*this);
}

Client::Core::Core(Loop& on, Resolver& names, std::shared_ptr<TlsContext> trust,
                   ClientOptions settings)
    : loop(on),
      resolver(names),
      tls(std::move(trust)),
      options(std::move(settings)),
      sweeper(on, [this] { sweep(); }) {}

std::unique_ptr<UpstreamConnection> Client::Core::takeIdle(const std::string& pool) {
  auto& idle = pools[pool].idle;
  if (idle.empty()) return nullptr;
  auto connection = std::move(idle.back());
  idle.pop_back();
  connection->reused = true;
  return connection;
}

void Client::Core::giveBack(std::unique_ptr<UpstreamConnection> connection) {
  connection->user = nullptr;
  connection->idle_since = loop.now();
  auto& idle = pools[connection->pool].idle;
  if (closing || idle.size() >= options.idle_per_origin) return;
  idle.push_back(std::move(connection));
  sweeper.armIn(kSweepEvery);
}

void Client::Core::dropIdle(UpstreamConnection& connection) {
  auto& idle = pools[connection.pool].idle;
  const auto found = std::find_if(idle.begin(), idle.end(),
                                  [&](const auto& entry) { return entry.get() == &connection; });
  if (found == idle.end()) return;
  loop.destroyLater(std::shared_ptr<UpstreamConnection>(std::move(*found)));
  idle.erase(found);
}

void Client::Core::sweep() {
  bool any = false;
  for (auto& [key, pool] : pools) {
    while (!pool.idle.empty() &&
           pool.idle.front()->idle_since + options.idle_timeout <= loop.now()) {
      pool.idle.pop_front();
    }
    any = any || !pool.idle.empty();
  }
  if (any) sweeper.armIn(kSweepEvery);
}

Client::Client(Loop& loop, Resolver& resolver, std::shared_ptr<TlsContext> tls,
               ClientOptions options)
    : core_(std::make_shared<Core>(loop, resolver, std::move(tls), std::move(options))) {}

Client::~Client() {
  core_->closing = true;
  closeIdle();
}

std::unique_ptr<Call> Client::start(ClientRequest request, CallObserver& observer) {
  auto call = std::make_shared<HttpCall>(core_, std::move(request), observer);
  call->begin();
  return std::make_unique<CallHandle>(std::move(call), core_->loop);
}

size_t Client::idleConnections() const {
  size_t count = 0;
  for (const auto& [key, pool] : core_->pools) count += pool.idle.size();
  return count;
}

void Client::closeIdle() {
  for (auto& [key, pool] : core_->pools) pool.idle.clear();
}

}  // namespace penstock::http
