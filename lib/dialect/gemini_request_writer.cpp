#include "dialect/gemini_request_writer.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "dialect/gemini_config_writer.h"
#include "dialect/gemini_part_writer.h"
#include "dialect/gemini_schema.h"
#include "dialect/made_up_tools.h"
#include "dialect/thought_signature.h"
#include "dialect/tool_ids.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

// Google's own word for calls that another model made.
constexpr std::string_view kNoSignature = "gemini:skip_thought_signature_validator";

// Neighbours of one role, as one content.
struct Turn {
  std::string_view role;
  std::vector<Part> parts;
  const Extras* extras = nullptr;  // of the first message
};

class ContentWriter {
 public:
  ContentWriter(const ChatRequest& request, const GeminiTarget& target, Losses& losses)
      : request_(request), target_(target), losses_(losses) {}

  Result<WrittenRequest> write();

 private:
  bool same() const { return request_.source == Dialect::Gemini; }
  void collect();
  void addTurn(const Message& message);
  void addSystem(const Message& message);
  void signCalls();
  void writeSystem();
  void writeContents();
  void writeTurn(const Turn& turn);
  void writeTools();
  void writeDeclaration(const Tool& tool);
  void writeSchema(const Tool& tool, bool custom);
  void writeToolConfig();
  void writeCallingConfig(const ToolChoice& choice);
  void writeRest();

  const ChatRequest& request_;
  const GeminiTarget& target_;
  Losses& losses_;
  AnswerContext context_;
  std::vector<Part> system_;
  std::vector<Turn> turns_;
  std::string body_;
  json::Writer out_{body_};
  GeminiPartWriter parts_{request_.source, target_, losses_, out_};
};

Result<WrittenRequest> ContentWriter::write() {
  if (auto paired = checkToolPairs(request_); !paired) return std::move(paired).error();
  if (request_.choices != 1 && !same()) losses_.refuse(Field::Choices, "asks for several answers");
  collect();
  if (auto error = losses_.error()) return std::move(*error);
  if (turns_.empty()) {
    const std::string name(fieldName(Field::Messages, request_.source));
    return invalidRequest("invalid_value", "Invalid value for '" + name + "': none says anything.",
                          name);
  }
  out_.beginObject();
  writeSystem();
  writeTools();
  writeContents();
  writeGeminiConfig(request_, target_, losses_, out_);
  writeRest();
  out_.endObject();
  if (auto error = losses_.error()) return std::move(*error);
  return WrittenRequest{std::move(body_), std::move(context_)};
}

void ContentWriter::addSystem(const Message& message) {
  if (!turns_.empty()) losses_.change(Field::SystemPlace, "is told before all messages");
  parts_.writeExtras(same() ? Extras{} : message.extras, "messages.");
  for (const Part& part : message.parts)
    if (parts_.canWrite(part)) system_.push_back(part);
}

void ContentWriter::addTurn(const Message& message) {
  const std::string_view role = message.role == Role::Assistant ? "model" : "user";
  std::vector<Part> parts;
  // Signatures that came through another dialect are on the thinking.
  const bool moved = !same() && message.role == Role::Assistant;
  for (Part& part : moved ? signaturesOnParts(message.parts) : std::vector<Part>(message.parts))
    if (parts_.canWrite(part)) parts.push_back(std::move(part));
  if (moved && std::any_of(message.parts.begin(), message.parts.end(), [](const Part& part) {
        const auto* thinking = part.as<ThinkingPart>();
        return part.is<RedactedThinkingPart>() ||
               (thinking != nullptr && !isGeminiSignature(thinking->signature));
      }))
    losses_.hint(Field::ThinkingParts, "is not read by the provider");
  if (parts.empty()) return;
  if (turns_.empty() || turns_.back().role != role || same()) {
    turns_.push_back({role, std::move(parts), &message.extras});
    return;
  }
  losses_.dropExtras(message.extras, "messages.");
  std::move(parts.begin(), parts.end(), std::back_inserter(turns_.back().parts));
}

void ContentWriter::collect() {
  for (const Message& message : request_.messages) {
    if (message.role == Role::System || message.role == Role::Developer)
      addSystem(message);
    else
      addTurn(message);
  }
  for (Turn& turn : turns_)
    if (!same())
      std::stable_partition(turn.parts.begin(), turn.parts.end(),
                            [](const Part& part) { return part.is<ToolResultPart>(); });
  if (target_.signed_calls) signCalls();
}

// Of the turn under way, which begins after the last words of the user, the first call of each
// content must be signed. Those of others cannot be. Words beside results end no turn for certain:
// the calls that these answer are signed as well.
void ContentWriter::signCalls() {
  bool ended = false;
  for (auto turn = turns_.rbegin(); turn != turns_.rend(); ++turn) {
    if (turn->role == "user") {
      const auto result = [](const Part& part) { return part.is<ToolResultPart>(); };
      const bool words = !std::all_of(turn->parts.begin(), turn->parts.end(), result);
      const bool results = std::any_of(turn->parts.begin(), turn->parts.end(), result);
      if (ended || (words && !results)) return;
      ended = words;
      continue;
    }
    const auto call = std::find_if(turn->parts.begin(), turn->parts.end(),
                                   [](const Part& part) { return part.is<ToolCallPart>(); });
    if (call == turn->parts.end()) continue;
    const bool ours = same() ? !call->signature.empty() : isGeminiSignature(call->signature);
    if (!ours) call->signature = kNoSignature;
  }
}

