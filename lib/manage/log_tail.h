#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "http/exchange.h"
#include "trace/follow.h"

namespace penstock::manage {

struct LogTailOptions {
  // Asked before anything is sent, and every `glance`: whether the caller may read on.
  std::function<bool()> allowed;
  std::optional<std::chrono::seconds> at_most = {};  // then it ends
  std::chrono::milliseconds heartbeat{15'000};       // without anything else to send
  std::chrono::milliseconds glance{1'000};
};

// Goes on with a started answer, on its loop, as server-sent events:
//   data: {…}                                a row, as the feed has it
//   event: dropped / data: {"count":12}      so many were not sent, for the reader was too slow
//   event: end / data: {"reason":"…"}        the last: time_over, access_changed, draining
// and comments while nothing happens. Ends by itself; lives until then or until the reader leaves.
void followLogs(const http::ExchangePtr& exchange, std::shared_ptr<trace::Feed> feed,
                LogTailOptions options);

}  // namespace penstock::manage
