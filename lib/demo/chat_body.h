#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "demo/delivery.h"
#include "demo/reply.h"

namespace penstock::demo {

// What every body and chunk of one answer repeats.
struct ChatHead {
  std::string id;   // "chatcmpl-…"
  int64_t created;  // seconds
  std::string model;
};

enum class UsageReport : unsigned char { None, Sent };

// {"id":…,"object":"chat.completion",…,"choices":[…],"usage":{…}}
std::string chatBody(const ChatHead& head, const Reply& reply, UsageReport usage);

// The same as events: for each choice in turn a chunk with the role, one a token, and one with the
// finish reason; tool calls start with a chunk of id and name, then one a token of the arguments.
// Then, with a usage report, a chunk without choices; last "data: [DONE]".
std::unique_ptr<EventSource> chatEvents(const ChatHead& head, Reply reply, UsageReport usage);

}  // namespace penstock::demo
