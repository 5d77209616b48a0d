// The golden cases of tests/golden/translate: a caller's request and a provider's answer, stream
// and error as they are on the wire, with what they become and the report of what was lost.
// PENSTOCK_ACCEPT=1 writes the latter instead.
//
//   <caller>_to_<provider>/<case>/request.json          → provider_request.json, losses.txt
//                                 provider_answer.json  → answer.json
//                                 provider_stream.sse   → stream.sse, stream.txt (how it ended)
//                                 provider_error.json   → error.json (status: its HTTP status)
//                                 target                  the provider's model
//
// The pairs of Gemini and Bedrock take requests and answers from wherever they are: what is in
// tests/golden/gemini and tests/golden/bedrock, and the cases of the other pairs. Bedrock's streams
// are lines, "event messageStart {…}", that are put into frames here.
#include "dialect/translate.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "dialect/responses_echo.h"
#include "json/document.h"
#include "unit/dialect/aws_frames.h"
#include "unit/dialect/chat_samples.h"

using namespace penstock;
using namespace penstock::dialect;
using namespace penstock::test;
namespace fs = std::filesystem;

namespace {

const fs::path kGolden = fs::path(__FILE__).parent_path() / "../../golden";
const fs::path kFolder = kGolden / "translate";
constexpr const char* kFeatures[] = {
    "text",   "system",  "multi_turn",  "tools",      "parallel_tools", "tool_results",
    "image",  "pdf",     "json_schema", "thinking",   "forced_tool",    "stop",
    "length", "refusal", "error",       "usage_cache"};

std::string readFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void checkGolden(const fs::path& path, const std::string& text) {
  if (std::getenv("PENSTOCK_ACCEPT") != nullptr) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return;
  }
  CHECK_MESSAGE(readFile(path) == text, path.string());
}

struct Case {
  Dialect caller, provider;
  fs::path folder;           // of what becomes of them
  fs::path asked, answered;  // of the request and of the provider's part

  ChatTarget target() const {
    std::string model = readFile(answered / "target");
    if (!model.empty()) model.pop_back();
    if (provider == Dialect::Gemini)
      return geminiTargetOf(model.empty() ? "gemini-3-pro-preview" : model);
    if (provider == Dialect::Bedrock)
      return bedrockTargetOf(model.empty() ? "us.anthropic.claude-opus-4-6-v1" : model);
    if (provider == Dialect::Anthropic)
      return anthropicTargetOf(model.empty() ? "claude-opus-4-6" : model);
    if (model.empty()) model = "gpt-5.1";
    if (provider == Dialect::Responses) return responsesTargetOf(model);
    return openAiTargetOf(model);
  }
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto& [name, caller, provider] :
       {std::tuple{"openai_to_anthropic", Dialect::OpenAi, Dialect::Anthropic},
        std::tuple{"anthropic_to_openai", Dialect::Anthropic, Dialect::OpenAi},
        std::tuple{"openai_to_responses", Dialect::OpenAi, Dialect::Responses},
        std::tuple{"anthropic_to_responses", Dialect::Anthropic, Dialect::Responses},
        std::tuple{"responses_to_openai", Dialect::Responses, Dialect::OpenAi},
        std::tuple{"responses_to_anthropic", Dialect::Responses, Dialect::Anthropic}}) {
    for (const auto& entry : fs::directory_iterator(kFolder / name))
      all.push_back({caller, provider, entry.path(), entry.path(), entry.path()});
  }
  return all;
}

// Those of one pair that is put together.
std::vector<Case> casesOf(const char* name, Dialect caller, Dialect provider) {
  const std::map<Dialect, fs::path> asked = {{Dialect::OpenAi, kFolder / "openai_to_anthropic"},
                                             {Dialect::Anthropic, kFolder / "anthropic_to_openai"},
                                             {Dialect::Responses, kFolder / "responses_to_openai"},
                                             {Dialect::Gemini, kGolden / "gemini"}};
  const std::map<Dialect, fs::path> answered = {
      {Dialect::OpenAi, kFolder / "anthropic_to_openai"},
      {Dialect::Anthropic, kFolder / "openai_to_anthropic"},
      {Dialect::Responses, kFolder / "openai_to_responses"},
      {Dialect::Gemini, kGolden / "gemini"},
      {Dialect::Bedrock, kGolden / "bedrock"}};
  std::set<std::string> names(std::begin(kFeatures), std::end(kFeatures));
  if (provider != Dialect::OpenAi && provider != Dialect::Anthropic) {
    for (const auto& entry : fs::directory_iterator(answered.at(provider)))
      names.insert(entry.path().filename().string());
  }
  std::vector<Case> all;
  for (const std::string& feature : names)
    all.push_back({caller, provider, kFolder / name / feature, asked.at(caller) / feature,
                   answered.at(provider) / feature});
  return all;
}

std::string shown(const Losses& losses) {
  constexpr const char* kKinds[] = {"changed", "hint", "dropped", "refused"};
  std::string text;
  for (const Loss& loss : losses.all())
    text += std::string(kKinds[static_cast<size_t>(loss.kind)]) + " " + loss.field + ": it " +
            loss.reason + "\n";
  return text;
}

