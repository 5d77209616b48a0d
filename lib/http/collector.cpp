#include "http/collector.h"

#include <utility>

namespace penstock::http {

void Collector::whole(const Response& answer) {
  head(answer);
  bytes(answer.body);
  tell(true);
}

void Collector::head(const Response& head) {
  response_ = {head.status, head.content_type, {}, head.headers};
}

void Collector::bytes(std::string_view bytes) {
  if (!done_) return;
  if (bytes.size() > max_bytes_ - response_.body.size()) return tell(false);
  response_.body.append(bytes);
}

void Collector::tell(bool complete) {
  const auto done = std::exchange(done_, nullptr);
  if (!done) return;
  done(complete ? Collected{true, std::move(response_)} : Collected{});
}

}  // namespace penstock::http
