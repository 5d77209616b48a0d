#include "proxy/extensions.h"

#include <algorithm>

#include "base/text.h"

namespace penstock::proxy {
namespace {

constexpr size_t kMaxTags = 50;
constexpr size_t kMaxTagKey = 64;
constexpr size_t kMaxTagValue = 256;
constexpr size_t kMaxIdBytes = 256;

std::string bounded(std::string_view value) { return std::string(value.substr(0, kMaxIdBytes)); }

bool hasDirective(std::string_view cache_control, std::string_view directive) {
  bool found = false;
  split(cache_control, ',',
        [&](std::string_view part) { found = found || equalsIgnoreCase(trim(part), directive); });
  return found;
}

// One header, if it is ours. Names are compared by length first: most headers are not.
void readHeader(const http::HeaderView& header, Extensions& out) {
  const std::string_view name = header.name;
  const auto is = [name](std::string_view ours) { return equalsIgnoreCase(name, ours); };
  if (is("cache-control")) {
    out.no_cache = out.no_cache || hasDirective(header.value, "no-cache");
    out.no_store = out.no_store || hasDirective(header.value, "no-store");
    return;
  }
  if (name.size() < 10 || !equalsIgnoreCase(name.substr(0, 10), "x-modelux-")) return;
  if (is("x-modelux-user-id")) out.end_user = bounded(header.value);
  if (is("x-modelux-user-tags")) out.tags = parseTagHeader(header.value);
  if (is("x-modelux-trace-id")) out.trace_id = bounded(header.value);
  if (is("x-modelux-conversation-id")) out.conversation_id = bounded(header.value);
  if (is("x-modelux-dry-run")) out.dry_run = equalsIgnoreCase(header.value, "true");
  if (is("x-modelux-provider-key")) out.provider_key = Secret(std::string(header.value));
}

}  // namespace

Extensions readExtensions(const http::HeaderList& headers) {
  Extensions out;
  for (const http::HeaderView& header : headers) readHeader(header, out);
  return out;
}

Tags parseTagHeader(std::string_view text) {
  Tags tags;
  std::string key;
  std::string value;
  split(text, ',', [&](std::string_view part) {
    const size_t equals = part.find('=');
    if (equals == std::string_view::npos) {
      if (!key.empty()) value.append(",").append(trim(part));
      return;
    }
    if (!key.empty()) setTag(tags, key, value);
    key = trim(part.substr(0, equals));
    value = trim(part.substr(equals + 1));
  });
  if (!key.empty()) setTag(tags, key, value);
  return tags;
}

void setTag(Tags& tags, std::string_view key, std::string_view value) {
  if (key.empty() || key.size() > kMaxTagKey) return;
  value = value.substr(0, kMaxTagValue);
  const auto found =
      std::find_if(tags.begin(), tags.end(), [&](const auto& tag) { return tag.first == key; });
  if (found != tags.end()) {
    found->second = value;
  } else if (tags.size() < kMaxTags) {
    tags.emplace_back(key, value);
  }
}

}  // namespace penstock::proxy
