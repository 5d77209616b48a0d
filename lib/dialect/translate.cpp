#include "dialect/translate.h"

#include "dialect/anthropic_answer_reader.h"
#include "dialect/anthropic_answer_writer.h"
#include "dialect/anthropic_errors.h"
#include "dialect/anthropic_event_reader.h"
#include "dialect/anthropic_event_writer.h"
#include "dialect/anthropic_request_reader.h"
#include "dialect/anthropic_request_writer.h"
#include "dialect/anthropic_usage.h"
#include "dialect/openai_answer_reader.h"
#include "dialect/openai_answer_writer.h"
#include "dialect/openai_chat_reader.h"
#include "dialect/openai_chat_writer.h"
#include "dialect/openai_event_reader.h"
#include "dialect/openai_event_writer.h"
#include "dialect/openai_usage.h"
#include "dialect/stream_translator.h"

namespace penstock::dialect {
namespace {

Result<ChatAnswer> readAnswer(Dialect provider, std::string_view body,
                              const AnswerContext& context) {
  switch (provider) {
    case Dialect::OpenAi: return readOpenAiAnswer(body);
    case Dialect::Anthropic: return readAnthropicAnswer(body, context);
  }
  return invalidAnswer("no dialect");
}

int64_t estimateOutput(Dialect provider, std::string_view body) {
  return provider == Dialect::OpenAi ? estimateOpenAiOutput(body) : estimateAnthropicOutput(body);
}

std::unique_ptr<EventReader> makeReader(Dialect provider, AnswerContext context) {
  if (provider == Dialect::OpenAi) return std::make_unique<OpenAiEventReader>();
  return std::make_unique<AnthropicEventReader>(std::move(context));
}

std::unique_ptr<EventWriter> makeWriter(Dialect caller, const AnswerOptions& options) {
  if (caller == Dialect::OpenAi)
    return std::make_unique<OpenAiEventWriter>(
        AnswerHead{options.id, options.created, options.model}, options.usage);
  return std::make_unique<AnthropicEventWriter>(
      AnthropicEventWriter::Options{options.id, options.model, options.input_estimate});
}

}  // namespace

Dialect dialectOf(const ChatTarget& target) {
  return std::holds_alternative<OpenAiTarget>(target) ? Dialect::OpenAi : Dialect::Anthropic;
}

Result<ChatRequest> readChat(Dialect caller, std::string_view body, const json::Limits& limits) {
  return caller == Dialect::OpenAi ? readOpenAiChat(body, limits)
                                   : readAnthropicMessages(body, limits);
}

Result<WrittenRequest> writeChat(const ChatRequest& request, const ChatTarget& target,
                                 Losses& losses) {
  if (const auto* claude = std::get_if<AnthropicTarget>(&target))
    return writeAnthropicMessages(request, *claude, losses);
  auto body = writeOpenAiChat(request, std::get<OpenAiTarget>(target), losses);
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
    answer->usage.output_text = estimateOutput(provider, body);
  }
  if (caller == Dialect::OpenAi)
    return writeOpenAiAnswer(*answer, {options.id, options.created, options.model}, losses);
  return writeAnthropicAnswer(*answer, options.id, losses);
}

std::unique_ptr<ChatStream> translateStream(Dialect provider, Dialect caller,
                                            AnswerOptions options) {
  auto writer = makeWriter(caller, options);
  return std::make_unique<StreamTranslator>(makeReader(provider, std::move(options.context)),
                                            std::move(writer), options.input_estimate);
}

std::string translateError(Dialect provider, Dialect caller, std::string_view body, int status,
                           std::string_view request_id) {
  const UpstreamError error = provider == Dialect::OpenAi ? parseOpenAiError(body, status)
                                                          : parseAnthropicError(body, status);
  if (caller == Dialect::Anthropic) return renderAnthropicError(error, status, request_id);
  return renderOpenAiError(provider == Dialect::OpenAi ? error : openAiErrorOf(error, status));
}

std::string renderError(Dialect caller, const ApiError& error, std::string_view request_id) {
  return caller == Dialect::OpenAi ? renderOpenAiError(error)
                                   : renderAnthropicError(error, request_id);
}

std::string renderErrorEvent(Dialect caller, const ApiError& error, std::string_view request_id) {
  return caller == Dialect::OpenAi ? renderOpenAiErrorEvent(error)
                                   : renderAnthropicErrorEvent(error, request_id);
}

}  // namespace penstock::dialect
