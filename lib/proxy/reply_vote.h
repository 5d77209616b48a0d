#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "proxy/reply_text.h"

namespace penstock::proxy {

// A reply with its member's weight, in the order of listing.
struct Ballot {
  ReplyText reply;
  double weight = 1;
};

// The form in which equal replies are equal: JSON canonical, other text trimmed and in lower case
// (ASCII).
std::string normalised(const ReplyText& reply);

struct Vote {
  size_t winner = 0;  // the first ballot of those that agree
  size_t agreed = 0;  // how many do
};
// The normalised reply with the most weight; of equals, the one that is listed first. At least one
// ballot.
Vote countVotes(std::span<const Ballot> ballots);

// The weighted mean of replies that are all numbers, or all JSON objects of the same shape with
// numbers for leaves; nothing when they are not.
std::optional<std::string> averageOf(std::span<const Ballot> ballots);

}  // namespace penstock::proxy
