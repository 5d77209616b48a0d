#include "dialect/translate.h"

#include "dialect/anthropic_answer_reader.h"
#include "dialect/anthropic_answer_writer.h"
#include "dialect/anthropic_errors.h"
#include "dialect/anthropic_event_reader.h"
#include "dialect/anthropic_event_writer.h"
#include "dialect/anthropic_request_reader.h"
#include "dialect/anthropic_request_writer.h"
#include "dialect/anthropic_usage.h"
#include "dialect/bedrock_answer_reader.h"
#include "dialect/bedrock_errors.h"
#include "dialect/bedrock_event_reader.h"
#include "dialect/bedrock_request_writer.h"
#include "dialect/estimate.h"
#include "dialect/gemini_answer_reader.h"
#include "dialect/gemini_answer_writer.h"
#include "dialect/gemini_event_reader.h"
#include "dialect/gemini_event_writer.h"
#include "dialect/gemini_relay.h"
#include "dialect/gemini_request_reader.h"
#include "dialect/gemini_request_writer.h"
#include "dialect/openai_answer_reader.h"
#include "dialect/openai_answer_writer.h"
#include "dialect/openai_chat_reader.h"
#include "dialect/openai_chat_writer.h"
#include "dialect/openai_event_reader.h"
#include "dialect/openai_event_writer.h"
#include "dialect/openai_usage.h"
#include "dialect/responses_answer_reader.h"
#include "dialect/responses_answer_writer.h"
#include "dialect/responses_errors.h"
#include "dialect/responses_event_reader.h"
#include "dialect/responses_event_writer.h"
#include "dialect/responses_request_reader.h"
#include "dialect/responses_request_writer.h"
#include "dialect/responses_usage.h"
#include "dialect/stream_translator.h"

