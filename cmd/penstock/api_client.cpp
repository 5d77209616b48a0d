#include "api_client.h"

#include <chrono>
#include <limits>
#include <memory>
#include <optional>

#include "base/random.h"
#include "http/client.h"
#include "http/loop.h"
#include "http/resolver.h"
#include "http/tls.h"

namespace penstock::cli {
namespace {

// Gathers one answer, or hands it on as it comes, and ends the loop with it.
class Collector final : public http::CallObserver {
 public:
  Collector(http::Loop& loop, const ApiClient::Sink& more) : loop_(loop), more_(more) {}

  void onHead(const http::ResponseHead& head) override { answer.status = head.status; }
  void onData(std::string_view bytes) override {
    if (!more_ || answer.status >= 300) {
      answer.body += bytes;
    } else if (!more_(bytes)) {
      loop_.quit();
    }
  }
  void onEnd() override { loop_.quit(); }
  void onFailure(const http::Failure& reason) override {
    failure = reason;
    loop_.quit();
  }

  ApiAnswer answer;
  std::optional<http::Failure> failure;

 private:
  http::Loop& loop_;
  const ApiClient::Sink& more_;
};

Result<std::shared_ptr<http::TlsContext>, Failure> tlsFor(const http::Origin& origin,
                                                          const std::string& ca_file) {
  if (origin.scheme != http::Origin::Scheme::Https) return std::shared_ptr<http::TlsContext>();
  auto tls = http::TlsContext::client(ca_file);
  if (!tls) return Failure{kUsage, tls.error().message + " " + tls.error().detail};
  return *std::move(tls);
}

constexpr size_t kIdempotencyKeyChars = 32;
constexpr std::chrono::hours kFollowAtMost{24 * 366};

}  // namespace

struct ApiClient::Sending {
  std::string method;
  std::string path;
  std::string body;
  std::string idempotency_key;
  Sink more;  // of answers that go on

  http::ClientRequest request(http::BaseUrl url, const Secret& key) const;
};

http::ClientRequest ApiClient::Sending::request(http::BaseUrl url, const Secret& key) const {
  http::ClientRequest request;
  request.origin = std::move(url.origin);
  request.origin.allow_private = true;
  request.method = method;
  request.path = url.path + "/manage/v1" + path;
  request.headers = {{"Authorization", "Bearer " + std::string(key.reveal())},
                     {"Accept", more ? "text/event-stream" : "application/json"},
                     {"User-Agent", "penstock-cli/" PENSTOCK_VERSION}};
  if (!idempotency_key.empty()) {
    request.headers.add("Idempotency-Key", idempotency_key);
  }
  if (!body.empty()) {
    request.headers.add("Content-Type", "application/json");
    request.body = {body};
  }
  request.timeouts.first_byte = std::chrono::seconds(60);
  if (more) {
    request.timeouts.total = kFollowAtMost;
    request.max_response_bytes = std::numeric_limits<uint64_t>::max();
  }
  return request;
}

// How one try ended: with an answer, or with a connection that broke under it.
struct ApiClient::Try {
  std::optional<ApiAnswer> answer;
  Failure broken = {};
};

Result<ApiAnswer, Failure> ApiClient::send(const std::string& method, const std::string& path,
                                           const std::string& body) const {
  const Sending sending{
      method, path, body, method == "GET" ? "" : randomToken(kIdempotencyKeyChars), {}};
  auto first = attempt(sending);
  if (!first) return std::move(first).error();
  if (first->answer) return *std::move(first->answer);
  auto second = attempt(sending);
  if (!second) return std::move(second).error();
  if (second->answer) return *std::move(second->answer);
  return std::move(second->broken);
}

Result<ApiAnswer, Failure> ApiClient::follow(const std::string& path, const Sink& more) const {
  auto outcome = attempt({"GET", path, "", "", more});
  if (!outcome) return std::move(outcome).error();
  if (outcome->answer) return *std::move(outcome->answer);
  return std::move(outcome->broken);
}

Result<ApiClient::Try, Failure> ApiClient::attempt(const Sending& sending) const {
  auto url = http::parseBaseUrl(url_);
  if (!url) return Failure{kUsage, "--url " + url_ + ": must be http(s)://HOST[:PORT]"};
  auto tls = tlsFor(url->origin, ca_file_);
  if (!tls) return std::move(tls).error();
  http::Loop loop;
  http::Resolver resolver(1);
  http::Client client(loop, resolver, *tls);
  Collector collector(loop, sending.more);
  std::unique_ptr<http::Call> call;
  loop.post([&] { call = client.start(sending.request(*std::move(url), key_), collector); });
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

}  // namespace penstock::cli
