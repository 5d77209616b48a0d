#include "demo/reply_text.h"

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "demo/tokenizer.h"
#include "json/writer.h"

namespace penstock::demo {
namespace {

constexpr size_t kQuoteTokens = 48;

constexpr std::array<std::string_view, 4> kGreetings{
    "Hello from the Penstock demo model!",
    "Greetings from the Penstock demo model!",
    "The Penstock demo model is listening.",
    "Penstock demo model here, at your service.",
};
constexpr std::array<std::string_view, 4> kClosings{
    "The same prompt always gets this same answer, so you can write tests against it.",
    "I am not a real model: I answer at once, for nothing, and always the same.",
    "Add a provider of your own when you want to hear more than an echo.",
    "No tokens were bought to bring you this sentence.",
};
constexpr std::string_view kFiller = " Water runs down the penstock and turns the wheel.";

// The start of a text that has at most `limit` tokens.
std::string_view clipTokens(std::string_view text, uint64_t limit) {
  const auto tokens = tokenize(text);
  if (tokens.size() <= limit) return text;
  size_t size = 0;
  for (size_t i = 0; i < limit; ++i) size += tokens[i].size();
  return text.substr(0, size);
}

std::string quote(std::string_view text) {
  // Quoting more would make the answer to a long prompt long too.
  const std::string_view start = clipTokens(text.substr(0, 4'096), kQuoteTokens);
  return fmt::format("\"{}{}\"", start, start.size() < text.size() ? "..." : "");
}

std::string stretch(std::string text, uint64_t tokens) {
  // A filler is at least one token, whatever it is glued to.
  const size_t have = countTokens(text);
  if (have < tokens) {
    const size_t per_filler = countTokens(kFiller);
    for (size_t n = (tokens - have) / per_filler + 1; n > 0; --n) text += kFiller;
  }
  return std::string(clipTokens(text, tokens));
}

}  // namespace

std::string composeText(const ChatRequest& request, uint64_t choice) {
  const uint64_t pick = request.prompt_hash + choice;
  std::string text(kGreetings[pick % kGreetings.size()]);
  if (!request.tool_result.empty()) {
    text += fmt::format(" The tool answered: {}.", quote(request.tool_result));
  } else if (!request.last_user.empty()) {
    text += fmt::format(" You wrote: {}.", quote(request.last_user));
  }
  if (request.images > 0) {
    text += fmt::format(" I was shown {} image{}.", request.images, request.images == 1 ? "" : "s");
  }
  text += ' ';
  text += kClosings[(pick / kGreetings.size()) % kClosings.size()];
  return request.faults.tokens ? stretch(std::move(text), *request.faults.tokens) : text;
}

std::string composeJsonObject(const ChatRequest& request) {
  std::string out;
  json::Writer writer(out);
  writer.beginObject().field("message", kGreetings[request.prompt_hash % kGreetings.size()]);
  writer.field("you_wrote", clipTokens(request.last_user, kQuoteTokens));
  writer.field("images", request.images).field("demo", true).endObject();
  return out;
}

}  // namespace penstock::demo
