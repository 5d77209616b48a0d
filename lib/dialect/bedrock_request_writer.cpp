// {"messages":[{"role":"user","content":[…]}],"system":[{"text":"…"},{"cachePoint":{…}}],
//  "inferenceConfig":{"maxTokens":99,"temperature":1,"topP":0.9,"stopSequences":["\n"]},
//  "toolConfig":{"tools":[{"toolSpec":{…}}],"toolChoice":{"auto":{}}},
//  "outputConfig":{"effort":"high","textFormat":{…}},
//  "additionalModelRequestFields":{"thinking":{…},"top_k":40},
//  "requestMetadata":{"user":"…"},"serviceTier":{"type":"flex"}}
#include "dialect/bedrock_request_writer.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "dialect/bedrock_block_writer.h"
#include "dialect/bedrock_config_writer.h"
#include "dialect/bedrock_tool_writer.h"
#include "dialect/made_up_tools.h"
#include "dialect/openai_family.h"
#include "dialect/tool_ids.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

// Neighbours of one role, as one message.
struct Turn {
  std::string_view role;
  std::vector<const Part*> parts;
};

class ConverseWriter {
 public:
  ConverseWriter(const ChatRequest& request, const BedrockTarget& target, Losses& losses)
      : request_(request), target_(target), losses_(losses) {}

  Result<WrittenRequest> write();

 private:
  void collect();
  void addTurn(const Message& message);
  void addSystem(const Message& message);
  void addJsonInstruction();
  Status checkTurns() const;
  void writeSystem();
  void writeMessages();
  void writeRest();

  const ChatRequest& request_;
  const BedrockTarget& target_;
  Losses& losses_;
  AnswerContext context_;
  std::vector<const Part*> system_;
  const Part json_only_{.value = TextPart{std::string(kJsonOnly)}};
  std::vector<Turn> turns_;
  std::string body_;
  json::Writer out_{body_};
  BedrockBlockWriter blocks_{target_, losses_, out_};
};

Result<WrittenRequest> ConverseWriter::write() {
  if (auto paired = checkToolPairs(request_); !paired) return std::move(paired).error();
  if (request_.choices != 1) losses_.refuse(Field::Choices, "asks for several answers");
  collect();
  if (auto error = losses_.error()) return std::move(*error);
  if (auto checked = checkTurns(); !checked) return std::move(checked).error();
  out_.beginObject();
  writeSystem();
  writeMessages();
  const BedrockPlan plan = planBedrock(request_, target_, losses_);
  BedrockToolWriter tools(request_, target_, plan.thinking.thinking, losses_, blocks_, out_);
  context_ = tools.write();
  writeBedrockConfig(request_, target_, plan, tools.additionalChoice(), losses_, out_);
  writeRest();
  out_.endObject();
  if (auto error = losses_.error()) return std::move(*error);
  return WrittenRequest{std::move(body_), std::move(context_)};
}

void ConverseWriter::addTurn(const Message& message) {
  losses_.dropExtras(message.extras, "messages.");
  const std::string_view role = message.role == Role::Assistant ? "assistant" : "user";
  for (const Part& part : message.parts) {
    if (!blocks_.canWrite(part)) continue;
    if (turns_.empty() || turns_.back().role != role) turns_.push_back({role, {}});
    turns_.back().parts.push_back(&part);
  }
}

void ConverseWriter::addSystem(const Message& message) {
  if (!turns_.empty()) losses_.change(Field::SystemPlace, "is told before all messages");
  losses_.dropExtras(message.extras, "messages.");
  for (const Part& part : message.parts)
    if (blocks_.canWrite(part)) system_.push_back(&part);
}

void ConverseWriter::collect() {
  for (const Message& message : request_.messages) {
    if (message.role == Role::System || message.role == Role::Developer)
      addSystem(message);
    else
      addTurn(message);
  }
  addJsonInstruction();
  for (Turn& turn : turns_)
    std::stable_partition(turn.parts.begin(), turn.parts.end(),
                          [](const Part* part) { return part->is<ToolResultPart>(); });
}

// Where neither a format nor a forced tool can say it.
void ConverseWriter::addJsonInstruction() {
  using Mode = ResponseFormat::Mode;
  const auto& format = request_.response_format;
  if (!format || format->mode == Mode::Text) return;
  const bool said =
      format->mode == Mode::JsonSchema && (target_.text_format || target_.forced_tools);
  if (said) return;
  system_.push_back(&json_only_);
  if (format->mode == Mode::JsonSchema)
    losses_.drop(Field::ResponseFormat, "has a schema, which the model does not take");
  else
    losses_.change(Field::ResponseFormat, "is told as an instruction");
}

Status ConverseWriter::checkTurns() const {
  const auto refused = [this](const char* rule) {
    const std::string name(fieldName(Field::Messages, request_.source));
    return invalidRequest("invalid_value", "Invalid value for '" + name + "': " + rule + ".", name);
  };
  if (turns_.empty()) return refused("none says anything");
  if (turns_.front().role != "user") return refused("the provider wants the user's first");
  const bool claude = target_.family == BedrockTarget::Family::Claude;
  if (claude && !target_.claude.prefill && turns_.back().role == "assistant")
    return refused("the model does not go on with an assistant's message");
  return Unit{};
}

void ConverseWriter::writeSystem() {
  if (system_.empty()) return;
  out_.key("system").beginArray();
  for (const Part* part : system_) blocks_.write(*part);
  out_.endArray();
}

void ConverseWriter::writeMessages() {
  out_.key("messages").beginArray();
  for (const Turn& turn : turns_) {
    out_.beginObject().field("role", turn.role).key("content").beginArray();
    for (const Part* part : turn.parts) blocks_.write(*part);
    out_.endArray().endObject();
  }
  out_.endArray();
}

bool isMetadata(std::string_view text) {
  return text.size() <= 256 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  std::string_view(" :_@$#=/+,-.").find(c) != std::string_view::npos;
         });
}

void ConverseWriter::writeRest() {
  const std::string& user = request_.end_user;
  if (!user.empty() && isMetadata(user))
    out_.key("requestMetadata").beginObject().field("user", user).endObject();
  else if (!user.empty())
    losses_.hint(Field::EndUser, "holds characters that the provider does not take");
  const std::string told = tierInOpenAisWords(request_.service_tier);
  if (told == "default" || told == "flex" || told == "priority")
    out_.key("serviceTier").beginObject().field("type", told).endObject();
  else if (!told.empty() && told != "auto")
    losses_.hint(Field::ServiceTier, "is not known to the provider");
  losses_.dropExtras(request_.extras);
}

}  // namespace

Result<WrittenRequest> writeBedrockConverse(const ChatRequest& request, const BedrockTarget& target,
                                            Losses& losses) {
  return ConverseWriter(request, target, losses).write();
}

}  // namespace penstock::dialect
