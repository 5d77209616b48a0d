#include "api_client.h"

#include <memory>
#include <optional>

#include "base/random.h"
#include "http/client.h"
#include "http/loop.h"
#include "http/resolver.h"
#include "http/tls.h"

namespace penstock::cli {
namespace {

// Gathers one answer and ends the loop with it.
class Collector final : public http::CallObserver {
 public:
  explicit Collector(http::Loop& loop) : loop_(loop) {}

  void onHead(const http::ResponseHead& head) override { answer.status = head.status; }
  void onData(std::string_view bytes) override { answer.body += bytes; }
  void onEnd() override { loop_.quit(); }
  void onFailure(const http::Failure& reason) override {
    failure = reason;
    loop_.quit();
  }

  ApiAnswer answer;
  std::optional<http::Failure> failure;

 private:
  http::Loop& loop_;
};

Result<std::shared_ptr<http::TlsContext>, Failure> tlsFor(const http::Origin& origin,
                                                          const std::string& ca_file) {
  if (origin.scheme != http::Origin::Scheme::Https) return std::shared_ptr<http::TlsContext>();
  auto tls = http::TlsContext::client(ca_file);
  if (!tls) return Failure{kUsage, tls.error().message + " " + tls.error().detail};
  return *std::move(tls);
}

http::ClientRequest makeRequest(http::BaseUrl url, const Secret& key, const std::string& method,
                                const std::string& path, const std::string& body,
                                const std::string& idempotency_key) {
  http::ClientRequest request;
  request.origin = std::move(url.origin);
  request.origin.allow_private = true;
  request.method = method;
  request.path = url.path + "/manage/v1" + path;
  request.headers = {{"Authorization", "Bearer " + std::string(key.reveal())},
                     {"Accept", "application/json"},
                     {"User-Agent", "penstock-cli/" PENSTOCK_VERSION}};
  if (!idempotency_key.empty()) {
    request.headers.emplace_back("Idempotency-Key", idempotency_key);
  }
  if (!body.empty()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = {body};
  }
  request.timeouts.first_byte = std::chrono::seconds(60);
  return request;
}

constexpr size_t kIdempotencyKeyChars = 32;

}  // namespace

// How one try ended: with an answer, or with a connection that broke under it.
struct ApiClient::Try {
  std::optional<ApiAnswer> answer;
  Failure broken = {};
};

Result<ApiAnswer, Failure> ApiClient::send(const std::string& method, const std::string& path,
                                           const std::string& body) const {
  const std::string once = method == "GET" ? "" : randomToken(kIdempotencyKeyChars);
  auto first = attempt(method, path, body, once);
  if (!first) return std::move(first).error();
  if (first->answer) return *std::move(first->answer);
  auto second = attempt(method, path, body, once);
  if (!second) return std::move(second).error();
  if (second->answer) return *std::move(second->answer);
  return std::move(second->broken);
}

Result<ApiClient::Try, Failure> ApiClient::attempt(const std::string& method,
                                                   const std::string& path, const std::string& body,
                                                   const std::string& idempotency_key) const {
  auto url = http::parseBaseUrl(url_);
  if (!url) return Failure{kUsage, "--url " + url_ + ": must be http(s)://HOST[:PORT]"};
  auto tls = tlsFor(url->origin, ca_file_);
  if (!tls) return std::move(tls).error();
  http::Loop loop;
  http::Resolver resolver(1);
  http::Client client(loop, resolver, *tls);
  Collector collector(loop);
  std::unique_ptr<http::Call> call;
  loop.post([&] {
    call = client.start(makeRequest(*std::move(url), key_, method, path, body, idempotency_key),
                        collector);
  });
  loop.run();
  call.reset();
  if (!collector.failure) return Try{std::move(collector.answer)};
  const auto& [kind, detail] = *collector.failure;
  const std::string reason = std::string(http::failureName(kind)) + ": " + detail;
  Failure failure{kUnreachable, "no gateway answers at " + url_ + " (" + reason + ")"};
  const bool broke = kind == http::FailureKind::Reset || kind == http::FailureKind::Truncated;
  if (broke) return Try{std::nullopt, std::move(failure)};
  return failure;
}

std::string percentEncode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.' || c == '~' || c == '@';
    if (plain) {
      out.push_back(c);
    } else {
      out.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  return out;
}

}  // namespace penstock::cli
