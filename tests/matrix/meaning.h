#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dialect/anthropic_answer_reader.h"
#include "dialect/anthropic_event_reader.h"
#include "dialect/bedrock_answer_reader.h"
#include "dialect/bedrock_event_reader.h"
#include "dialect/gemini_answer_reader.h"
#include "dialect/gemini_event_reader.h"
#include "dialect/openai_answer_reader.h"
#include "dialect/openai_event_reader.h"
#include "dialect/responses_answer_reader.h"
#include "dialect/responses_event_reader.h"
#include "unit/dialect/random_chat.h"

namespace penstock::test::matrix {

using dialect::Dialect;

// What an answer says, whatever its dialect: a translation must not change it. Golden files hold
// the wording; this is what no acceptance of them can take away.
struct Meaning {
  std::string said, thought;
  std::vector<std::string> calls;  // name and arguments
  std::string finish;              // in OpenAI's words; of a refusal in words, content_filter
  int64_t input = 0, cached = 0, written = 0, output = 0;
  bool counted = false;  // it has usage
  bool failed = false;
  bool refused = false;  // in words of their own, which some dialects have
};

inline std::string shown(const Meaning& meaning) {
  std::string text = "said " + meaning.said + "\nthought " + meaning.thought + "\n";
  for (const std::string& call : meaning.calls) text += "call " + call + "\n";
  text +=
      meaning.failed
          ? "failed\n"
          : "finish " + (meaning.refused ? std::string("content_filter") : meaning.finish) + "\n";
  if (meaning.counted && !meaning.failed)
    text += "input " + std::to_string(meaning.input) + ", cached " +
            std::to_string(meaning.cached) + ", written " + std::to_string(meaning.written) +
            ", output " + std::to_string(meaning.output) + "\n";
  return text;
}

inline void count(Meaning& meaning, const model::Usage& usage) {
  meaning.counted = usage.source != model::Usage::Source::None;
  meaning.input = usage.input();
  meaning.cached = usage.input_cache_read;
  meaning.written = usage.input_cache_write + usage.input_cache_write_1h;
  meaning.output = usage.output();
}

// Arguments by what they say: spaces and the order of members are nobody's business, and no
// arguments are an empty object.
inline std::string callOf(const std::string& name, const std::string& arguments) {
  return name + " " + sorted(arguments.empty() ? "{}" : arguments);
}

inline Result<dialect::ChatAnswer> readAnswer(Dialect dialect, std::string_view body,
                                              const dialect::AnswerContext& context) {
  switch (dialect) {
    case Dialect::Anthropic: return dialect::readAnthropicAnswer(body, context);
    case Dialect::Gemini: return dialect::readGeminiAnswer(body, context);
    case Dialect::Bedrock: return dialect::readBedrockAnswer(body, context);
    case Dialect::Responses: return dialect::readResponsesAnswer(body);
    case Dialect::OpenAi: break;
  }
  return dialect::readOpenAiAnswer(body);
}

inline Meaning meaningOfAnswer(Dialect dialect, std::string_view body,
                               const dialect::AnswerContext& context) {
  Meaning meaning;
  const auto answer = readAnswer(dialect, body, context);
  meaning.failed = !answer;
  if (!answer) return meaning;
  for (const dialect::Part& part : answer->parts) {
    if (const auto* text = part.as<dialect::TextPart>()) meaning.said += text->text;
    if (const auto* refusal = part.as<dialect::RefusalPart>()) {
      meaning.said += refusal->text;
      meaning.refused = true;
    }
    if (const auto* thinking = part.as<dialect::ThinkingPart>()) meaning.thought += thinking->text;
    if (const auto* call = part.as<dialect::ToolCallPart>())
      meaning.calls.push_back(callOf(call->name, call->arguments));
  }
  meaning.finish = dialect::openAiFinish(answer->stop.reason);
  count(meaning, answer->usage);
  return meaning;
}

inline std::unique_ptr<dialect::EventReader> readerOf(Dialect dialect,
                                                      const dialect::AnswerContext& context) {
  switch (dialect) {
    case Dialect::Anthropic: return std::make_unique<dialect::AnthropicEventReader>(context);
    case Dialect::Gemini: return std::make_unique<dialect::GeminiEventReader>(context);
    case Dialect::Bedrock: return std::make_unique<dialect::BedrockEventReader>(context);
    case Dialect::Responses: return std::make_unique<dialect::ResponsesEventReader>();
    case Dialect::OpenAi: break;
  }
  return std::make_unique<dialect::OpenAiEventReader>();
}

inline Meaning meaningOfStream(Dialect dialect, std::string_view bytes,
                               const dialect::AnswerContext& context) {
  using namespace dialect;
  const auto reader = readerOf(dialect, context);
  std::vector<ChatEvent> events;
  Meaning meaning;
  meaning.failed = !reader->feed(bytes, events);
  reader->finish(events);
  struct Call {
    int64_t number;
    std::string name, arguments;
  };
  std::vector<Call> calls;
  for (const ChatEvent& event : events)
    std::visit(
        Overloaded{[&](const TextDelta& delta) { meaning.said += delta.text; },
                   [&](const RefusalDelta& delta) {
                     meaning.said += delta.text;
                     meaning.refused = true;
                   },
                   [&](const ThinkingDelta& delta) { meaning.thought += delta.text; },
                   [&](const ToolStart& start) {
                     calls.push_back({start.call, start.name, ""});
                   },
                   [&](const ArgumentsDelta& delta) {
                     for (Call& call : calls)
                       if (call.number == delta.call) call.arguments += delta.fragment;
                   },
                   [&](const FinishEvent& end) { meaning.finish = openAiFinish(end.stop.reason); },
                   [&](const UsageEvent& sent) { count(meaning, sent.usage); },
                   [&](const ErrorEvent&) { meaning.failed = true; }, [](const auto&) {}},
        event);
  for (const Call& call : calls) meaning.calls.push_back(callOf(call.name, call.arguments));
  return meaning;
}

}  // namespace penstock::test::matrix
