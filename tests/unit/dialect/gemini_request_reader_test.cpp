#include "dialect/gemini_request_reader.h"

#include <doctest/doctest.h>

using namespace penstock;
using namespace penstock::dialect;

namespace {

ChatRequest read(std::string_view text) {
  auto request = readGeminiContent(text);
  REQUIRE(request);
  return *std::move(request);
}

std::string errorOf(std::string_view text) {
  const auto request = readGeminiContent(text);
  REQUIRE_FALSE(request);
  return request.error().code + " " + request.error().param;
}

std::string withConfig(const std::string& config) {
  return R"({"contents":[{"parts":[{"text":"Hi"}]}],"generationConfig":)" + config + "}";
}

}  // namespace

TEST_SUITE("dialect/gemini_request_reader") {
  TEST_CASE("names in both spellings are read, and the camelCase one counts") {
    const ChatRequest request = read(
        R"({"system_instruction":{"parts":[{"text":"S"}]},"contents":[{"role":"user","parts":[)"
        R"({"inline_data":{"mime_type":"image/png","data":"A"}},{"file_data":{"file_uri":"gs://b/x","mime_type":"application/pdf"}}]}],)"
        R"("generation_config":{"max_output_tokens":9,"maxOutputTokens":8,"stop_sequences":["x"]}})");
    REQUIRE(request.messages.size() == 2);
    CHECK(request.messages[0].role == Role::System);
    const Part& image = request.messages[1].parts.at(0);
    REQUIRE(image.is<ImagePart>());
    CHECK(image.as<ImagePart>()->source.media_type == "image/png");
    CHECK(request.messages[1].parts.at(1).as<DocumentPart>()->source.kind == Source::Kind::FileId);
    CHECK(request.max_tokens == 8);
    CHECK(request.stop == std::vector<std::string>{"x"});
  }

  TEST_CASE("calls without ids get one, and results find it by name and order") {
    const ChatRequest request = read(
        R"({"contents":[{"role":"model","parts":[{"functionCall":{"name":"f"}},{"functionCall":{"name":"f"}},{"functionCall":{"id":"own","name":"g"}}]},)"
        R"({"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"1"}}},{"functionResponse":{"name":"g","response":{"error":"2"}}},)"
        R"({"functionResponse":{"name":"f","response":{"a":3}}}]}]})");
    const auto& results = request.messages.at(1).parts;
    CHECK(results[0].as<ToolResultPart>()->call_id == "call_g_0");
    CHECK(results[1].as<ToolResultPart>()->call_id == "own");
    CHECK(results[1].as<ToolResultPart>()->failed);
    CHECK(results[2].as<ToolResultPart>()->call_id == "call_g_1");
    CHECK(results[2].as<ToolResultPart>()->content.at(0).as<TextPart>()->text == R"({"a":3})");
  }

  TEST_CASE("thoughts in pieces become one, with its signature") {
    const ChatRequest request = read(
        R"({"contents":[{"role":"model","parts":[{"text":"a","thought":true},{"text":"b","thought":true},)"
        R"({"text":"","thought":true,"thoughtSignature":"Y2xhdWRlEqQB"},{"text":"","thought":true,"thoughtSignature":"cmVkYWN0Emw"},)"
        R"({"text":"x","thoughtSignature":"c2ln"}]}]})");
    const auto& parts = request.messages.at(0).parts;
    REQUIRE(parts.size() == 3);
    CHECK(parts[0].as<ThinkingPart>()->text == "ab");
    CHECK(parts[0].as<ThinkingPart>()->signature == "EqQB");
    CHECK(parts[1].as<RedactedThinkingPart>()->data == "Emw");
    CHECK(parts[2].signature == "gemini:c2ln");
  }

  TEST_CASE("thinking, formats and choices of tools") {
    using Mode = Thinking::Mode;
    const auto thinking = [](const std::string& config) {
      return read(withConfig(R"({"thinkingConfig":)" + config + "}"));
    };
    CHECK(thinking(R"({"thinkingBudget":0})").thinking.mode == Mode::Disabled);
    CHECK(thinking(R"({"thinkingBudget":-1})").thinking.mode == Mode::Adaptive);
    CHECK(thinking(R"({"thinkingBudget":99})").thinking.budget_tokens == 99);
    CHECK(thinking(R"({"thinkingLevel":"MINIMAL"})").effort == Effort::Minimal);
    CHECK(thinking(R"({"includeThoughts":true})").thinking.display == "summarized");
    CHECK(thinking(R"({"thinkingLevel":"WILD"})").extras.at(0).name ==
          "generationConfig.thinkingConfig");
    CHECK(read(withConfig(R"({"responseMimeType":"application/json"})")).response_format->mode ==
          ResponseFormat::Mode::JsonObject);
    CHECK(read(withConfig(
                   R"({"responseSchema":{"type":"OBJECT"},"responseMimeType":"application/json"})"))
              .response_format->schema == R"({"type":"object"})");
    const auto choice = [](const std::string& config) {
      return read(R"({"contents":[{"parts":[]}],"toolConfig":{"functionCallingConfig":)" + config +
                  "}}");
    };
    CHECK(choice(R"({"mode":"ANY"})").tool_choice->mode == ToolChoice::Mode::Required);
    CHECK(choice(R"({"mode":"ANY","allowedFunctionNames":["f"]})").tool_choice->name == "f");
    CHECK(
        choice(R"({"mode":"ANY","allowedFunctionNames":["f","g"]})").tool_choice->allowed.size() ==
        2);
    CHECK(choice(R"({"mode":"VALIDATED"})").extras.at(0).name ==
          "toolConfig.functionCallingConfig");
  }

  TEST_CASE("countTokens may wrap its request, and mlx members are no part of it") {
    const ChatRequest request = read(
        R"({"generateContentRequest":{"model":"models/gemini-x","contents":[{"parts":[{"text":"Hi"}]}],"mlx:trace":true}})");
    CHECK(request.model == "gemini-x");
    CHECK(request.messages.size() == 1);
    CHECK(request.extras.empty());
  }

  TEST_CASE("what is wrong is named") {
    CHECK(errorOf("{}") == "missing_field contents");
    CHECK(errorOf("[]") == "invalid_type ");
    CHECK(errorOf(R"({"contents":[{"role":"system","parts":[]}]})") ==
          "invalid_value contents[0].role");
    CHECK(errorOf(R"({"contents":[{"parts":[{"text":5}]}]})") ==
          "invalid_type contents[0].parts[0].text");
    CHECK(errorOf(R"({"contents":[{"parts":[{"functionCall":{}}]}]})") ==
          "missing_field contents[0].parts[0].functionCall.name");
    CHECK(errorOf(withConfig(R"({"temperature":"hot"})")) ==
          "invalid_type generationConfig.temperature");
  }
}
