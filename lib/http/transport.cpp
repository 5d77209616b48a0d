#include "http/transport.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <system_error>

#include "http/tls.h"

namespace penstock::http {
namespace {

constexpr size_t kTlsRecordBytes = 16 << 10;

SSL* newSsl(const TlsContext& context, int fd) {
  SSL* ssl = SSL_new(context.get());
  SSL_set_fd(ssl, fd);
  return ssl;
}

}  // namespace

void Transport::SslDelete::operator()(ssl_st* ssl) const { SSL_free(ssl); }

Transport::Transport(Socket socket) : socket_(std::move(socket)) {}
Transport::Transport(Transport&&) noexcept = default;
Transport& Transport::operator=(Transport&&) noexcept = default;
Transport::~Transport() = default;

Transport Transport::tlsServer(Socket socket, const TlsContext& context) {
  Transport transport(std::move(socket));
  transport.ssl_.reset(newSsl(context, transport.fd()));
  SSL_set_accept_state(transport.ssl_.get());
  transport.handshaking_ = true;
  return transport;
}

Transport Transport::startTls(Transport plain, const TlsContext& context, const std::string& host) {
  return tlsClient(std::move(plain.socket_), context, host);
}

Transport Transport::tlsClient(Socket socket, const TlsContext& context, const std::string& host) {
  Transport transport(std::move(socket));
  SSL* ssl = newSsl(context, transport.fd());
  transport.ssl_.reset(ssl);
  SSL_set_connect_state(ssl);
  if (parseAddress(host, 0)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
  } else {
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl, host.c_str());
    SSL_set_tlsext_host_name(ssl, host.c_str());
  }
  transport.handshaking_ = true;
  return transport;
}

IoResult Transport::tlsResult(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return {IoState::WouldBlock};
  if (error == SSL_ERROR_ZERO_RETURN) return {IoState::Closed};
  const long verify = SSL_get_verify_result(ssl_.get());
  std::array<char, 256> text{};
  if (verify != X509_V_OK) {
    failure_ = std::string("certificate: ") + X509_verify_cert_error_string(verify);
  } else if (const unsigned long code = ERR_get_error(); code != 0) {
    ERR_error_string_n(code, text.data(), text.size());
    failure_ = text.data();
  } else {
    failure_ = "connection closed without TLS close_notify";
  }
  ERR_clear_error();
  return {IoState::Failed};
}

IoState Transport::handshake() {
  if (!handshaking_) return IoState::Ok;
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) {
    const IoState state = tlsResult(result).state;
    return state == IoState::Closed ? IoState::Failed : state;
  }
  handshaking_ = false;
  return IoState::Ok;
}

IoResult Transport::read(char* into, size_t size) {
  if (ssl_) {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), into, static_cast<int>(std::min<size_t>(size, INT_MAX)));
    if (got > 0) return {IoState::Ok, static_cast<size_t>(got)};
    return tlsResult(got);
  }
  while (true) {
    const ssize_t got = ::recv(fd(), into, size, 0);
    if (got > 0) return {IoState::Ok, static_cast<size_t>(got)};
    if (got == 0) return {IoState::Closed};
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return {IoState::WouldBlock};
    failure_ = std::generic_category().message(errno);
    return {IoState::Failed};
  }
}

IoResult Transport::write(std::span<const iovec> pieces) {
  if (!ssl_) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = std::min<size_t>(pieces.size(), 64);
    while (true) {
      const ssize_t sent = ::sendmsg(fd(), &message, MSG_NOSIGNAL);
      if (sent >= 0) return {IoState::Ok, static_cast<size_t>(sent)};
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return {IoState::WouldBlock};
      failure_ = std::generic_category().message(errno);
      return {IoState::Failed};
    }
  }
  // One record for what fits: small pieces are gathered, so that an event leaves as one record.
  std::array<char, kTlsRecordBytes> record;
  size_t total = 0;
  size_t filled = 0;
  IoState state = IoState::Ok;
  const auto write_filled = [&] {
    const IoResult result = writeRecord({record.data(), filled});
    total += result.bytes;
    filled = 0;
    state = result.state;
    return state == IoState::Ok;
  };
  const auto write_all = [&] {
    for (const iovec& piece : pieces) {
      for (size_t offset = 0; offset < piece.iov_len;) {
        const size_t take = std::min(record.size() - filled, piece.iov_len - offset);
        std::copy_n(static_cast<const char*>(piece.iov_base) + offset, take,
                    record.data() + filled);
        filled += take;
        offset += take;
        if (filled == record.size() && !write_filled()) return;
      }
    }
    if (filled > 0) write_filled();
  };
  write_all();
  if (state == IoState::WouldBlock && total > 0) state = IoState::Ok;
  return {state, state == IoState::Ok ? total : 0};
}

// Several records when the peer asked for smaller ones. `bytes` tells what went, in every state.
IoResult Transport::writeRecord(std::string_view bytes) {
  size_t total = 0;
  while (total < bytes.size()) {
    ERR_clear_error();
    const int sent =
        SSL_write(ssl_.get(), bytes.data() + total, static_cast<int>(bytes.size() - total));
    if (sent <= 0) return {tlsResult(sent).state, total};
    total += static_cast<size_t>(sent);
  }
  return {IoState::Ok, total};
}

void Transport::shutdownWrite() {
  if (ssl_ && !handshaking_) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  ::shutdown(fd(), SHUT_WR);
}

}  // namespace penstock::http
