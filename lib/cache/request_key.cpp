#include "cache/request_key.h"

#include <algorithm>
#include <array>

namespace penstock::cache {
namespace {

constexpr std::array<std::string_view, 5> kIgnored = {"model", "stream", "stream_options", "user",
                                                      "metadata"};

bool isIgnored(std::string_view key) {
  return key.starts_with("mlx:") || std::ranges::find(kIgnored, key) != kIgnored.end();
}

void addNumber(std::string& text, uint64_t number) {
  for (unsigned shift = 0; shift < 64; shift += 8) {
    text.push_back(static_cast<char>(number >> shift & 0xFFU));
  }
}

void add(std::string& text, std::string_view part) {
  addNumber(text, part.size());
  text += part;
}

void addAll(std::string& text, const std::vector<std::string>& parts) {
  addNumber(text, parts.size());
  for (const std::string& part : parts) add(text, part);
}

// A value stands as its digest: bodies are large, and are not to be copied.
void addMember(std::string& text, const json::Member& member) {
  add(text, member.key);
  const Sha256 digest = sha256(member.value);
  text.append(digest.begin(), digest.end());
}

}  // namespace

Sha256 requestKey(KeyScope scope, const json::ObjectIndex& body) {
  std::string text;
  add(text, scope.project_id);
  add(text, scope.endpoint);
  add(text, scope.variant);
  addAll(text, scope.configs);
  std::ranges::sort(scope.targets);
  scope.targets.erase(std::unique(scope.targets.begin(), scope.targets.end()), scope.targets.end());
  addAll(text, scope.targets);
  std::vector<const json::Member*> members;
  for (const json::Member& member : body) {
    if (!isIgnored(member.key)) members.push_back(&member);
  }
  std::ranges::sort(members, {}, [](const json::Member* member) { return member->key; });
  for (const json::Member* member : members) addMember(text, *member);
  return sha256(text);
}

}  // namespace penstock::cache
