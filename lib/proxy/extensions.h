#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "http/message.h"

namespace penstock::proxy {

using Tags = std::vector<std::pair<std::string, std::string>>;

// What a caller may say beside its dialect, in headers (spec/modelux.md 2.3).
struct Extensions {
  std::string end_user;
  std::string trace_id;
  std::string conversation_id;
  Tags tags;
  Secret provider_key;  // X-Modelux-Provider-Key: the caller's own key for this one call
  bool dry_run = false;
  bool no_cache = false;  // answer afresh
  bool no_store = false;  // keep nothing of this request or its answer
};

Extensions readExtensions(const http::HeaderList& headers);

// "k=v,k=v" without escaping. A part without '=' is glued back, with its comma, to the value before
// it, because the SDKs do not escape; it never fails. Bounds: 50 tags, keys of 64 and values of 256
// characters, longer ones cut off or left out.
Tags parseTagHeader(std::string_view text);

// Sets or replaces one tag within the same bounds.
void setTag(Tags& tags, std::string_view key, std::string_view value);

}  // namespace penstock::proxy
