#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "exit_codes.h"

namespace penstock::cli {

struct ApiAnswer {
  int status = 0;
  std::string body;
};

// The management API of a running gateway, one call after another, over our own HTTP client on an
// event loop that runs while a call lasts.
class ApiClient {
 public:
  // `ca_file`: PEM bundle to verify an https URL with; empty: the system's.
  ApiClient(std::string url, Secret key, std::string ca_file)
      : url_(std::move(url)), key_(std::move(key)), ca_file_(std::move(ca_file)) {}

  // `path` is below /manage/v1. The failure is that nobody answered, or that the URL is none.
  // When the connection breaks before the answer is whole the call is sent once more: a change
  // carries the same random Idempotency-Key, so it is made once at most.
  Result<ApiAnswer, Failure> send(const std::string& method, const std::string& path,
                                  const std::string& body) const;

  // Gets an answer that goes on: when it is a success, `more` gets its bytes as they arrive, and
  // says whether to read on. The failure is also that it broke off.
  using Sink = std::function<bool(std::string_view)>;
  Result<ApiAnswer, Failure> follow(const std::string& path, const Sink& more) const;

 private:
  struct Sending;
  struct Try;
  Result<Try, Failure> attempt(const Sending& sending) const;

  // Constant after construction.
  const std::string url_;
  const Secret key_;
  const std::string ca_file_;
};

}  // namespace penstock::cli
