#include "dialect/anthropic_request_writer.h"

#include <algorithm>
#include <vector>

#include "dialect/anthropic_block_writer.h"
#include "dialect/anthropic_thinking.h"
#include "dialect/openai_chat_reader.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kAnyObject = R"({"type":"object","properties":{}})";
constexpr std::string_view kTextInput =
    R"({"type":"object","properties":{"input":{"type":"string"}},"required":["input"]})";
constexpr std::string_view kJsonOnly =
    "Answer with one JSON object and nothing else: no words around it, no code fence.";
constexpr std::string_view kJsonTool = "json_answer";

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
  bool usesJsonTool() const;

  void writeSystem();
  void writeMessages();
  void writeTurn(const Turn& turn);
  void writeSampling();
  void writeThinking();
  void writeOutputConfig();
  void writeTools();
  void writeTool(const Tool& tool);
  void writeToolChoice();
  void writeRest();
  void writeTier();
  bool isOffered(const Tool& tool);
  int64_t maxTokens() const { return request_.max_tokens.value_or(target_.max_output_tokens); }
  ToolChoice wantedChoice() const;

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
  if (usesJsonTool()) context_.json_tool = kJsonTool;
  collect();
  if (auto error = losses_.error()) return std::move(*error);
  if (auto checked = checkTurns(); !checked) return std::move(checked).error();
  out_.beginObject().field("model", target_.model).field("max_tokens", maxTokens());
  writeTools();
  writeSystem();
  writeMessages();
  writeSampling();
  writeThinking();
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
  const Sampling& sampling = request_.sampling;
  const bool thinks = plan_.thinking.active();
  const bool taken = target_.sampling && !thinks;
  const char* reason = thinks ? "is refused while the model thinks" : "is refused by the model";
  if (sampling.temperature && taken) {
    if (*sampling.temperature > 1) losses_.change(Field::Temperature, "is at most 1");
    out_.field("temperature", std::min(*sampling.temperature, 1.0));
  } else if (sampling.temperature && sampling.temperature != 1.0) {
    losses_.drop(Field::Temperature, reason);
  }
  const bool either = target_.one_sampling && sampling.temperature && !same();
  if (sampling.top_p && target_.sampling && !either && (!thinks || *sampling.top_p >= 0.95))
    out_.field("top_p", *sampling.top_p);
  else if (sampling.top_p && sampling.top_p != 1.0)
    losses_.drop(Field::TopP, either && taken ? "is refused beside temperature" : reason);
  if (sampling.top_k && taken)
    out_.field("top_k", *sampling.top_k);
  else if (sampling.top_k)
    losses_.drop(Field::TopK, reason);
  const auto missing = [this](bool present, Field field) {
    if (present) losses_.drop(field, "has no equivalent");
  };
  missing(sampling.seed.has_value(), Field::Seed);
  missing(sampling.presence_penalty.value_or(0) != 0, Field::PresencePenalty);
  missing(sampling.frequency_penalty.value_or(0) != 0, Field::FrequencyPenalty);
}

void MessagesWriter::writeThinking() {
  const Thinking& thinking = plan_.thinking;
  const auto begin = [this](std::string_view type) {
    out_.key("thinking").beginObject().field("type", type);
  };
  switch (thinking.mode) {
    case Thinking::Mode::Unset: return;
    case Thinking::Mode::Disabled: begin("disabled"); break;
    case Thinking::Mode::BetweenTools: begin("between_tools"); break;
    case Thinking::Mode::Adaptive: begin("adaptive"); break;
    case Thinking::Mode::Budget:
      begin("enabled");
      out_.field("budget_tokens", thinking.budget_tokens);
      break;
  }
  if (!thinking.display.empty()) out_.field("display", thinking.display);
  out_.endObject();
}

bool MessagesWriter::usesJsonTool() const {
  return request_.response_format && !target_.output_format &&
         request_.response_format->mode == ResponseFormat::Mode::JsonSchema;
}

void MessagesWriter::writeOutputConfig() {
  const auto& format = request_.response_format;
  const bool schema = format && format->mode == ResponseFormat::Mode::JsonSchema &&
                      context_.json_tool.empty();
  if (!schema && !plan_.effort) return;
  out_.key("output_config").beginObject();
  if (plan_.effort) out_.field("effort", effortWord(*plan_.effort));
  if (schema) {
    out_.key("format").beginObject().field("type", "json_schema");
    out_.rawField("schema", format->schema).endObject();
  }
  out_.endObject();
}