// Writes the request, checks it and answers what reading the answer needs.
AnswerOptions checkRequest(const Case& one) {
  AnswerOptions options{.id = "none-1",
                        .model = "served",
                        .created = 1'764'000'000,
                        .usage = UsageChunk::Send,
                        .input_estimate = 33};
  const std::string body = readFile(one.asked / "request.json");
  if (body.empty()) return options;
  if (one.caller == Dialect::Responses) options.responses_echo = responsesEcho(body);
  const auto request = readChat(one.caller, body);
  if (!request) {
    const std::string error = renderError(one.caller, request.error(), "req_1");
    checkGolden(one.folder / "provider_request.json", pretty(error));
    return options;
  }
  Losses losses(one.caller);
  const auto written = writeChat(*request, one.target(), losses);
  checkGolden(one.folder / "losses.txt", shown(losses));
  const std::string text =
      written ? written->body : renderError(one.caller, written.error(), "req_1");
  REQUIRE(json::parse(text));
  checkGolden(one.folder / "provider_request.json", pretty(text));
  if (written) options.context = written->context;
  return options;
}

std::string ended(const ChatStream& stream) {
  constexpr const char* kPhases[] = {"waiting", "streaming", "done", "failed"};
  constexpr const char* kFailures[] = {"", " by the provider's error", " on garbage", " by a cut"};
  const model::Usage& usage = stream.usage();
  return std::string(kPhases[static_cast<size_t>(stream.phase())]) +
         kFailures[static_cast<size_t>(stream.failure())] +
         (stream.released() ? ", released" : ", held") + "\nmodel " + stream.model() + "\ninput " +
         std::to_string(usage.input()) + ", output " + std::to_string(usage.output()) + ", about " +
         std::to_string(stream.estimatedOutputTokens()) + "\n";
}

void checkStream(const Case& one, const AnswerOptions& options) {
  std::string bytes = readFile(one.answered / "provider_stream.sse");
  if (bytes.empty()) bytes = framesOf(readFile(one.answered / "provider_stream.frames"));
  if (bytes.empty()) return;
  const auto whole = [&](size_t cut) {
    const auto stream = translateStream(one.provider, one.caller, options);
    stream->setTrace([] { return std::string(R"({"n":1})"); });
    std::string out;
    stream->feed(std::string_view(bytes).substr(0, cut), out);
    stream->feed(std::string_view(bytes).substr(cut), out);
    stream->finish(out);
    return std::pair(out, ended(*stream));
  };
  const auto [out, end] = whole(0);
  checkGolden(one.folder / "stream.sse", out);
  checkGolden(one.folder / "stream.txt", end);
  for (size_t cut = 1; cut < bytes.size(); ++cut) {
    const auto [split, split_end] = whole(cut);
    REQUIRE_MESSAGE(split == out, one.folder.string(), " cut at ", cut);
    REQUIRE(split_end == end);
  }
}

void checkCase(const Case& one) {
  INFO(one.folder.string());
  const AnswerOptions options = checkRequest(one);
  checkStream(one, options);
  if (const std::string answer = readFile(one.answered / "provider_answer.json"); !answer.empty()) {
    Losses losses(one.caller);
    const auto told = translateAnswer(one.provider, one.caller, answer, options, losses);
    REQUIRE(told);
    checkGolden(one.folder / "answer.json", pretty(*told));
  }
  if (const std::string error = readFile(one.answered / "provider_error.json"); !error.empty()) {
    const int status = std::stoi(readFile(one.answered / "status"));
    const std::string told = translateError(one.provider, one.caller, error, status, "req_1");
    checkGolden(one.folder / "error.json", pretty(told));
  }
}

}  // namespace

TEST_SUITE("dialect/translate") {
  TEST_CASE("requests, answers, streams and errors become what the golden files say") {
    std::map<std::string, std::set<std::string>> seen;  // by caller and provider
    for (const Case& one : cases()) {
      const std::string pair = one.folder.parent_path().filename().string();
      seen[pair].insert(one.folder.filename().string());
      checkCase(one);
    }
    for (const auto& pair : seen)
      for (const char* needed : kFeatures)
        CHECK_MESSAGE(pair.second.contains(needed), pair.first, " ", needed);
  }

  TEST_CASE("so do those of Gemini and Bedrock, with every other dialect") {
    for (const auto& [name, caller, provider] :
         {std::tuple{"gemini_to_openai", Dialect::Gemini, Dialect::OpenAi},
          std::tuple{"gemini_to_anthropic", Dialect::Gemini, Dialect::Anthropic},
          std::tuple{"gemini_to_responses", Dialect::Gemini, Dialect::Responses},
          std::tuple{"gemini_to_bedrock", Dialect::Gemini, Dialect::Bedrock},
          std::tuple{"responses_to_gemini", Dialect::Responses, Dialect::Gemini},
          std::tuple{"responses_to_bedrock", Dialect::Responses, Dialect::Bedrock},
          std::tuple{"openai_to_gemini", Dialect::OpenAi, Dialect::Gemini},
          std::tuple{"anthropic_to_gemini", Dialect::Anthropic, Dialect::Gemini},
          std::tuple{"openai_to_bedrock", Dialect::OpenAi, Dialect::Bedrock},
          std::tuple{"anthropic_to_bedrock", Dialect::Anthropic, Dialect::Bedrock}})
      for (const Case& one : casesOf(name, caller, provider)) checkCase(one);
  }
}
