#include "dialect/openai_chat_writer.h"

#include <algorithm>

#include "dialect/openai_chat_reader.h"
#include "dialect/openai_family.h"
#include "dialect/openai_message_writer.h"
#include "dialect/tool_ids.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr size_t kMaxStops = 4;
constexpr std::string_view kAnyObject = R"({"type":"object","properties":{}})";

class ChatWriter {
 public:
  ChatWriter(const ChatRequest& request, const OpenAiTarget& target, Losses& losses)
      : request_(request), target_(target), losses_(losses) {}

  std::string write();

 private:
  bool same() const { return request_.source == Dialect::OpenAi; }
  void writeMessages();
  void writeSampling();
  void writeLimits();
  void writeEffort();
  void writeTools();
  void writeTool(const Tool& tool);
  void writeToolChoice(const ToolChoice& choice);
  void writeNamed(std::string_view name, ToolKind kind);
  void writeAllowed(const ToolChoice& choice);
  void writeFormat(const ResponseFormat& format);
  void writeRest();
  void writeExtras();

  template <typename T>
  void writeSetting(std::string_view key, const std::optional<T>& value, Field field, bool taken) {
    if (!value) return;
    if (taken)
      out_.field(key, *value);
    else
      losses_.drop(field, "is refused by the model");
  }

  const ChatRequest& request_;
  const OpenAiTarget& target_;
  Losses& losses_;
  std::string body_;
  json::Writer out_{body_};
};

std::string ChatWriter::write() {
  out_.beginObject().field("model", target_.model);
  writeMessages();
  writeLimits();
  writeSampling();
  writeEffort();
  writeTools();
  if (request_.response_format) writeFormat(*request_.response_format);
  writeRest();
  out_.endObject();
  return std::move(body_);
}

void ChatWriter::writeMessages() {
  out_.key("messages").beginArray();
  OpenAiMessageWriter writer(request_.source, target_, losses_, out_);
  for (const Message& message : request_.messages) writer.write(message);
  out_.endArray();
}

void ChatWriter::writeLimits() {
  if (request_.max_tokens) out_.field(target_.limit_field, *request_.max_tokens);
  if (request_.choices != 1) {
    if (same())
      out_.field("n", request_.choices);
    else
      losses_.refuse(Field::Choices, "asks for several answers");
  }
  if (request_.stop.empty()) return;
  out_.key("stop").beginArray();
  for (size_t i = 0; i < std::min(request_.stop.size(), kMaxStops); ++i)
    out_.value(request_.stop[i]);
  out_.endArray();
  if (request_.stop.size() > kMaxStops) losses_.drop(Field::Stop, "has more than 4 entries");
}

void ChatWriter::writeSampling() {
  const Sampling& sampling = request_.sampling;
  // A reasoning model takes the default of 1.
  const bool temperature = target_.sampling || sampling.temperature == 1.0;
  writeSetting("temperature", sampling.temperature, Field::Temperature, temperature);
  writeSetting("top_p", sampling.top_p, Field::TopP, target_.sampling || sampling.top_p == 1.0);
  writeSetting("top_k", sampling.top_k, Field::TopK, target_.top_k);
  writeSetting("seed", sampling.seed, Field::Seed, true);
  const bool penalties = target_.sampling;
  writeSetting("presence_penalty", sampling.presence_penalty, Field::PresencePenalty,
               penalties || sampling.presence_penalty == 0.0);
  writeSetting("frequency_penalty", sampling.frequency_penalty, Field::FrequencyPenalty,
               penalties || sampling.frequency_penalty == 0.0);
}

void ChatWriter::writeEffort() {
  if (const auto effort = fitEffort(request_, target_.efforts, losses_))
    out_.field("reasoning_effort", effortWord(*effort));
}

void ChatWriter::writeTools() {
  const bool foreign = !same() && std::any_of(request_.tools.begin(), request_.tools.end(),
                                              [](const Tool& tool) { return !tool.other.empty(); });
  if (foreign) losses_.drop(Field::Tools, "has one that only its own provider runs");
  const auto writable = [foreign](const Tool& tool) { return !foreign || tool.other.empty(); };
  if (std::none_of(request_.tools.begin(), request_.tools.end(), writable)) return;
  out_.key("tools").beginArray();
  for (const Tool& tool : request_.tools) {
    if (writable(tool)) writeTool(tool);
  }
  out_.endArray();
  if (request_.tool_choice) writeToolChoice(*request_.tool_choice);
  if (request_.parallel_tools) out_.field("parallel_tool_calls", *request_.parallel_tools);
}

