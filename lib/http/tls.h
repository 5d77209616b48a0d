#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;
struct ssl_st;

namespace penstock::http {

// An OpenSSL context, TLS 1.2 and up. Built once (loading the CA bundle is slow), then shared by
// all connections; thread-safe after construction.
class TlsContext {
 public:
  // For a listener: PEM files of the certificate chain and its key.
  static Result<std::shared_ptr<TlsContext>> server(const std::string& certificate_file,
                                                    const std::string& key_file);
  // For upstreams: verifies against the system's CA bundle, or against `ca_file` when given.
  static Result<std::shared_ptr<TlsContext>> client(const std::string& ca_file);

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ssl_ctx_st* get() const { return context_; }

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace penstock::http
