#include "dialect/anthropic_request_writer.h"

#include <algorithm>
#include <vector>

#include "dialect/anthropic_block_writer.h"
#include "dialect/anthropic_sampling.h"
#include "dialect/anthropic_thinking.h"
#include "dialect/anthropic_tool_writer.h"
#include "dialect/made_up_tools.h"
#include "dialect/openai_chat_reader.h"
#include "dialect/openai_family.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

// Neighbours of one role, as one message.
struct Turn {
  std::string_view role;
  std::vector<const Part*> parts;
  const Extras* extras = nullptr;  // of the first message
};

class MessagesWriter {
 public:
  MessagesWriter(const ChatRequest& request, const AnthropicTarget& target, Losses& losses)
      : request_(request), target_(target), losses_(losses) {}

  Result<WrittenRequest> write();

 private:
  bool same() const { return request_.source == Dialect::Anthropic; }
  void collect();
  void addTurn(std::string_view role, const Message& message);
  Status checkTurns() const;

  void writeSystem();
  void writeMessages();
  void writeTurn(const Turn& turn);
  void writeSampling();
  void writeOutputConfig();
  void writeRest();
  void writeTier();
  int64_t maxTokens() const { return request_.max_tokens.value_or(target_.max_output_tokens); }

  const ChatRequest& request_;
  const AnthropicTarget& target_;
  Losses& losses_;
  AnswerContext context_;
  ThinkingPlan plan_;
  std::vector<const Part*> system_;
  std::vector<Part> added_;  // texts of our own
  std::vector<Turn> turns_;
  std::string body_;
  json::Writer out_{body_};
  AnthropicBlockWriter blocks_{request_.source, AnthropicBlockWriter::For::Request, losses_, out_};
};

Result<WrittenRequest> MessagesWriter::write() {
  if (auto paired = checkToolPairs(request_); !paired) return std::move(paired).error();
  if (request_.choices != 1) losses_.refuse(Field::Choices, "asks for several answers");
  plan_ = planThinking(request_, target_, maxTokens(), losses_);
  collect();
  if (auto error = losses_.error()) return std::move(*error);
  if (auto checked = checkTurns(); !checked) return std::move(checked).error();
  out_.beginObject().field("model", target_.model).field("max_tokens", maxTokens());
  context_ = writeAnthropicTools(request_, target_, plan_.thinking, losses_, blocks_, out_);
  writeSystem();
  writeMessages();
  writeSampling();
  writeThinkingMember(plan_.thinking, out_);
  writeOutputConfig();
  writeRest();
  out_.endObject();
  if (auto error = losses_.error()) return std::move(*error);
  return WrittenRequest{std::move(body_), std::move(context_)};
}

void MessagesWriter::addTurn(std::string_view role, const Message& message) {
  std::vector<const Part*> parts;
  for (const Part& part : message.parts)
    if (blocks_.canWrite(part)) parts.push_back(&part);
  if (parts.empty()) return;
  if (turns_.empty() || turns_.back().role != role) {
    turns_.push_back({role, std::move(parts), &message.extras});
    return;
  }
  if (!same()) losses_.dropExtras(message.extras, "messages.");
  std::vector<const Part*>& all = turns_.back().parts;
  all.insert(all.end(), parts.begin(), parts.end());
}

// Leading system messages are the system prompt; later ones stay where the model knows them there.
void MessagesWriter::collect() {
  bool leading = true;
  for (const Message& message : request_.messages) {
    const bool system = message.role == Role::System || message.role == Role::Developer;
    if (!system) {
      leading = false;
      addTurn(message.role == Role::Assistant ? "assistant" : "user", message);
    } else if (!leading && target_.system_messages) {
      addTurn("system", message);
    } else {
      if (!leading) losses_.change(Field::SystemPlace, "is told before all messages");
      losses_.dropExtras(message.extras, "messages.");
      for (const Part& part : message.parts)
        if (blocks_.canWrite(part)) system_.push_back(&part);
    }
  }
  const bool json = request_.response_format &&
                    request_.response_format->mode == ResponseFormat::Mode::JsonObject;
  if (json) {
    added_.push_back({.value = TextPart{std::string(kJsonOnly)}});
    system_.push_back(&added_.back());
    losses_.change(Field::ResponseFormat, "is told as an instruction");
  }
  for (Turn& turn : turns_)
    std::stable_partition(turn.parts.begin(), turn.parts.end(),
                          [](const Part* part) { return part->is<ToolResultPart>(); });
}