void ChatWriter::writeTool(const Tool& tool) {
  if (!tool.other.empty()) {
    out_.raw(tool.other);
    return;
  }
  const std::string_view type = tool.kind == ToolKind::Custom ? "custom" : "function";
  out_.beginObject().field("type", type).key(type).beginObject().field("name", tool.name);
  if (!tool.description.empty()) out_.field("description", tool.description);
  if (!tool.schema.empty())
    out_.rawField("parameters", tool.schema);
  else if (!same() && tool.kind == ToolKind::Function)
    out_.rawField("parameters", kAnyObject);
  if (tool.strict && target_.strict_tools)
    out_.field("strict", *tool.strict);
  else if (tool.strict.value_or(false))
    losses_.drop(Field::ToolStrict, "is not known to the provider");
  if (same())
    for (const Extra& extra : tool.extras) out_.rawField(extra.name, extra.json);
  else
    losses_.dropExtras(tool.extras, "tools.");
  out_.endObject();
  if (tool.cache && target_.cache_marks == OpenAiTarget::CacheMarks::CacheControl)
    OpenAiMessageWriter(request_.source, target_, losses_, out_).writeCacheMark(*tool.cache);
  else if (tool.cache)
    losses_.hint(Field::CacheMarks, "has no place at a tool");
  out_.endObject();
}

void ChatWriter::writeNamed(std::string_view name, ToolKind kind) {
  const std::string_view type = kind == ToolKind::Custom ? "custom" : "function";
  out_.beginObject().field("type", type).key(type).beginObject();
  out_.field("name", name).endObject().endObject();
}

void ChatWriter::writeToolChoice(const ToolChoice& choice) {
  out_.key("tool_choice");
  if (!choice.allowed.empty()) return writeAllowed(choice);
  switch (choice.mode) {
    case ToolChoice::Mode::Auto: out_.value("auto"); return;
    case ToolChoice::Mode::Required: out_.value("required"); return;
    case ToolChoice::Mode::None: out_.value("none"); return;
    case ToolChoice::Mode::Named: return writeNamed(choice.name, choice.kind);
  }
}

void ChatWriter::writeAllowed(const ToolChoice& choice) {
  out_.beginObject().field("type", "allowed_tools").key("allowed_tools").beginObject();
  out_.field("mode", choice.mode == ToolChoice::Mode::Required ? "required" : "auto");
  out_.key("tools").beginArray();
  for (const std::string& name : choice.allowed) writeNamed(name, ToolKind::Function);
  out_.endArray().endObject().endObject();
}

void ChatWriter::writeFormat(const ResponseFormat& format) {
  using Mode = ResponseFormat::Mode;
  out_.key("response_format").beginObject();
  const bool schema = format.mode == Mode::JsonSchema && target_.json_schema;
  if (format.mode == Mode::Text) {
    out_.field("type", "text");
  } else if (!schema) {
    if (format.mode == Mode::JsonSchema)
      losses_.drop(Field::ResponseFormat, "is told as json_object, without the schema");
    out_.field("type", "json_object");
  } else {
    out_.field("type", "json_schema").key("json_schema").beginObject();
    out_.field("name", format.name.empty() && !same() ? "answer" : format.name);
    if (!format.description.empty()) out_.field("description", format.description);
    out_.rawField("schema", format.schema);
    if (format.strict) out_.field("strict", *format.strict);
    out_.endObject();
  }
  out_.endObject();
}

void ChatWriter::writeRest() {
  if (!request_.end_user.empty()) out_.field("user", request_.end_user);
  if (const auto tier = fitTier(request_, losses_); !tier.empty()) out_.field("service_tier", tier);
  if (request_.stream) {
    out_.field("stream", true);
    if (target_.stream_usage)
      out_.key("stream_options").beginObject().field("include_usage", true).endObject();
  }
  writeExtras();
}

void ChatWriter::writeExtras() {
  Extras lost;
  for (const Extra& extra : request_.extras) {
    const bool sibling = request_.source == Dialect::Responses;
    if (sibling && extra.name == "text.verbosity")
      out_.rawField("verbosity", extra.json);
    else if (!same() && !(sibling && isSharedMember(extra.name)))
      lost.push_back(extra);
    else if (extra.name != "stream_options")
      out_.rawField(extra.name, extra.json);
  }
  losses_.dropExtras(lost);
}

}  // namespace

Result<std::string> writeOpenAiChat(const ChatRequest& request, const OpenAiTarget& target,
                                    Losses& losses) {
  if (request.source != Dialect::OpenAi) {
    if (auto paired = checkToolPairs(request); !paired) return std::move(paired).error();
  }
  std::string body = ChatWriter(request, target, losses).write();
  if (auto error = losses.error()) return std::move(*error);
  return body;
}

}  // namespace penstock::dialect
