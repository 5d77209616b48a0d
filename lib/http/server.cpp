#include "http/server.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "http/connection.h"
#include "http/loop.h"
#include "http/tls.h"

namespace penstock::http {
namespace {

// Connections over the limit that are still told so; beyond them a connection is just closed.
constexpr int64_t kShedSlots = 256;

}  // namespace

struct Server::Shard {
  Loop& loop;
  std::unordered_map<Connection*, std::shared_ptr<Connection>> connections;
};

// The listening socket on one loop. Accepts until the queue is empty (edge-triggered).
class Server::Acceptor final : public IoHandler {
 public:
  Acceptor(Server& server, Loop& loop, Socket socket)
      : server_(server),
        loop_(loop),
        socket_(std::move(socket)),
        retry_(loop, [this] { onIo(EPOLLIN); }) {}

  void open() { loop_.watch(socket_.fd(), *this); }
  void close() {
    retry_.cancel();
    loop_.remove(socket_.fd(), *this);
    socket_.close();
  }

  void onIo(uint32_t) override {
    while (true) {
      Socket accepted(::accept4(socket_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (accepted.valid()) {
        server_.assign(std::move(accepted));
        continue;
      }
      if (errno == EINTR || errno == ECONNABORTED) continue;
      // Out of descriptors: no edge will tell when there are some again.
      if (errno != EAGAIN) retry_.armIn(std::chrono::milliseconds(50));
      return;
    }
  }

 private:
  Server& server_;
  Loop& loop_;
  Socket socket_;
  Timer retry_;
};

Server::Server(std::vector<Loop*> loops, Options options)
    : loops_(std::move(loops)), options_(std::move(options)) {
  for (Loop* loop : loops_) shards_.push_back(std::make_unique<Shard>(Shard{*loop, {}}));
}

Server::~Server() { close(); }

Result<uint16_t> Server::listen(const std::string& address) {
  const auto where = parseListenAddress(address);
  if (!where) return where.error();
  auto socket = listenOn(*where);
  if (!socket) return std::move(socket).error();
  SocketAddress bound;
  bound.length = sizeof bound.storage;
  getsockname(socket->fd(), reinterpret_cast<sockaddr*>(&bound.storage), &bound.length);
  acceptor_ = std::make_unique<Acceptor>(*this, *loops_.front(), std::move(*socket));
  loops_.front()->post([this] { acceptor_->open(); });
  return bound.port();
}

void Server::assign(Socket socket) {
  counters_.accepted.fetch_add(1, std::memory_order_relaxed);
  Shard& shard = *shards_[next_loop_++ % shards_.size()];
  // std::function wants copyable captures.
  auto shared = std::make_shared<Socket>(std::move(socket));
  shard.loop.post([this, &shard, shared] { adopt(std::move(*shared), shard.loop); });
}

void Server::adopt(Socket socket, Loop& loop) {
  const int64_t open = counters_.open.load(std::memory_order_relaxed);
  const auto limit = static_cast<int64_t>(options_.limits.connections);
  const auto shard = std::find_if(shards_.begin(), shards_.end(),
                                  [&](const auto& entry) { return &entry->loop == &loop; });
  if (shard == shards_.end() || draining() || open >= limit + kShedSlots) return;  // closes it
  setNoDelay(socket.fd());
  SocketAddress peer;
  peer.length = sizeof peer.storage;
  getpeername(socket.fd(), reinterpret_cast<sockaddr*>(&peer.storage), &peer.length);
  Transport transport = options_.tls ? Transport::tlsServer(std::move(socket), *options_.tls)
                                     : Transport(std::move(socket));
  auto connection = std::make_shared<Connection>(*this, loop, std::move(transport), peer.host());
  (*shard)->connections.emplace(connection.get(), connection);
  if (open >= limit) {
    counters_.shed.fetch_add(1, std::memory_order_relaxed);
    // A TLS handshake for nothing is what an overload must not cost.
    return options_.tls ? connection->close() : connection->openToShed();
  }
  connection->open();
}

void Connection::close() {
  if (state_ == State::Closed) return;
  const auto self = shared_from_this();
  state_ = State::Closed;
  timer_.cancel();
  releaseBuffered();
  server_.counters_.open.fetch_sub(1, std::memory_order_relaxed);
  loop_.remove(transport_.fd(), *this);
  if (Exchange* left = std::exchange(busy_, nullptr)) {
    server_.counters_.in_flight.fetch_sub(1, std::memory_order_relaxed);
    left->hangUp();
  }
  loop_.destroyLater(self);
  for (auto& shard : server_.shards_) {
    if (&shard->loop == &loop_) shard->connections.erase(this);
  }
  transport_ = Transport();  // the peer learns of it now, not when the object dies
}

void Server::forEachShard(const std::function<void(Shard&)>& task) {
  std::mutex mutex;
  std::condition_variable done;
  size_t left = shards_.size();
  const auto run = [&](Shard& shard) {
    task(shard);
    std::lock_guard lock(mutex);
    if (--left == 0) done.notify_one();
  };
  for (auto& shard : shards_) {
    // A loop that has ended (or never began) runs nothing: then this thread may.
    if (!shard->loop.running() || shard->loop.onLoopThread())
      run(*shard);
    else
      shard->loop.post([&run, &shard] { run(*shard); });
  }
  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return left == 0; });
}

void Server::beginDrain() {
  draining_.store(true, std::memory_order_relaxed);
  forEachShard([this](Shard& shard) {
    if (acceptor_ && &shard.loop == loops_.front()) acceptor_->close();
    std::vector<std::shared_ptr<Connection>> connections;
    for (auto& [key, connection] : shard.connections) connections.push_back(connection);
    for (auto& connection : connections) connection->drain();
  });
}

bool Server::waitIdle(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (counters_.in_flight.load() > 0) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

void Server::close() {
  if (std::exchange(closed_, true)) return;
  if (!draining()) beginDrain();
  forEachShard([](Shard& shard) {
    std::vector<std::shared_ptr<Connection>> connections;
    for (auto& [key, connection] : shard.connections) connections.push_back(connection);
    for (auto& connection : connections) connection->close();
  });
  acceptor_.reset();
}

}  // namespace penstock::http