Status MessagesWriter::checkTurns() const {
  const auto refused = [](const char* rule) {
    return invalidRequest("invalid_value",
                          std::string("Invalid value for 'messages': ") + rule + ".", "messages");
  };
  if (turns_.empty()) return refused("none says anything");
  if (same()) return Unit{};
  if (target_.user_first && turns_.front().role != "user")
    return refused("the model wants the user's first");
  if (!target_.prefill && turns_.back().role == "assistant")
    return refused("the model does not go on with an assistant's message");
  return Unit{};
}

void MessagesWriter::writeSystem() {
  if (system_.empty()) return;
  out_.key("system");
  blocks_.writeContent(system_);
}

void MessagesWriter::writeTurn(const Turn& turn) {
  out_.beginObject().field("role", turn.role).key("content");
  blocks_.writeContent(turn.parts);
  blocks_.writeExtras(*turn.extras, "messages.");
  out_.endObject();
}

void MessagesWriter::writeMessages() {
  out_.key("messages").beginArray();
  for (const Turn& turn : turns_) writeTurn(turn);
  out_.endArray();
}

void MessagesWriter::writeSampling() {
  const ClaudeSampling sampling = planSampling(request_, target_, plan_.thinking, losses_);
  if (sampling.temperature) out_.field("temperature", *sampling.temperature);
  if (sampling.top_p) out_.field("top_p", *sampling.top_p);
  if (sampling.top_k) out_.field("top_k", *sampling.top_k);
}

void MessagesWriter::writeOutputConfig() {
  const auto& format = request_.response_format;
  const bool schema =
      format && format->mode == ResponseFormat::Mode::JsonSchema && context_.json_tool.empty();
  // What the reader did not know of it is kept whole.
  const bool kept = std::any_of(request_.extras.begin(), request_.extras.end(),
                                [](const Extra& extra) { return extra.name == "output_config"; });
  if ((!schema && !plan_.effort) || kept) return;
  out_.key("output_config").beginObject();
  if (plan_.effort) out_.field("effort", effortWord(*plan_.effort));
  if (schema) {
    out_.key("format").beginObject().field("type", "json_schema");
    out_.rawField("schema", format->schema).endObject();
  }
  out_.endObject();
}

void MessagesWriter::writeTier() {
  const std::string& tier = request_.service_tier;
  if (tier.empty()) return;
  if (same() || tier == "auto")
    out_.field("service_tier", tier);
  else if (tierInOpenAisWords(tier) == "default")
    out_.field("service_tier", "standard_only");
  else
    losses_.hint(Field::ServiceTier, "is not known to the provider");
}

void MessagesWriter::writeRest() {
  std::vector<std::string_view> stops;
  for (const std::string& stop : request_.stop) {
    const bool blank = stop.find_first_not_of(" \t\r\n") == std::string::npos;
    if (!blank || same())
      stops.push_back(stop);
    else
      losses_.drop(Field::Stop, "has an entry of spaces only");
  }
  if (!stops.empty()) {
    out_.key("stop_sequences").beginArray();
    for (const std::string_view stop : stops) out_.value(stop);
    out_.endArray();
  }
  if (!request_.end_user.empty())
    out_.key("metadata").beginObject().field("user_id", request_.end_user).endObject();
  writeTier();
  if (request_.stream) out_.field("stream", true);
  blocks_.writeExtras(request_.extras, "");
}

}  // namespace

Result<WrittenRequest> writeAnthropicMessages(const ChatRequest& request,
                                              const AnthropicTarget& target, Losses& losses) {
  return MessagesWriter(request, target, losses).write();
}

}  // namespace penstock::dialect
