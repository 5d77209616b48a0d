#include "dialect/responses_request_writer.h"

#include <algorithm>

#include "dialect/openai_chat_reader.h"
#include "dialect/openai_family.h"
#include "dialect/responses_item_writer.h"
#include "dialect/tool_ids.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kAnyObject = R"({"type":"object","properties":{}})";
constexpr std::string_view kReasoning = "reasoning.";
constexpr std::string_view kText = "text.";

class RequestWriter {
 public:
  RequestWriter(const ChatRequest& request, const ResponsesTarget& target, Losses& losses)
      : request_(request), target_(target), losses_(losses) {}

  Result<std::string> write();

 private:
  bool same() const { return request_.source == Dialect::Responses; }
  bool beginsWithInstructions() const;
  void writeInput();
  void writeSampling();
  void writeReasoning();
  void writeText();
  void writeFormat(const ResponseFormat& format);
  void writeTools();
  void writeTool(const Tool& tool);
  void writeToolChoice(const ToolChoice& choice);
  void writeAllowed(const ToolChoice& choice);
  ToolKind kindOf(std::string_view tool) const;
  void writeRest();
  void writeExtras();
  bool hasExtrasIn(std::string_view place) const;
  void writeExtrasIn(std::string_view place);

  const ChatRequest& request_;
  const ResponsesTarget& target_;
  Losses& losses_;
  std::string body_;
  json::Writer out_{body_};
  ResponsesItemWriter items_{request_.source, target_, losses_, out_};
};

Result<std::string> RequestWriter::write() {
  if (!same()) {
    if (auto paired = checkToolPairs(request_); !paired) return std::move(paired).error();
  }
  if (request_.choices != 1) losses_.refuse(Field::Choices, "asks for several answers");
  out_.beginObject().field("model", target_.model);
  writeInput();
  writeSampling();
  writeReasoning();
  writeText();
  writeTools();
  writeRest();
  out_.endObject();
  if (auto error = losses_.error()) return std::move(*error);
  return std::move(body_);
}

// Whether the first message can be told as one text.
bool RequestWriter::beginsWithInstructions() const {
  if (request_.messages.empty()) return false;
  const Message& first = request_.messages.front();
  const auto plain = [this](const Part& part) {
    return part.is<TextPart>() && (!part.cache || !target_.breakpoints) && part.extras.empty();
  };
  return first.role == Role::System && first.extras.empty() && !first.parts.empty() &&
         std::all_of(first.parts.begin(), first.parts.end(), plain);
}

void RequestWriter::writeInput() {
  const bool instructions = beginsWithInstructions();
  if (instructions) {
    std::string text;
    for (const Part& part : request_.messages.front().parts) {
      if (part.cache) losses_.hint(Field::CacheMarks, "is not known to the provider");
      if (!text.empty()) text += "\n\n";
      text += part.as<TextPart>()->text;
    }
    out_.field("instructions", text);
  }
  out_.key("input").beginArray();
  for (size_t i = instructions ? 1 : 0; i < request_.messages.size(); ++i)
    items_.write(request_.messages[i]);
  out_.endArray();
}

void RequestWriter::writeSampling() {
  const Sampling& sampling = request_.sampling;
  const auto setting = [this](std::string_view key, const std::optional<double>& value,
                              Field field) {
    if (!value) return;
    // A reasoning model takes the default of 1.
    if (target_.sampling || *value == 1.0)
      out_.field(key, *value);
    else
      losses_.drop(field, "is refused by the model");
  };
  if (request_.max_tokens) out_.field("max_output_tokens", *request_.max_tokens);
  setting("temperature", sampling.temperature, Field::Temperature);
  setting("top_p", sampling.top_p, Field::TopP);
  const auto missing = [this](bool present, Field field) {
    if (present) losses_.drop(field, "has no equivalent");
  };
  missing(sampling.top_k.has_value(), Field::TopK);
  missing(sampling.seed.has_value(), Field::Seed);
  missing(sampling.presence_penalty.value_or(0) != 0, Field::PresencePenalty);
  missing(sampling.frequency_penalty.value_or(0) != 0, Field::FrequencyPenalty);
  missing(!request_.stop.empty(), Field::Stop);
}

void RequestWriter::writeReasoning() {
  const auto effort = fitEffort(request_, target_.efforts, losses_);
  const Thinking& thinking = request_.thinking;
  const bool wants_text = thinking.active() && thinking.display != "omitted";
  const std::string summary = !thinking.summary.empty() ? thinking.summary
                              : wants_text              ? "auto"
                                                        : "";
  const bool told = !summary.empty() && target_.efforts && target_.summaries;
  if (!effort && !told && !hasExtrasIn(kReasoning)) return;
  out_.key("reasoning").beginObject();
  if (effort) out_.field("effort", effortWord(*effort));
  if (told) out_.field("summary", summary);
  writeExtrasIn(kReasoning);
  out_.endObject();
}

void RequestWriter::writeText() {
  const std::string* verbosity = nullptr;
  for (const Extra& extra : request_.extras)
    if (extra.name == "verbosity" && request_.source == Dialect::OpenAi) verbosity = &extra.json;
  if (!request_.response_format && verbosity == nullptr && !hasExtrasIn(kText)) return;
  out_.key("text").beginObject();
  if (request_.response_format) writeFormat(*request_.response_format);
  if (verbosity != nullptr) out_.rawField("verbosity", *verbosity);
  writeExtrasIn(kText);
  out_.endObject();
}

