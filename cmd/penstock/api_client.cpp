#include "api_client.h"

#include <memory>

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
    failure = std::string(http::failureName(reason.kind)) + ": " + reason.detail;
    loop_.quit();
  }

  ApiAnswer answer;
  std::string failure;

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
                                const std::string& path, const std::string& body) {
  http::ClientRequest request;
  request.origin = std::move(url.origin);
  request.origin.allow_private = true;
  request.method = method;
  request.path = url.path + "/manage/v1" + path;
  request.headers = {{"Authorization", "Bearer " + std::string(key.reveal())},
                     {"Accept", "application/json"},
                     {"User-Agent", "penstock-cli/" PENSTOCK_VERSION}};
  if (!body.empty()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = {body};
  }
  request.timeouts.first_byte = std::chrono::seconds(60);
  return request;
}

}  // namespace

Result<ApiAnswer, Failure> ApiClient::send(const std::string& method, const std::string& path,
                                           const std::string& body) const {
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
    call = client.start(makeRequest(*std::move(url), key_, method, path, body), collector);
  });
  loop.run();
  call.reset();
  if (!collector.failure.empty()) {
    return Failure{kUnreachable, "no gateway answers at " + url_ + " (" + collector.failure + ")"};
  }
  return std::move(collector.answer);
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
