#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "http/socket.h"

struct ssl_st;

namespace penstock::http {

class TlsContext;

enum class IoState : uint8_t { Ok, WouldBlock, Closed, Failed };
struct IoResult {
  IoState state = IoState::Ok;
  size_t bytes = 0;
};

// A non-blocking byte stream over a socket, plain or TLS. One thread at a time.
class Transport {
 public:
  Transport() = default;
  explicit Transport(Socket socket);
  static Transport tlsServer(Socket socket, const TlsContext& context);
  // Verifies that the peer's certificate is for `host` (a name or an address literal).
  static Transport tlsClient(Socket socket, const TlsContext& context, const std::string& host);
  // The same over a plain one that has agreed with its peer to go on so (STARTTLS).
  static Transport startTls(Transport plain, const TlsContext& context, const std::string& host);
  Transport(Transport&&) noexcept;
  Transport& operator=(Transport&&) noexcept;
  ~Transport();

  int fd() const { return socket_.fd(); }
  bool secure() const { return ssl_ != nullptr; }
  bool handshaking() const { return handshaking_; }

  // Ok when the handshake is done (at once on plain sockets); WouldBlock: call again on readiness.
  IoState handshake();
  IoResult read(char* into, size_t size);
  // Writes until all is taken or the socket is full: fewer `bytes` than given, or WouldBlock when
  // none, mean that readiness will be reported. Offer the rest again from there.
  IoResult write(std::span<const iovec> pieces);
  void shutdownWrite();
  // Why the last operation failed, for the log.
  const std::string& failure() const { return failure_; }

 private:
  struct SslDelete {
    void operator()(ssl_st* ssl) const;
  };
  IoResult tlsResult(int result);
  IoResult writeRecord(std::string_view bytes);

  Socket socket_;
  std::unique_ptr<ssl_st, SslDelete> ssl_;
  bool handshaking_ = false;
  std::string failure_;
};

}  // namespace penstock::http
