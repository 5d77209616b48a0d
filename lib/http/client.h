#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/head_parser.h"
#include "http/message.h"

namespace penstock::http {

class Loop;

// Where to connect: scheme, host and port, parsed once and never concatenated again.
struct Origin {
  enum class Scheme : uint8_t { Http, Https, Internal };  // Internal: an in-process server, by name
  Scheme scheme = Scheme::Https;
  std::string host;  // name or address literal, without brackets
  uint16_t port = 443;
  bool allow_private = false;  // may resolve to loopback, private or link-local addresses
  std::string host_header;     // "api.openai.com" or "127.0.0.1:8000"

  bool operator==(const Origin&) const = default;
};

// A base URL taken apart: "https://api.openai.com/v1" → origin + "/v1" (no trailing slash). Refuses
// user info, fragments, queries and anything else that two parsers could read differently.
struct BaseUrl {
  Origin origin;
  std::string path;
};
Result<BaseUrl> parseBaseUrl(std::string_view url);

struct Timeouts {
  std::chrono::milliseconds connect{5'000};       // DNS, TCP and TLS together
  std::chrono::milliseconds first_byte{120'000};  // from the request sent to the response head
  std::chrono::milliseconds idle{60'000};         // between two reads of the body
  std::chrono::milliseconds total{600'000};
};

// A request to send. `body` pieces are sent one after another without being copied: the memory they
// point to must stay until the call ends, or its onHead was called and it is sent().
struct ClientRequest {
  Origin origin;
  std::string method = "POST";
  std::string path;  // with query
  Headers headers;   // Host, Content-Length and Connection are the client's own
  std::vector<std::string_view> body;
  // How long the body is, where the pieces are only its beginning: Call::send() has the rest.
  std::optional<uint64_t> body_bytes = {};
  Timeouts timeouts;
  uint64_t max_response_bytes = 64ULL << 20;
};

struct ResponseHead {
  int status = 0;
  HeaderList headers;  // views valid during onHead only
};

// Why a call ended without a complete response.
enum class FailureKind : uint8_t {
  Dns,
  Connect,
  Tls,
  EgressRefused,
  ConnectTimeout,
  FirstByteTimeout,
  IdleTimeout,
  TotalTimeout,
  Reset,        // the connection broke
  Truncated,    // it ended before the message did
  BadResponse,  // not HTTP as we accept it
  TooLarge,
  Overloaded,  // too many connections to that origin
};
const char* failureName(FailureKind kind);
struct Failure {
  FailureKind kind;
  std::string detail;  // for the log
};

// Since the call started, or had the last of its body; negative when not reached.
struct CallTimings {
  std::chrono::microseconds connected{-1};  // connection in hand (about zero when pooled)
  std::chrono::microseconds head{-1};
  bool reused = false;
};

// Receives a call's progress on the loop's thread. After onEnd or onFailure nothing more comes.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void onHead(const ResponseHead& head) = 0;
  virtual void onData(std::string_view bytes) = 0;  // decoded from chunked framing
  virtual void onEnd() = 0;
  virtual void onFailure(const Failure& failure) = 0;
};

// A running call. Destroying it cancels: the connection is closed at once, which is how an upstream
// learns that nobody listens any more.
class Call {
 public:
  virtual ~Call() = default;
  virtual void pause() = 0;  // stop reading: backpressure
  virtual void resume() = 0;
  // More of a body of which not all was there. Stays in its memory like the pieces; what is more
  // than was announced is not sent.
  virtual void send(std::string_view piece) = 0;
  // Whether all of the request has left: what it asks for may be done.
  virtual bool sent() const = 0;
  virtual const CallTimings& timings() const = 0;
};

class Resolver;
class Socket;
class TlsContext;

struct ClientOptions {
  size_t connections_per_origin = 8192;  // on this loop; more calls fail with Overloaded
  size_t idle_per_origin = 256;
  std::chrono::milliseconds idle_timeout{30'000};
  HeadLimits head;
  // Connects to an in-process server (Origin::Scheme::Internal) named by the origin's host.
  std::function<Socket(const std::string& name, Loop& loop)> connect_internal = {};
};

// HTTP/1.1 client of one loop: keep-alive pools per origin, TLS with verification, deadlines, size
// bounds, egress guard. All methods and callbacks on the loop's thread. No redirects, no
// decompression (Accept-Encoding: identity is sent), no cookies.
//
// A pooled connection that turns out to be closed before a byte of the answer came is replaced once
// by a fresh one: servers close idle connections when they please.
class Client {
 public:
  Client(Loop& loop, Resolver& resolver, std::shared_ptr<TlsContext> tls,
         ClientOptions options = {});
  ~Client();  // every Call must be gone
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Never calls the observer from inside; failures come from the loop too. The observer must
  // outlive the Call.
  std::unique_ptr<Call> start(ClientRequest request, CallObserver& observer);

  size_t idleConnections() const;
  void closeIdle();

  struct Core;  // shared with the running calls; private to client.cpp and call.cpp

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace penstock::http