void RequestWriter::writeFormat(const ResponseFormat& format) {
  out_.key("format").beginObject();
  switch (format.mode) {
    case ResponseFormat::Mode::Text: out_.field("type", "text"); break;
    case ResponseFormat::Mode::JsonObject: out_.field("type", "json_object"); break;
    case ResponseFormat::Mode::JsonSchema:
      out_.field("type", "json_schema");
      out_.field("name", format.name.empty() ? "answer" : format.name);
      if (!format.description.empty()) out_.field("description", format.description);
      out_.rawField("schema", format.schema);
      if (format.strict) out_.field("strict", *format.strict);
      break;
  }
  out_.endObject();
}

void RequestWriter::writeTools() {
  const auto writable = [this](const Tool& tool) { return tool.other.empty() || same(); };
  const auto writables = std::count_if(request_.tools.begin(), request_.tools.end(), writable);
  if (static_cast<size_t>(writables) < request_.tools.size())
    losses_.drop(Field::Tools, "has one that only its own provider runs");
  if (writables == 0) return;
  out_.key("tools").beginArray();
  for (const Tool& tool : request_.tools)
    if (writable(tool)) writeTool(tool);
  out_.endArray();
  if (request_.tool_choice) writeToolChoice(*request_.tool_choice);
  if (request_.parallel_tools) out_.field("parallel_tool_calls", *request_.parallel_tools);
}

void RequestWriter::writeTool(const Tool& tool) {
  if (!tool.other.empty()) {
    out_.raw(tool.other);
    return;
  }
  const bool custom = tool.kind == ToolKind::Custom;
  out_.beginObject().field("type", custom ? "custom" : "function").field("name", tool.name);
  if (!tool.description.empty()) out_.field("description", tool.description);
  if (!custom) {
    out_.rawField("parameters", tool.schema.empty() ? kAnyObject : std::string_view(tool.schema));
    // Strict is the default here, and here only.
    if (tool.strict || !same()) out_.field("strict", tool.strict.value_or(false));
  }
  if (tool.cache) losses_.hint(Field::CacheMarks, "has no place at a tool");
  items_.writeExtras(tool.extras, "tools.");
  out_.endObject();
}

ToolKind RequestWriter::kindOf(std::string_view tool) const {
  const auto known = std::find_if(request_.tools.begin(), request_.tools.end(),
                                  [tool](const Tool& one) { return one.name == tool; });
  return known == request_.tools.end() ? ToolKind::Function : known->kind;
}

void RequestWriter::writeAllowed(const ToolChoice& choice) {
  out_.beginObject().field("type", "allowed_tools");
  out_.field("mode", choice.mode == ToolChoice::Mode::Required ? "required" : "auto");
  out_.key("tools").beginArray();
  for (const std::string& name : choice.allowed) {
    const bool custom = kindOf(name) == ToolKind::Custom;
    out_.beginObject().field("type", custom ? "custom" : "function").field("name", name);
    out_.endObject();
  }
  out_.endArray().endObject();
}

void RequestWriter::writeToolChoice(const ToolChoice& choice) {
  out_.key("tool_choice");
  if (!choice.allowed.empty()) return writeAllowed(choice);
  switch (choice.mode) {
    case ToolChoice::Mode::Auto: out_.value("auto"); return;
    case ToolChoice::Mode::Required: out_.value("required"); return;
    case ToolChoice::Mode::None: out_.value("none"); return;
    case ToolChoice::Mode::Named:
      out_.beginObject().field("type", choice.kind == ToolKind::Custom ? "custom" : "function");
      out_.field("name", choice.name).endObject();
      return;
  }
}

void RequestWriter::writeRest() {
  if (!request_.end_user.empty()) out_.field("user", request_.end_user);
  if (const auto tier = fitTier(request_, losses_); !tier.empty()) out_.field("service_tier", tier);
  if (request_.stream) out_.field("stream", true);
  if (!same()) {
    out_.field("store", false);
    if (target_.efforts)
      out_.key("include").beginArray().value("reasoning.encrypted_content").endArray();
  }
  writeExtras();
}

void RequestWriter::writeExtras() {
  Extras lost;
  for (const Extra& extra : request_.extras) {
    const bool nested = extra.name.starts_with(kReasoning) || extra.name.starts_with(kText);
    const bool shared = request_.source == Dialect::OpenAi && isSharedMember(extra.name);
    const bool told = request_.source == Dialect::OpenAi && extra.name == "verbosity";
    if (shared || (same() && !nested))
      out_.rawField(extra.name, extra.json);
    else if (!same() && !told)
      lost.push_back(extra);
  }
  losses_.dropExtras(lost);
}

bool RequestWriter::hasExtrasIn(std::string_view place) const {
  return same() &&
         std::any_of(request_.extras.begin(), request_.extras.end(),
                     [place](const Extra& extra) { return extra.name.starts_with(place); });
}

void RequestWriter::writeExtrasIn(std::string_view place) {
  if (!same()) return;
  for (const Extra& extra : request_.extras)
    if (extra.name.starts_with(place))
      out_.rawField(std::string_view(extra.name).substr(place.size()), extra.json);
}

}  // namespace

Result<std::string> writeResponses(const ChatRequest& request, const ResponsesTarget& target,
                                   Losses& losses) {
  return RequestWriter(request, target, losses).write();
}

}  // namespace penstock::dialect
