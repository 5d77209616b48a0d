#include "proxy/wire.h"

#include <utility>

#include "dialect/anthropic_errors.h"
#include "dialect/anthropic_request.h"
#include "dialect/anthropic_stream.h"
#include "dialect/anthropic_usage.h"
#include "dialect/openai_request.h"
#include "dialect/openai_stream.h"
#include "dialect/openai_usage.h"
#include "proxy/attempt.h"

namespace penstock::proxy {
namespace {

using dialect::Dialect;

const dialect::OpenAiRequest& openAi(const RequestScope& scope) {
  return static_cast<const dialect::OpenAiRequest&>(scope.request);
}

bool wantsUsage(const RequestScope& scope) {
  return scope.dialect == Dialect::OpenAi && openAi(scope).include_usage;
}

// Providers take the whole answer's place in the caller's dialect from these ids.
std::string answerId(Dialect caller, const std::string& request_id) {
  return (caller == Dialect::Anthropic ? "msg_" : "chatcmpl-") + request_id;
}

}  // namespace

Result<std::unique_ptr<Wire>> Wire::write(const Order& order) {
  std::unique_ptr<Wire> wire(new Wire(order));
  if (Status written = wire->writeBody(order); !written) return std::move(written).error();
  return wire;
}

Wire::Wire(const Order& order)
    : scope_(order.scope),
      provider_(order.provider),
      caller_(order.scope.answer_dialect),
      model_(order.model),
      losses_(order.scope.dialect, order.scope.on_loss) {}

Status Wire::writeBody(const Order& order) {
  if (provider_ != scope_.dialect) return writeTyped(order);
  splice(order);
  pieces_ = spliced_.pieces();
  return Unit{};
}

void Wire::splice(const Order& order) {
  using Usage = dialect::StreamUsage;
  if (provider_ == Dialect::Anthropic) {
    const auto& request = static_cast<const dialect::AnthropicRequest&>(scope_.request);
    const auto limit = order.limit ? std::optional(order.limit->tokens) : std::nullopt;
    spliced_ = dialect::encodeAnthropicRequest(request, model_, limit);
    return;
  }
  spliced_ = dialect::encodeOpenAiRequest(
      openAi(scope_), model_, scope_.reply == Reply::Whole ? Usage::NoStream : Usage::Request,
      order.limit);
}

Status Wire::writeTyped(const Order& order) {
  const auto& typed = scope_.typed.get();
  if (!typed) return typed.error();
  const dialect::ChatRequest* request = &*typed;
  dialect::ChatRequest adjusted;
  const bool taken_whole = scope_.reply == Reply::Whole && typed->stream;
  if (order.limit || taken_whole) {
    adjusted = *typed;
    if (order.limit) adjusted.max_tokens = order.limit->tokens;
    if (taken_whole) adjusted.stream = false;
    request = &adjusted;
  }
  auto written = dialect::writeChat(*request, target(model_), losses_);
  if (!written) return std::move(written).error();
  if (auto refused = losses_.error()) return *std::move(refused);
  written_ = *std::move(written);
  pieces_ = {written_.body};
  return Unit{};
}

dialect::ChatTarget Wire::target(std::string_view model) const {
  if (provider_ == Dialect::Anthropic) return dialect::anthropicTargetOf(model);
  return dialect::openAiTargetOf(model);
}

void Wire::letGo() {
  pieces_.clear();
  spliced_ = {};
  written_.body = {};
}

// The estimate walks the messages: it is for providers that do not count.
dialect::AnswerOptions Wire::options(bool provider_counts) const {
  dialect::AnswerOptions options;
  options.id = answerId(caller_, scope_.row.request_id);
  options.model = model_;
  options.created = scope_.row.created_at / 1000;
  if (wantsUsage(scope_)) options.usage = dialect::UsageChunk::Send;
  if (!provider_counts) options.input_estimate = scope_.request.estimateInputTokens();
  options.context = written_.context;
  return options;
}

std::unique_ptr<dialect::ChatStream> Wire::stream() {
  if (translates()) return dialect::translateStream(provider_, caller_, options(false));
  if (caller_ == Dialect::Anthropic) return std::make_unique<dialect::AnthropicRelay>();
  using Usage = dialect::StreamRelay::UsageFor;
  return std::make_unique<dialect::StreamRelay>(dialect::StreamRelay::Options{
      wantsUsage(scope_) ? Usage::Caller : Usage::Accounting, scope_.request.choices});
}

Wire::Whole Wire::read(std::string_view body) const {
  if (provider_ == Dialect::Anthropic) {
    auto read = dialect::readAnthropicResponse(body);
    return {read.usage, std::move(read.model), std::move(read.service_tier), read.valid};
  }
  auto read = dialect::readOpenAiResponse(body);
  return {read.usage, std::move(read.model), std::move(read.service_tier), read.valid};
}

int64_t Wire::estimateOutput(std::string_view body) const {
  return provider_ == Dialect::Anthropic ? dialect::estimateAnthropicOutput(body)
                                         : dialect::estimateOpenAiOutput(body);
}

std::optional<Result<std::string>> Wire::translate(std::string_view body, const Whole& read) {
  if (!translates()) return std::nullopt;
  return dialect::translateAnswer(
      provider_, caller_, body, options(read.usage.source != model::Usage::Source::None), losses_);
}

dialect::UpstreamError Wire::readError(std::string_view body, int status) const {
  return provider_ == Dialect::Anthropic ? dialect::parseAnthropicError(body, status)
                                         : dialect::parseOpenAiError(body, status);
}

}  // namespace penstock::proxy
