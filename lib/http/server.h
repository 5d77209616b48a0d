#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/exchange.h"
#include "http/head_parser.h"
#include "http/socket.h"

namespace penstock::http {

class TlsContext;

// How a request's body is taken.
struct BodyRule {
  uint64_t most = 0;  // bytes
  // Beyond ServerLimits::spool_bytes it is put into a file instead of held in memory: uploads,
  // which are passed on rather than read.
  bool spooled = false;
  // Where it is put into a file and its length is known, the handler has the request as soon as its
  // head is there, and the body as it comes: see Exchange::arriving().
  bool streamed = false;
};

// Every bound of the edge. All are configurable; none may be unbounded.
struct ServerLimits {
  HeadLimits head;
  uint64_t body_bytes = 32ULL << 20;
  uint64_t buffered_bytes = 1ULL << 30;        // request bodies held at once, over all connections
  uint64_t spool_bytes = 1ULL << 20;           // of a spooled body: held in memory, the rest is not
  std::filesystem::path spool_directory = {};  // empty: nothing is spooled
  size_t connections = 20'000;
  std::chrono::milliseconds head_timeout{
      10'000};  // from the first byte (or accept) to the blank line
  std::chrono::milliseconds body_timeout{60'000};
  std::chrono::milliseconds idle_timeout{75'000};   // keep-alive between requests
  std::chrono::milliseconds write_timeout{60'000};  // a client that takes no byte of its answer
};

struct ServerCounters {
  std::atomic<uint64_t> accepted{0}, requests{0}, refused{0}, shed{0};
  std::atomic<int64_t> open{0}, in_flight{0}, buffered{0};
};

// Renders an error that arises below routing (malformed head, 413, …) in the surface's dialect.
// The request may be incomplete: only what was parsed is set.
using ErrorRenderer = std::function<Response(const Request&, const ApiError&)>;

// HTTP/1.1 server over event loops: a listener hands each connection to one loop for life. A
// connection that waits (idle keep-alive, half a request) costs a few hundred bytes and no thread.
// The handler is called on the connection's loop, with complete requests unless BodyRule::streamed.
//
// start/stop calls come from one controlling thread while the loops run.
class Server {
 public:
  struct Options {
    ServerLimits limits;
    std::shared_ptr<TlsContext> tls;  // null: plain
    Handler handler;
    ErrorRenderer render_error;
    // Asked before a large body (over 64 KiB, or chunked) is read, with the head only: an error
    // refuses the request at once, so that strangers cannot make us hold their bodies. Optional.
    std::function<std::optional<ApiError>(const Request&)> admit_body = {};
    // Asked likewise: how this request's body is taken, where limits.body_bytes is not for all of
    // them. Optional.
    std::function<BodyRule(const Request&)> body_rule = {};
  };
  Server(std::vector<Loop*> loops, Options options);
  ~Server();  // closes everything; loops must still run or have stopped
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds and starts accepting; returns the port in use. `address` as in parseListenAddress().
  Result<uint16_t> listen(const std::string& address);
  // Serves a connected socket on `loop` (on its thread): how the in-process demo provider is
  // reached.
  void adopt(Socket socket, Loop& loop);

  // Drain: stop accepting, close idle connections, answer what is in flight with Connection: close.
  void beginDrain();
  // True when no request was in flight any more before the time was over.
  bool waitIdle(std::chrono::milliseconds limit);
  // Cuts every connection and waits until the loops have let go of them.
  void close();

  const Options& options() const { return options_; }
  ServerCounters& counters() { return counters_; }
  bool draining() const { return draining_.load(std::memory_order_relaxed); }

 private:
  friend class Connection;
  struct Shard;  // one loop's connections
  class Acceptor;
  void assign(Socket socket);
  void forEachShard(const std::function<void(Shard&)>& task);

  // Constant after construction.
  const std::vector<Loop*> loops_;
  const Options options_;
  // Any thread.
  ServerCounters counters_;
  std::atomic<bool> draining_{false};
  // Used by the controlling thread only.
  bool closed_ = false;
  // Used by the acceptor's loop only.
  size_t next_loop_ = 0;
  std::unique_ptr<Acceptor> acceptor_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace penstock::http
