#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "http/client.h"
#include "model/provider.h"
#include "model/request_log.h"

namespace penstock::proxy {

// What the log tells of the one call that a request makes to a provider where nothing is chosen,
// repeated or paid: to pass something on, or to have it deleted. Lives on one loop.
class CallRecord {
 public:
  // It is sent now; `arrived`: when the request did.
  void begin(const model::Provider& provider, SteadyTime arrived, UnixMillis now);
  // `id_header`: where the provider has its own id of the request.
  void noteHead(const http::ResponseHead& head, const http::Call& call, std::string_view id_header);
  void noteError(std::string message) { attempt_.error = std::move(message); }
  bool underWay() const { return under_way_; }
  // How it ended: "ok", "cancelled", …. Once; nothing before begin().
  void end(std::string_view status, model::RequestLog& row);

 private:
  model::Attempt attempt_;
  SteadyTime began_at_;
  bool under_way_ = false;
};

}  // namespace penstock::proxy