bool MessagesWriter::isOffered(const Tool& tool) {
  if (!tool.other.empty() && !same()) {
    losses_.drop(Field::Tools, "has one that only its own provider runs");
    return false;
  }
  const auto* allowed = request_.tool_choice ? &request_.tool_choice->allowed : nullptr;
  return allowed == nullptr || allowed->empty() ||
         std::find(allowed->begin(), allowed->end(), tool.name) != allowed->end();
}

void MessagesWriter::writeTools() {
  std::vector<const Tool*> offered;
  for (const Tool& tool : request_.tools)
    if (isOffered(tool)) offered.push_back(&tool);
  if (offered.empty() && context_.json_tool.empty()) return;
  out_.key("tools").beginArray();
  for (const Tool* tool : offered) writeTool(*tool);
  if (!context_.json_tool.empty()) {
    losses_.change(Field::ResponseFormat, "is told as a tool that must be called");
    out_.beginObject().field("name", context_.json_tool);
    out_.field("description", "Gives the answer. Call it once, in place of any other answer.");
    out_.rawField("input_schema", request_.response_format->schema).endObject();
  }
  out_.endArray();
  writeToolChoice();
}

void MessagesWriter::writeTool(const Tool& tool) {
  if (!tool.other.empty()) {
    out_.raw(tool.other);
    return;
  }
  const bool custom = tool.kind == ToolKind::Custom;
  if (custom) {
    context_.custom_tools.push_back(tool.name);
    losses_.change(Field::Tools, "has one with free input, which is told as an object");
  }
  out_.beginObject().field("name", tool.name);
  if (!tool.description.empty()) out_.field("description", tool.description);
  const std::string_view schema = custom                ? kTextInput
                                  : tool.schema.empty() ? kAnyObject
                                                        : std::string_view(tool.schema);
  out_.rawField("input_schema", schema);
  if (tool.strict && (same() || target_.output_format))
    out_.field("strict", *tool.strict);
  else if (tool.strict.value_or(false))
    losses_.drop(Field::ToolStrict, "is not known to the model");
  if (tool.cache) blocks_.writeCacheMark(*tool.cache);
  blocks_.writeExtras(tool.extras, "tools.");
  out_.endObject();
}

// The forced call that stands for an answer in JSON; else what the caller wants.
ToolChoice MessagesWriter::wantedChoice() const {
  if (context_.json_tool.empty()) return request_.tool_choice.value_or(ToolChoice{});
  const bool alone = request_.tools.empty();
  return alone ? ToolChoice{.mode = ToolChoice::Mode::Named, .name = context_.json_tool}
               : ToolChoice{.mode = ToolChoice::Mode::Required};
}

void MessagesWriter::writeToolChoice() {
  using Mode = ToolChoice::Mode;
  ToolChoice choice = wantedChoice();
  const bool forced = choice.mode == Mode::Named || choice.mode == Mode::Required;
  if (forced && plan_.thinking.active() && !same()) {
    losses_.drop(Field::ToolChoice, "is refused while the model thinks");
    choice.mode = Mode::Auto;
  }
  const bool alone = request_.parallel_tools == false;
  if (!request_.tool_choice && context_.json_tool.empty() && !alone) return;
  out_.key("tool_choice").beginObject();
  switch (choice.mode) {
    case Mode::Auto: out_.field("type", "auto"); break;
    case Mode::Required: out_.field("type", "any"); break;
    case Mode::None: out_.field("type", "none"); break;
    case Mode::Named: out_.field("type", "tool").field("name", choice.name); break;
  }
  const bool said = alone || (same() && request_.parallel_tools);
  if (said && choice.mode != Mode::None) out_.field("disable_parallel_tool_use", alone);
  out_.endObject();
}

void MessagesWriter::writeTier() {
  const std::string& tier = request_.service_tier;
  if (tier.empty()) return;
  if (same() || tier == "auto")
    out_.field("service_tier", tier);
  else if (tier == "default")
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
