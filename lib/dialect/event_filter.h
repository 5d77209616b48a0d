#pragma once

#include <optional>
#include <vector>

#include "base/error.h"
#include "dialect/chat_events.h"

namespace penstock::dialect {

// Stands between the reader and the writer of a stream: may hold back and change what passes, or
// end the stream. One a stream.
class EventFilter {
 public:
  virtual ~EventFilter() = default;
  EventFilter() = default;
  EventFilter(const EventFilter&) = delete;
  EventFilter& operator=(const EventFilter&) = delete;

  // Appends what goes on now; what was held back goes before an event that ends its text.
  virtual void pass(const ChatEvent& event, std::vector<ChatEvent>& out) = 0;
  // The stream ends well: appends all that is held back.
  virtual void finish(std::vector<ChatEvent>& out) = 0;
  // Set once the stream must not go on; nothing passes then.
  virtual const std::optional<ApiError>& refusal() const = 0;
};

}  // namespace penstock::dialect
