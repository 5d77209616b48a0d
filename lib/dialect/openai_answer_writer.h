#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dialect/chat_answer.h"
#include "dialect/losses.h"

namespace penstock::dialect {

// What an answer in OpenAI's form has and other dialects have not.
struct AnswerHead {
  std::string id = {};     // for when the provider gave none
  int64_t created = 0;     // seconds since the epoch
  std::string model = {};  // for when the provider named none
};

// The typed model as a chat.completion. Parts of the provider's own are left out, and named in
// `losses`.
std::string writeOpenAiAnswer(const ChatAnswer& answer, const AnswerHead& head, Losses& losses);

// "chatcmpl-…" of an id of another dialect.
std::string openAiId(std::string_view id, std::string_view otherwise);

// A provider's word for the tier it served, in OpenAI's; empty where OpenAI has none.
std::string openAiTier(std::string_view tier);

}  // namespace penstock::dialect
