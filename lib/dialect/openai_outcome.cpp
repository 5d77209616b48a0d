#include "dialect/openai_outcome.h"

#include <algorithm>
#include <array>
#include <string>

#include "json/raw.h"
#include "json/scan.h"

namespace penstock::dialect {
namespace {

constexpr std::array<std::string_view, 2> kByItself = {"stop", "length"};
constexpr std::array<std::string_view, 2> kWithCalls = {"tool_calls", "function_call"};

bool isOne(const std::array<std::string_view, 2>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool holdsCalls(const json::Member* message) {
  json::ObjectIndex index;
  if (message == nullptr || !json::scanObject(message->value, index)) return false;
  return std::ranges::any_of(kWithCalls, [&](std::string_view key) {
    const json::Member* calls = index.find(key);
    return calls != nullptr && calls->kind != json::Kind::Null && !json::rawEmpty(calls->value);
  });
}

bool readChoice(std::string_view raw, AnswerOutcome& outcome) {
  json::ObjectIndex choice;
  if (!json::scanObject(raw, choice)) return false;
  const json::Member* finish = choice.find("finish_reason");
  const std::string reason =
      finish == nullptr ? std::string() : json::rawString(finish->value).value_or("");
  if (isOne(kWithCalls, reason) || holdsCalls(choice.find("message"))) outcome.calls_tools = true;
  return isOne(kByItself, reason) || isOne(kWithCalls, reason);
}

}  // namespace

AnswerOutcome readOpenAiOutcome(std::string_view body) {
  AnswerOutcome outcome;
  json::ObjectIndex index;
  if (!json::scanObject(body, index)) return outcome;
  if (const json::Member* data = index.find("data")) {
    outcome.complete = data->kind == json::Kind::Array && !json::rawEmpty(data->value);
    return outcome;
  }
  const json::Member* choices = index.find("choices");
  if (choices == nullptr || choices->kind != json::Kind::Array) return outcome;
  outcome.complete = !json::rawEmpty(choices->value);
  json::forEachElement(choices->value, [&](std::string_view raw) {
    if (!readChoice(raw, outcome)) outcome.complete = false;
    return true;
  });
  return outcome;
}

}  // namespace penstock::dialect