namespace penstock::dialect {
namespace {

Result<ChatAnswer> readAnswer(Dialect provider, std::string_view body,
                              const AnswerContext& context) {
  switch (provider) {
    case Dialect::OpenAi: return readOpenAiAnswer(body);
    case Dialect::Anthropic: return readAnthropicAnswer(body, context);
    case Dialect::Gemini: return readGeminiAnswer(body, context);
    case Dialect::Bedrock: return readBedrockAnswer(body, context);
    case Dialect::Responses: return readResponsesAnswer(body);
  }
  return invalidAnswer("no dialect");
}

// Of an answer whose provider does not count.
int64_t estimateOutput(Dialect provider, std::string_view body, const ChatAnswer& answer) {
  if (provider == Dialect::OpenAi) return estimateOpenAiOutput(body);
  if (provider == Dialect::Anthropic) return estimateAnthropicOutput(body);
  if (provider == Dialect::Responses) return estimateResponsesOutput(body);
  TextSize text;
  for (const Part& each : answer.parts)
    std::visit(Overloaded{[&text](const TextPart& part) { text.add(part.text); },
                          [&text](const RefusalPart& part) { text.add(part.text); },
                          [&text](const ThinkingPart& part) { text.add(part.text); },
                          [&text](const ToolCallPart& part) {
                            text.add(part.name);
                            text.add(part.arguments);
                          },
                          [](const auto&) {}},
               each.value);
  return text.tokens();
}

std::unique_ptr<EventReader> makeReader(Dialect provider, AnswerContext context) {
  switch (provider) {
    case Dialect::OpenAi: break;
    case Dialect::Anthropic: return std::make_unique<AnthropicEventReader>(std::move(context));
    case Dialect::Gemini: return std::make_unique<GeminiEventReader>(std::move(context));
    case Dialect::Bedrock: return std::make_unique<BedrockEventReader>(std::move(context));
    case Dialect::Responses: return std::make_unique<ResponsesEventReader>();
  }
  return std::make_unique<OpenAiEventReader>();
}

ResponsesHead responsesHead(const AnswerOptions& options) {
  return {options.id, options.created, options.model, options.responses_echo,
          options.responses_ids};
}

std::unique_ptr<EventWriter> makeWriter(Dialect caller, const AnswerOptions& options) {
  if (caller == Dialect::Anthropic)
    return std::make_unique<AnthropicEventWriter>(
        AnthropicEventWriter::Options{options.id, options.model, options.input_estimate});
  if (caller == Dialect::Gemini)
    return std::make_unique<GeminiEventWriter>(
        GeminiEventWriter::Options{options.id, options.model, options.framing});
  if (caller == Dialect::Responses)
    return std::make_unique<ResponsesEventWriter>(responsesHead(options));
  return std::make_unique<OpenAiEventWriter>(AnswerHead{options.id, options.created, options.model},
                                             options.usage);
}

UpstreamError parseError(Dialect provider, std::string_view body, int status) {
  switch (provider) {
    case Dialect::OpenAi: break;
    case Dialect::Anthropic: return parseAnthropicError(body, status);
    case Dialect::Gemini: return parseGeminiError(body, status);
    case Dialect::Bedrock: return parseBedrockError(body, status);
    case Dialect::Responses: return parseResponsesError(body, status);
  }
  return parseOpenAiError(body, status);
}

}  // namespace

Dialect dialectOf(const ChatTarget& target) {
  return std::visit(Overloaded{[](const OpenAiTarget&) { return Dialect::OpenAi; },
                               [](const AnthropicTarget&) { return Dialect::Anthropic; },
                               [](const GeminiTarget&) { return Dialect::Gemini; },
                               [](const BedrockTarget&) { return Dialect::Bedrock; },
                               [](const ResponsesTarget&) { return Dialect::Responses; }},
                    target);
}

Result<ChatRequest> readChat(Dialect caller, std::string_view body, const json::Limits& limits) {
  switch (caller) {
    case Dialect::OpenAi: return readOpenAiChat(body, limits);
    case Dialect::Anthropic: return readAnthropicMessages(body, limits);
    case Dialect::Gemini: return readGeminiContent(body, limits);
    case Dialect::Responses: return readResponses(body, limits);
    case Dialect::Bedrock: break;
  }
  return invalidRequest("unsupported_dialect", "Requests in this dialect are not read.");
}

Result<WrittenRequest> writeChat(const ChatRequest& request, const ChatTarget& target,
                                 Losses& losses) {
  if (const auto* claude = std::get_if<AnthropicTarget>(&target))
    return writeAnthropicMessages(request, *claude, losses);
  if (const auto* gemini = std::get_if<GeminiTarget>(&target))
    return writeGeminiContent(request, *gemini, losses);
  if (const auto* bedrock = std::get_if<BedrockTarget>(&target))
    return writeBedrockConverse(request, *bedrock, losses);
  const auto* responses = std::get_if<ResponsesTarget>(&target);
  auto body = responses != nullptr
                  ? writeResponses(request, *responses, losses)
                  : writeOpenAiChat(request, std::get<OpenAiTarget>(target), losses);
  if (!body) return std::move(body).error();
  return WrittenRequest{*std::move(body), {}};
}

Result<std::string> translateAnswer(Dialect provider, Dialect caller, std::string_view body,
                                    const AnswerOptions& options, Losses& losses) {
  auto answer = readAnswer(provider, body, options.context);
  if (!answer) return std::move(answer).error();
  if (answer->model.empty()) answer->model = options.model;
  if (answer->usage.source == model::Usage::Source::None) {
    answer->usage.source = model::Usage::Source::Estimated;
    answer->usage.input_uncached = options.input_estimate;
    answer->usage.output_text = estimateOutput(provider, body, *answer);
  }
  if (caller == Dialect::Anthropic) return writeAnthropicAnswer(*answer, options.id, losses);
  if (caller == Dialect::Gemini) return writeGeminiAnswer(*answer, options.id, losses);
  if (caller == Dialect::Responses)
    return writeResponsesAnswer(*answer, responsesHead(options), losses);
  return writeOpenAiAnswer(*answer, {options.id, options.created, options.model}, losses);
}

int64_t estimateAnswer(Dialect provider, std::string_view body) {
  if (provider == Dialect::OpenAi) return estimateOpenAiOutput(body);
  if (provider == Dialect::Anthropic) return estimateAnthropicOutput(body);
  if (provider == Dialect::Responses) return estimateResponsesOutput(body);
  const auto answer = readAnswer(provider, body, {});
  return answer ? estimateOutput(provider, body, *answer) : 0;
}

std::unique_ptr<ChatStream> translateStream(Dialect provider, Dialect caller, AnswerOptions options,
                                            std::unique_ptr<EventFilter> filter) {
  if (filter == nullptr && provider == Dialect::Gemini && caller == Dialect::Gemini)
    return std::make_unique<GeminiRelay>(options.framing);
  auto writer = makeWriter(caller, options);
  return std::make_unique<StreamTranslator>(makeReader(provider, std::move(options.context)),
                                            std::move(writer), options.input_estimate,
                                            std::move(filter));
}

std::string translateError(Dialect provider, Dialect caller, std::string_view body, int status,
                           std::string_view request_id) {
  const UpstreamError error = parseError(provider, body, status);
  if (caller == Dialect::Anthropic) return renderAnthropicError(error, status, request_id);
  if (caller == Dialect::Gemini) return renderGeminiError(error, status);
  const bool openai = provider == Dialect::OpenAi || provider == Dialect::Responses;
  return renderOpenAiError(openai ? error : openAiErrorOf(error, status));
}

std::string renderError(Dialect caller, const ApiError& error, std::string_view request_id) {
  if (caller == Dialect::Anthropic) return renderAnthropicError(error, request_id);
  return caller == Dialect::Gemini ? renderGeminiError(error) : renderOpenAiError(error);
}

std::string renderErrorEvent(Dialect caller, const ApiError& error, std::string_view request_id,
                             const StreamEnd& ended) {
  if (caller == Dialect::Anthropic) return renderAnthropicErrorEvent(error, request_id);
  if (caller == Dialect::Gemini) return renderGeminiErrorEvent(error, ended.framing);
  if (caller == Dialect::Responses) return renderResponsesErrorEvent(error, ended.sequence);
  return renderOpenAiErrorEvent(error);
}

}  // namespace penstock::dialect
