#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"

namespace penstock::model {

enum class EmailStatus : uint8_t { Pending, Sent, Failed };

// A mail to one person, on its way.
struct Email {
  std::string id;         // eml_…
  std::string recipient;  // an address
  std::string subject;
  std::string body;  // text; lines end with \n
  EmailStatus status = EmailStatus::Pending;
  int64_t attempts = 0;
  std::optional<UnixMillis> next_attempt_at;  // set while pending
  UnixMillis give_up_at = 0;
  std::string error;  // of the last attempt; holds nothing secret
  UnixMillis created_at = 0;
  std::optional<UnixMillis> sent_at;
  bool operator==(const Email&) const = default;
};

}  // namespace penstock::model
