// {"temperature":1,"topP":0.9,"topK":40,"seed":1,"candidateCount":1,"maxOutputTokens":99,
//  "stopSequences":["\n"],"responseMimeType":"application/json","responseJsonSchema":{…},
//  "thinkingConfig":{"thinkingBudget":1024,"includeThoughts":true}}
#include "dialect/gemini_config_reader.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "dialect/gemini_schema.h"
#include "dialect/gemini_wire.h"
#include "dialect/openai_chat_reader.h"

namespace penstock::dialect {
namespace {

using json::ValueRef;

class ConfigReader {
 public:
  ConfigReader(Reading& reading, ChatRequest& request) : reading_(reading), request_(request) {}

  void read(ValueRef config);

 private:
  // How a member is read; false: it is kept as it is.
  using Read = bool (ConfigReader::*)(ValueRef);
  struct Row {
    std::string_view key;
    Read read;
  };
  static const Row kRows[];

  template <std::optional<double> Sampling::*kField>
  bool number(ValueRef value) {
    request_.sampling.*kField = reading_.number(value);
    return true;
  }
  template <std::optional<int64_t> Sampling::*kField>
  bool integer(ValueRef value) {
    request_.sampling.*kField = reading_.integer(value);
    return true;
  }
  bool choices(ValueRef value) {
    request_.choices = reading_.integer(value).value_or(1);
    return true;
  }
  bool limit(ValueRef value) {
    request_.max_tokens = reading_.integer(value);
    return true;
  }
  bool stop(ValueRef value) {
    if (!reading_.isArray(value)) return true;
    for (const ValueRef word : value.elements()) request_.stop.push_back(reading_.text(word));
    return true;
  }
  bool schema(ValueRef value) {
    setSchema(value.text());
    return true;
  }
  bool googleSchema(ValueRef value) {
    setSchema(jsonSchemaOf(value));
    return true;
  }
  void setSchema(std::string schema) {
    request_.response_format =
        ResponseFormat{.mode = ResponseFormat::Mode::JsonSchema, .schema = std::move(schema)};
  }
  bool mimeType(ValueRef value);
  bool thinking(ValueRef value);

  Reading& reading_;
  ChatRequest& request_;
};

const ConfigReader::Row ConfigReader::kRows[] = {
    {"temperature", &ConfigReader::number<&Sampling::temperature>},
    {"topP", &ConfigReader::number<&Sampling::top_p>},
    {"topK", &ConfigReader::integer<&Sampling::top_k>},
    {"seed", &ConfigReader::integer<&Sampling::seed>},
    {"presencePenalty", &ConfigReader::number<&Sampling::presence_penalty>},
    {"frequencyPenalty", &ConfigReader::number<&Sampling::frequency_penalty>},
    {"candidateCount", &ConfigReader::choices},
    {"maxOutputTokens", &ConfigReader::limit},
    {"stopSequences", &ConfigReader::stop},
    {"responseMimeType", &ConfigReader::mimeType},
    {"responseJsonSchema", &ConfigReader::schema},
    {"_responseJsonSchema", &ConfigReader::schema},  // as SDKs of 2025 spell it
    {"responseSchema", &ConfigReader::googleSchema},
    {"thinkingConfig", &ConfigReader::thinking},
};

void ConfigReader::read(ValueRef config) {
  if (!reading_.isObject(config)) return;
  for (const auto [name, value] : config.members()) {
    if (value.isNull() || isShadowed(config, name)) continue;
    const std::string key = camelCase(name);
    const auto* row = std::find_if(std::begin(kRows), std::end(kRows),
                                   [&key](const Row& known) { return known.key == key; });
    if (row == std::end(kRows) || !(this->*row->read)(value))
      keep(request_.extras, "generationConfig." + key, value);
  }
}

// Beside a schema it says nothing more.
bool ConfigReader::mimeType(ValueRef value) {
  const std::string type = reading_.text(value);
  using Mode = ResponseFormat::Mode;
  if (type != "application/json" && type != "text/plain") return false;
  if (!request_.response_format)
    request_.response_format = ResponseFormat{.mode = type == "text/plain" ? Mode::Text : Mode::JsonObject};
  return true;
}

// {"thinkingBudget":-1|0|n,"thinkingLevel":"HIGH","includeThoughts":true}
bool ConfigReader::thinking(ValueRef value) {
  using Mode = Thinking::Mode;
  Thinking thinking;
  std::optional<Effort> effort;
  for (const auto [name, member] : value.members()) {
    const std::string key = camelCase(name);
    if (member.isNull() || isShadowed(value, name)) continue;
    if (key == "thinkingBudget") {
      const int64_t budget = reading_.integer(member).value_or(-1);
      thinking.mode = budget < 0 ? Mode::Adaptive : budget == 0 ? Mode::Disabled : Mode::Budget;
      thinking.budget_tokens = std::max<int64_t>(budget, 0);
    } else if (key == "thinkingLevel") {
      effort = effortOf(asciiLower(reading_.text(member)));
      if (!effort) return false;
    } else if (key == "includeThoughts") {
      thinking.display = reading_.flag(member).value_or(false) ? "summarized" : "omitted";
    } else {
      return false;
    }
  }
  request_.thinking = std::move(thinking);
  request_.effort = effort;
  return value.isObject();
}

}  // namespace

void readGeminiConfig(Reading& reading, ValueRef config, ChatRequest& request) {
  ConfigReader(reading, request).read(config);
}

}  // namespace penstock::dialect