void ContentWriter::writeSystem() {
  if (system_.empty()) return;
  out_.key("systemInstruction").beginObject().key("parts").beginArray();
  for (const Part& part : system_) parts_.write(part);
  out_.endArray().endObject();
}

void ContentWriter::writeTurn(const Turn& turn) {
  out_.beginObject().field("role", turn.role).key("parts").beginArray();
  bool results = true;
  const auto write_moved = [this] {
    for (const Part* part : parts_.takeMoved()) parts_.write(*part);
  };
  for (const Part& part : turn.parts) {
    if (results && !part.is<ToolResultPart>()) write_moved();
    results = part.is<ToolResultPart>();
    parts_.write(part);
  }
  write_moved();
  out_.endArray();
  parts_.writeExtras(*turn.extras, "messages.");
  out_.endObject();
}

void ContentWriter::writeContents() {
  out_.key("contents").beginArray();
  for (const Turn& turn : turns_) writeTurn(turn);
  out_.endArray();
}

void ContentWriter::writeTools() {
  std::vector<const Tool*> functions, others;
  for (const Tool& tool : request_.tools) {
    if (tool.other.empty())
      functions.push_back(&tool);
    else if (same())
      others.push_back(&tool);
    else
      losses_.drop(Field::Tools, "has one that only its own provider runs");
  }
  if (functions.empty() && others.empty()) return;
  out_.key("tools").beginArray();
  if (!functions.empty()) {
    out_.beginObject().key("functionDeclarations").beginArray();
    for (const Tool* tool : functions) writeDeclaration(*tool);
    out_.endArray().endObject();
  }
  for (const Tool* tool : others) out_.raw(tool->other);
  out_.endArray();
  writeToolConfig();
}

void ContentWriter::writeDeclaration(const Tool& tool) {
  const bool custom = tool.kind == ToolKind::Custom;
  if (custom) {
    context_.custom_tools.push_back(tool.name);
    losses_.change(Field::Tools, "has one with free input, which is told as an object");
  }
  out_.beginObject().field("name", tool.name);
  if (!tool.description.empty()) out_.field("description", tool.description);
  writeSchema(tool, custom);
  if (tool.strict.value_or(false)) losses_.drop(Field::ToolStrict, "is not known to the provider");
  if (tool.cache) losses_.hint(Field::CacheMarks, "is not known to the provider");
  parts_.writeExtras(tool.extras, "tools.");
  out_.endObject();
}

// A function without parameters has no schema: Google refuses objects without members.
void ContentWriter::writeSchema(const Tool& tool, bool custom) {
  const std::string_view schema = custom ? kTextInput : std::string_view(tool.schema);
  if (schema.empty()) return;
  if (target_.json_schema) {
    out_.rawField("parametersJsonSchema", schema);
    return;
  }
  const GoogleSchema google = googleSchemaOf(schema);
  if (!google.lost.empty())
    losses_.change(Field::Tools, "has a schema that is told without '" + google.lost + "'");
  const bool empty =
      google.json.empty() || google.json.find("\"properties\":{}") != std::string::npos;
  if (!empty || same()) out_.rawField("parameters", google.json);
}

void ContentWriter::writeToolConfig() {
  if (request_.parallel_tools == false)
    losses_.drop(Field::ParallelTools, "is not known to the provider");
  Extras own;
  if (same())
    std::copy_if(request_.extras.begin(), request_.extras.end(), std::back_inserter(own),
                 [](const Extra& extra) { return extra.name.starts_with("toolConfig."); });
  if (!request_.tool_choice && own.empty()) return;
  out_.key("toolConfig").beginObject();
  if (request_.tool_choice) writeCallingConfig(*request_.tool_choice);
  for (const Extra& extra : own) out_.rawField(extra.name.substr(11), extra.json);
  out_.endObject();
}

void ContentWriter::writeCallingConfig(const ToolChoice& choice) {
  using Mode = ToolChoice::Mode;
  out_.key("functionCallingConfig").beginObject();
  switch (choice.mode) {
    // Only with ANY, and VALIDATED, are functions told apart.
    case Mode::Auto: out_.field("mode", choice.allowed.empty() ? "AUTO" : "VALIDATED"); break;
    case Mode::None: out_.field("mode", "NONE"); break;
    case Mode::Required:
    case Mode::Named: out_.field("mode", "ANY"); break;
  }
  if (choice.mode == Mode::Named || !choice.allowed.empty()) {
    out_.key("allowedFunctionNames").beginArray();
    if (choice.mode == Mode::Named) out_.value(choice.name);
    for (const std::string& name : choice.allowed) out_.value(name);
    out_.endArray();
  }
  out_.endObject();
}

void ContentWriter::writeRest() {
  if (same() && !request_.service_tier.empty())
    out_.field("serviceTier", request_.service_tier);
  else if (!request_.service_tier.empty() && request_.service_tier != "auto")
    losses_.hint(Field::ServiceTier, "is not translated for the provider");
  if (!request_.end_user.empty()) losses_.hint(Field::EndUser, "is not known to the provider");
  Extras rest;
  std::remove_copy_if(request_.extras.begin(), request_.extras.end(), std::back_inserter(rest),
                      [this](const Extra& extra) {
                        return same() && (extra.name.starts_with("toolConfig.") ||
                                          extra.name.starts_with("generationConfig."));
                      });
  parts_.writeExtras(rest, "");
}

}  // namespace

Result<WrittenRequest> writeGeminiContent(const ChatRequest& request, const GeminiTarget& target,
                                          Losses& losses) {
  return ContentWriter(request, target, losses).write();
}

}  // namespace penstock::dialect
