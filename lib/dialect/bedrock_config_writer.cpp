#include "dialect/bedrock_config_writer.h"

#include <algorithm>
#include <string>

#include "dialect/anthropic_sampling.h"
#include "dialect/openai_chat_reader.h"

namespace penstock::dialect {
namespace {

using Family = BedrockTarget::Family;

class ConfigWriter {
 public:
  ConfigWriter(const ChatRequest& request, const BedrockTarget& target, const BedrockPlan& plan,
               Losses& losses, json::Writer& out)
      : request_(request), target_(target), losses_(losses), out_(out), plan_(plan) {}

  void write(std::string_view tool_choice);

 private:
  void planOther();
  void writeInference();
  void writeStop(json::Writer& config);
  void writeOutput();
  void writeAdditional(std::string_view tool_choice);
  bool claude() const { return target_.family == Family::Claude; }

  const ChatRequest& request_;
  const BedrockTarget& target_;
  Losses& losses_;
  json::Writer& out_;
  const BedrockPlan& plan_;
  ClaudeSampling sampling_;
  std::string_view effort_;  // of Nova
};

// An object as a member, unless it is empty.
void writeUnlessEmpty(json::Writer& out, std::string_view key, const std::string& object) {
  if (object != "{}") out.rawField(key, object);
}

void ConfigWriter::write(std::string_view tool_choice) {
  if (claude())
    sampling_ = planSampling(request_, target_.claude, plan_.thinking.thinking, losses_);
  else
    planOther();
  writeInference();
  writeOutput();
  writeAdditional(tool_choice);
}

void ConfigWriter::planOther() {
  const Sampling& sampling = request_.sampling;
  sampling_ = {sampling.temperature, sampling.top_p, sampling.top_k};
  if (sampling.top_k && target_.family == Family::Other) {
    losses_.drop(Field::TopK, "is not known to the model");
    sampling_.top_k.reset();
  }
  dropForeignSampling(sampling, losses_);
  const bool thinks = request_.thinking.active() ||
                      (request_.effort && *request_.effort != Effort::None);
  if (!thinks) return;
  const Field field = request_.effort ? Field::Effort : Field::Thinking;
  if (target_.family != Family::Nova2) return losses_.drop(field, "is not known to the model");
  const Effort wanted = request_.effort.value_or(effortOfBudget(request_.thinking.budget_tokens));
  const Effort told = std::clamp(wanted, Effort::Low, Effort::High);
  effort_ = effortWord(told);
  if (told != wanted || !request_.effort) losses_.change(field, "is told as the nearest effort");
}

void ConfigWriter::writeInference() {
  std::string object;
  json::Writer config(object);
  config.beginObject();
  if (plan_.max_tokens) config.field("maxTokens", *plan_.max_tokens);
  if (sampling_.temperature) config.field("temperature", *sampling_.temperature);
  if (sampling_.top_p) config.field("topP", *sampling_.top_p);
  writeStop(config);
  config.endObject();
  writeUnlessEmpty(out_, "inferenceConfig", object);
}

void ConfigWriter::writeStop(json::Writer& config) {
  const auto is_blank = [](const std::string& stop) {
    return stop.find_first_not_of(" \t\r\n") == std::string::npos;
  };
  const auto blanks = std::count_if(request_.stop.begin(), request_.stop.end(), is_blank);
  if (blanks > 0) losses_.drop(Field::Stop, "has an entry of spaces only");
  if (static_cast<size_t>(blanks) == request_.stop.size()) return;
  config.key("stopSequences").beginArray();
  for (const std::string& stop : request_.stop)
    if (!is_blank(stop)) config.value(stop);
  config.endArray();
}

// The schema is a text there.
void ConfigWriter::writeOutput() {
  std::string object;
  json::Writer config(object);
  config.beginObject();
  if (plan_.thinking.effort) config.field("effort", effortWord(*plan_.thinking.effort));
  const auto& format = request_.response_format;
  if (format && format->mode == ResponseFormat::Mode::JsonSchema && target_.text_format) {
    config.key("textFormat").beginObject().field("type", "json_schema");
    config.key("structure").beginObject().key("jsonSchema").beginObject();
    config.field("schema", format->schema);
    if (!format->name.empty()) config.field("name", format->name);
    if (!format->description.empty()) config.field("description", format->description);
    config.endObject().endObject().endObject();
  }
  config.endObject();
  writeUnlessEmpty(out_, "outputConfig", object);
}

void ConfigWriter::writeAdditional(std::string_view tool_choice) {
  std::string object;
  json::Writer fields(object);
  fields.beginObject();
  writeThinkingMember(plan_.thinking.thinking, fields);
  if (claude() && sampling_.top_k) fields.field("top_k", *sampling_.top_k);
  if (!claude() && sampling_.top_k)
    fields.key("inferenceConfig").beginObject().field("topK", *sampling_.top_k).endObject();
  if (!effort_.empty())
    fields.key("reasoningConfig")
        .beginObject()
        .field("type", "enabled")
        .field("maxReasoningEffort", effort_)
        .endObject();
  if (!tool_choice.empty()) fields.rawField("tool_choice", tool_choice);
  fields.endObject();
  writeUnlessEmpty(out_, "additionalModelRequestFields", object);
}

}  // namespace

BedrockPlan planBedrock(const ChatRequest& request, const BedrockTarget& target, Losses& losses) {
  BedrockPlan plan{{}, request.max_tokens};
  if (target.family != Family::Claude) return plan;
  if (!plan.max_tokens) plan.max_tokens = target.claude.max_output_tokens;
  plan.thinking = planThinking(request, target.claude, *plan.max_tokens, losses);
  return plan;
}

void writeBedrockConfig(const ChatRequest& request, const BedrockTarget& target,
                        const BedrockPlan& plan, std::string_view tool_choice, Losses& losses,
                        json::Writer& out) {
  ConfigWriter(request, target, plan, losses, out).write(tool_choice);
}

}  // namespace penstock::dialect
