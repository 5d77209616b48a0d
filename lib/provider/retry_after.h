#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "http/message.h"

namespace penstock::provider {

// How long an error answer asks to be left alone, in milliseconds, at most a day. In this order:
//   retry-after-ms: 1500          milliseconds, as OpenAI's SDKs read it
//   retry-after: 2.5              seconds, or an HTTP date, "Sun, 06 Nov 1994 08:49:37 GMT"
//   x-ratelimit-reset-{requests,tokens}       of the one that has nothing remaining: "12ms",
//   "6m0s",
//                                             or seconds; OpenAI, Azure
//   anthropic-ratelimit-*-reset               likewise: an RFC 3339 time
// Nothing when it asks for nothing that can be read.
std::optional<int64_t> readRetryAfter(const http::HeaderList& headers, UnixMillis now);

// "6m0s", "12ms", "1h2m3.5s", or bare seconds, as milliseconds.
std::optional<int64_t> parseDuration(std::string_view text);
// "Sun, 06 Nov 1994 08:49:37 GMT" or "2026-05-01T00:00:00Z".
std::optional<UnixMillis> parseDate(std::string_view text);

}  // namespace penstock::provider
