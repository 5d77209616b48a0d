#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/clock.h"

namespace penstock::model {

// A response of the Responses API that callers may ask for and go on from, by its id.
struct StoredResponse {
  // Whether the provider keeps it under the same id, so that a request to it may name that.
  enum class AtProvider : uint8_t { Absent, Held };

  std::string project_id, id;  // unique together
  std::string api_key_id;      // that made it
  std::string provider_id;     // that served it
  std::string model;           // as the provider names it
  std::string previous_id;     // the response that it goes on from; empty: none
  AtProvider at_provider = AtProvider::Absent;
  // Whose account there: the fingerprint of the caller's own key; empty: the gateway's.
  std::string account;
  std::string input;   // JSON array: the items of its own request, references resolved
  std::string object;  // JSON: the response as the caller got it
  UnixMillis created_at = 0;
  bool operator==(const StoredResponse&) const = default;

  size_t bytes() const { return input.size() + object.size(); }
};

}  // namespace penstock::model
