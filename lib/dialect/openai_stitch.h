#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/scan.h"

namespace penstock::dialect {

// Members of an object in the order in which they came, as raw JSON.
class RawMembers {
 public:
  // The value of that member, empty when it was not there.
  std::string& operator[](std::string_view key);
  const std::string* find(std::string_view key) const;
  auto begin() const { return members_.begin(); }
  auto end() const { return members_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> members_;
};

// Puts the chunks of a chat stream together to the chat.completion that it would have been: texts,
// refusals, reasoning, tool calls, log probabilities and annotations joined, of everything around
// the choices what was said last, usage included. A stream with parts that nobody here knows how to
// join (audio), or larger than the bound, makes none. Used by one thread at a time.
class OpenAiStitch {
 public:
  explicit OpenAiStitch(size_t max_bytes) : max_bytes_(max_bytes) {}

  // Takes the next chunk, scanned.
  void add(const json::ObjectIndex& chunk);

  // Empty when none can be made, or a choice was not finished.
  std::string finish() const;

 private:
  struct Call {
    RawMembers members;  // but its function
    RawMembers function;
  };
  struct Choice {
    RawMembers message;  // role and texts; an array without its brackets
    std::map<int64_t, Call> calls;
    RawMembers logprobs;  // arrays without their brackets
    std::string finish_reason;
  };
  bool addChoice(std::string_view raw);
  bool addDelta(std::string_view raw, Choice& choice);
  bool addCall(std::string_view raw, Choice& choice);
  bool addLogprobs(std::string_view raw, Choice& choice);
  static std::string messageOf(const Choice& choice);
  static std::string logprobsOf(const Choice& choice);

  const size_t max_bytes_;
  size_t bytes_ = 0;
  bool broken_ = false;
  RawMembers around_;
  std::map<int64_t, Choice> choices_;  // by index
};

}  // namespace penstock::dialect
