#include "dialect/gemini_request_writer.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "dialect/anthropic_request_reader.h"
#include "dialect/gemini_request_reader.h"
#include "dialect/openai_chat_reader.h"
#include "json/document.h"
#include "support/fuzz.h"
#include "unit/dialect/random_chat.h"

using namespace penstock;
using namespace penstock::dialect;
using namespace penstock::test;

namespace {

// Everything that the model can hold of Gemini's, in the form that the writer uses where there are
// several: camelCase, JSON Schema, one tool with all functions, ids on calls.
class RandomRequest {
 public:
  explicit RandomRequest(std::mt19937& random) : r_(random) {}

  std::string make() {
    Members body;
    body.add("contents", contents());
    if (r_.chance(50))
      body.add("systemInstruction", "{\"parts\":" + arrayOf({text(), text()}) + "}");
    if (r_.chance(60)) addTools(body);
    if (r_.chance(70)) body.add("generationConfig", config());
    if (r_.chance(30)) body.add("safetySettings", R"([{"category":"X","threshold":"OFF"}])");
    if (r_.chance(20)) body.add("cachedContent", R"("cachedContents/1")");
    if (r_.chance(20)) body.add("labels", R"({"team":"ml"})");
    if (r_.chance(20)) body.add("serviceTier", R"("flex")");
    return body.shuffled(r_);
  }

 private:
  std::string contents() {
    std::vector<std::string> all;
    std::vector<std::string> open;
    all.push_back(content("user", userParts(open)));
    for (int i = r_.below(3); i > 0; --i) {
      all.push_back(content("model", modelParts(open)));
      all.push_back(content("user", userParts(open)));
    }
    return arrayOf(all);
  }

  std::string content(std::string_view role, std::vector<std::string> parts) {
    Members one;
    one.add("role", json::quoted(role)).add("parts", arrayOf(parts));
    if (r_.chance(5)) one.add("newMember", r_.object());
    return one.shuffled(r_);
  }

  std::string part(std::string_view key, std::string value, int signed_percent = 0) {
    Members one;
    one.add(key, std::move(value));
    if (r_.chance(signed_percent)) one.add("thoughtSignature", R"("c2ln")");
    if (r_.chance(5)) one.add("partMetadata", r_.object());
    return one.shuffled(r_);
  }
  std::string text(int signed_percent = 0) {
    return part("text", r_.quotedWords(), signed_percent);
  }

