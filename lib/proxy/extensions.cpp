#include "proxy/extensions.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/random.h"
#include "base/text.h"

namespace penstock::proxy {
namespace {

constexpr size_t kMaxTags = 50;
constexpr size_t kMaxTagKey = 64;
constexpr size_t kMaxTagValue = 256;
constexpr size_t kMaxIdBytes = 256;
constexpr size_t kTraceparentBytes = 55;  // 00-<32 hex>-<16 hex>-<2 hex>

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
    out.no_store = hasDirective(header.value, "no-store");
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

bool isLowerHex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool isTraceparent(std::string_view text) {
  return text.size() == kTraceparentBytes && text.starts_with("00-") && text[35] == '-' &&
         text[52] == '-' && isLowerHex(text.substr(3, 32)) && isLowerHex(text.substr(36, 16)) &&
         isLowerHex(text.substr(53, 2)) &&
         text.substr(3, 32).find_first_not_of('0') != std::string_view::npos;
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

std::string continueTrace(std::string_view traceparent) {
  if (isTraceparent(traceparent)) {
    return fmt::format("{}{:016x}{}", traceparent.substr(0, 36), fastRandom() | 1,
                       traceparent.substr(52));
  }
  return fmt::format("00-{:016x}{:016x}-{:016x}-01", fastRandom() | 1, fastRandom(),
                     fastRandom() | 1);
}

}  // namespace penstock::proxy