  std::string attachment() {
    switch (r_.below(5)) {
      case 0:
        return R"({"inlineData":{"mimeType":"image/png","data":"AA=="},"mediaResolution":{"level":"MEDIA_RESOLUTION_HIGH"}})";
      case 1:
        return part(
            "inlineData",
            r_.pick({R"({"mimeType":"audio/wav","data":"AA=="})",
                     R"({"mimeType":"application/pdf","data":"AA==","displayName":"a b"})"}));
      case 2:
        return part("fileData",
                    r_.pick({R"({"fileUri":"gs://b/x","mimeType":"video/mp4"})",
                             R"({"fileUri":"https://a.example/x.png","mimeType":"image/png"})",
                             R"({"fileUri":"https://www.youtube.com/watch?v=1"})"}));
      case 3: return part("inlineData", R"({"mimeType":"video/mp4","data":"AA=="})");
      default:
        return R"({"videoMetadata":{"fps":2},"fileData":{"fileUri":"gs://b/x","mimeType":"video/mp4"}})";
    }
  }

  std::vector<std::string> userParts(std::vector<std::string>& open) {
    std::vector<std::string> parts;
    for (const std::string& id : open) parts.push_back(result(id));
    open.clear();
    parts.push_back(text());
    if (r_.chance(30)) parts.push_back(attachment());
    return parts;
  }

  std::string result(const std::string& id) {
    Members one;
    one.add("id", json::quoted(id)).add("name", "\"f_" + id + "\"");
    one.add("response",
            r_.pick({R"({"output":"words"})", R"({"error":"words"})", R"({"a":[1,{"b":2}]})",
                     R"({"output":{"a":1}})", R"({"output":"{}"})", R"({"error":{"code":5}})",
                     R"({"output":"x","error":"y"})", R"({})", R"({"output":""})"}));
    if (r_.chance(20))
      one.add("parts", arrayOf({R"({"inlineData":{"mimeType":"image/png","data":"AA=="}})"}));
    if (r_.chance(10)) one.add("scheduling", R"("SILENT")");
    return part("functionResponse", one.shuffled(r_));
  }

  std::vector<std::string> modelParts(std::vector<std::string>& open) {
    std::vector<std::string> parts;
    if (r_.chance(40))
      parts.push_back(r_.pick({R"({"text":"hm","thought":true})",
                               R"({"text":"hm","thought":true,"thoughtSignature":"c2ln"})"}));
    if (r_.chance(70)) parts.push_back(text(30));
    if (r_.chance(10)) parts.push_back(R"({"executableCode":{"language":"PYTHON","code":"1"}})");
    for (int i = r_.chance(40) ? r_.below(3) : 0; i > 0; --i) {
      const std::string id = "c" + std::to_string(++calls_);
      Members one;
      one.add("id", json::quoted(id)).add("name", "\"f_" + id + "\"").add("args", r_.object());
      parts.push_back(part("functionCall", one.shuffled(r_), 50));
      open.push_back(id);
    }
    if (parts.empty()) parts.push_back(text());
    return parts;
  }

  void addTools(Members& body) {
    std::vector<std::string> functions;
    for (int i = 0; i < 2; ++i) {
      Members one;
      one.add("name", json::quoted("f" + std::to_string(i)));
      if (r_.chance(60)) one.add("description", r_.quotedWords());
      if (r_.chance(80)) one.add("parametersJsonSchema", r_.schema());
      if (r_.chance(10)) one.add("behavior", R"("BLOCKING")");
      functions.push_back(one.shuffled(r_));
    }
    std::vector<std::string> tools = {"{\"functionDeclarations\":" + arrayOf(functions) + "}"};
    if (r_.chance(30)) tools.push_back(R"({"googleSearch":{}})");
    body.add("tools", arrayOf(tools));
    if (r_.chance(50))
      body.add(
          "toolConfig",
          r_.pick(
              {R"({"functionCallingConfig":{"mode":"AUTO"}})",
               R"({"functionCallingConfig":{"mode":"NONE"}})",
               R"({"functionCallingConfig":{"mode":"ANY"}})",
               R"({"functionCallingConfig":{"mode":"VALIDATED","newMember":1}})",
               R"({"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f0"]}})",
               R"({"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f0","f1"]},"retrievalConfig":{}})"}));
  }

  std::string config() {
    Members config;
    for (const char* key : {"temperature", "topP", "presencePenalty", "frequencyPenalty"})
      if (r_.chance(20)) config.add(key, r_.number());
    for (const char* key : {"topK", "seed", "maxOutputTokens"})
      if (r_.chance(20)) config.add(key, std::to_string(1 + r_.below(5000)));
    if (r_.chance(10)) config.add("candidateCount", "3");
    if (r_.chance(20)) config.add("stopSequences", arrayOf({r_.quotedWords(), R"(" ")"}));
    if (r_.chance(20)) config.add("responseModalities", R"(["TEXT"])");
    if (r_.chance(40))
      config.add("thinkingConfig", r_.pick({R"({"thinkingLevel":"HIGH"})",
                                            R"({"thinkingLevel":"LOW","includeThoughts":true})",
                                            R"({"includeThoughts":false})", R"({"newMember":1})"}));
    if (r_.chance(40)) {
      const int form = r_.below(4);
      config.add("responseMimeType", form == 0   ? R"("text/plain")"
                                     : form == 1 ? R"("text/x.enum")"
                                                 : R"("application/json")");
      if (form == 3) config.add("responseJsonSchema", r_.schema());
    }
    config.add("speechConfig", "{}");
    return config.shuffled(r_);
  }

  RandomJson r_;
  int calls_ = 0;
};

std::string written(const Result<ChatRequest>& request, std::string_view model, Losses& losses) {
  REQUIRE(request);
  const auto body = writeGeminiContent(*request, geminiTargetOf(model), losses);
  return body ? body->body : body.error().message;
}

std::string fromOpenAi(const std::string& members, std::string_view model = "gemini-3-flash") {
  Losses losses(Dialect::OpenAi);
  return written(readOpenAiChat(R"({"model":"m",)" + members + "}"), model, losses);
}

const std::string kUser = R"({"role":"user","content":"x"})";
const std::string kLoop =
    R"({"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},)"
    R"({"id":"c2","type":"function","function":{"name":"g","arguments":"{}"}}]},)"
    R"({"role":"tool","tool_call_id":"c1","content":"1"},{"role":"tool","tool_call_id":"c2","content":"2"})";

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("dialect/gemini_request_writer") {
  TEST_CASE("what was read of Gemini's is written for Gemini as it was") {
    Fuzz fuzz(3000);
    RandomRequest requests(fuzz.random);
    GeminiTarget target = geminiTargetOf("gemini-3-flash");
    target.signed_calls = false;
    for (int i = 0; i < fuzz.rounds; ++i) {
      const std::string body = requests.make();
      INFO(body);
      const auto request = readGeminiContent(body);
      REQUIRE(request);
      Losses losses(Dialect::Gemini, OnLoss::Refuse);
      const auto again = writeGeminiContent(*request, target, losses);
      REQUIRE(again);
      REQUIRE(sorted(again->body) == sorted(body));
      REQUIRE(losses.all().empty());
    }
  }

  TEST_CASE("Google's own schemas stay for models that know nothing else") {
    const std::string body =
        R"({"contents":[{"role":"user","parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[)"
        R"({"name":"f","parameters":{"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true}}}}]}]})";
    Losses losses(Dialect::Gemini);
    CHECK(sorted(written(readGeminiContent(body), "gemini-2.0-flash", losses)) == sorted(body));
    CHECK(losses.all().empty());
  }

  TEST_CASE("calls without a signature are marked, the first of a step in the turn under way") {
    const std::string now = fromOpenAi("\"messages\":[" + kUser + "," + kLoop + "]");
    const size_t mark = now.find("skip_thought_signature_validator");
    REQUIRE(mark != std::string::npos);
    CHECK(now.find("skip_thought_signature_validator", mark + 1) == std::string::npos);
    CHECK(mark < now.find("\"name\":\"g\""));
    // Words beside results: whether these end the turn nobody says, and a mark too many is none.
    CHECK(has(fromOpenAi("\"messages\":[" + kUser + "," + kLoop + "," + kUser + "]"), "skip_"));
    const std::string reply = R"({"role":"assistant","content":"So."})";
    CHECK_FALSE(
        has(fromOpenAi("\"messages\":[" + kUser + "," + kLoop + "," + reply + "," + kUser + "]"),
            "skip_"));
    CHECK_FALSE(
        has(fromOpenAi("\"messages\":[" + kUser + "," + kLoop + "]", "gemini-2.5-pro"), "skip_"));
  }

  TEST_CASE("signatures come back from either surface") {
    const std::string openai =
        R"({"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"},)"
        R"("extra_content":{"google":{"thought_signature":"c2ln"}}}]},{"role":"tool","tool_call_id":"c1","content":"1"})";
    CHECK(has(fromOpenAi("\"messages\":[" + kUser + "," + openai + "]"),
              R"("thoughtSignature":"c2ln")"));
    const auto anthropic = [](const std::string& signature) {
      Losses losses(Dialect::Anthropic);
      return written(
          readAnthropicMessages(
              R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[)"
              R"({"type":"thinking","thinking":"hm","signature":")" +
              signature +
              R"("},{"type":"tool_use","id":"t","name":"f","input":{}}]},)"
              R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"1"}]}]})"),
          "gemini-3-pro", losses);
    };
    CHECK(has(anthropic("gemini:c2ln"), R"("args":{}},"thoughtSignature":"c2ln")"));
    CHECK(has(anthropic("EqQB"), "skip_thought_signature_validator"));
    CHECK_FALSE(has(anthropic("EqQB"), "EqQB"));
  }

  TEST_CASE("results are objects, under the name of their call") {
    const std::string body = fromOpenAi(
        "\"messages\":[" + kUser +
        R"(,{"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":""}}]},)"
        R"({"role":"tool","tool_call_id":"c1","content":"[1]"}])");
    CHECK(has(body, R"({"functionResponse":{"id":"c1","name":"f","response":{"output":"[1]"}}})"));
    CHECK_FALSE(
        has(fromOpenAi("\"messages\":[" + kUser + "," + kLoop + "]", "gemini-2.5-pro"), "\"id\""));
  }

  TEST_CASE("what cannot be told is refused or reported") {
    CHECK(has(fromOpenAi("\"messages\":[" + kUser + "],\"n\":2"), "asks for several answers"));
    CHECK(has(fromOpenAi(R"("messages":[{"role":"user","content":""}])"), "none says anything"));
    CHECK(has(
        fromOpenAi(
            R"("messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"f1"}}]}])"),
        "only its own provider has"));
    CHECK(
        has(fromOpenAi("\"messages\":[" + kLoop.substr(0, kLoop.find(",{\"role\":\"tool\"")) + "]"),
            "the tool call has no result"));
    Losses losses(Dialect::OpenAi);
    written(
        readOpenAiChat(
            R"({"model":"m","messages":[)" + kUser +
            R"(],"parallel_tool_calls":false,"tools":[{"type":"function","function":{"name":"f","strict":true}}],)"
            R"("stop":["1","2","3","4"],"logit_bias":{"1":2},"service_tier":"flex","user":"u"})"),
        "gemini-3-pro", losses);
    CHECK(losses.header() ==
          "tools.function.strict, parallel_tool_calls, service_tier, user, logit_bias");
  }

  TEST_CASE("old models get no answer in JSON beside tools") {
    const std::string members =
        "\"messages\":[" + kUser +
        R"(],"response_format":{"type":"json_object"},"tools":[{"type":"function","function":{"name":"f"}}])";
    CHECK_FALSE(has(fromOpenAi(members, "gemini-2.5-pro"), "responseMimeType"));
    CHECK(has(fromOpenAi(members, "gemini-3-pro"), "responseMimeType"));
  }

  TEST_CASE("an address without a type is given the likeliest") {
    const auto image = [](const std::string& url) {
      return fromOpenAi(
          R"("messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":")" +
          url + "\"}}]}]");
    };
    CHECK(has(image("https://a.example/b.WEBP?x=1"), R"("mimeType":"image/webp")"));
    CHECK(has(image("https://a.example/b"), R"("mimeType":"image/jpeg")"));
  }
}
