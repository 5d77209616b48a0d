// Requests: whatever the bytes are, reading them ends; what is read can be written for every
// dialect as JSON that is read again; what the view for policy takes can be spliced as JSON.
#include <algorithm>
#include <string>
#include <string_view>

#include "dialect/anthropic_request.h"
#include "dialect/file_references.h"
#include "dialect/gemini_embed_request.h"
#include "dialect/gemini_request.h"
#include "dialect/openai_embeddings.h"
#include "dialect/openai_encode.h"
#include "dialect/openai_request.h"
#include "dialect/responses_echo.h"
#include "dialect/responses_history.h"
#include "dialect/responses_request.h"
#include "dialect/translate.h"
#include "fuzz/targets.h"
#include "json/scan.h"

namespace penstock::fuzz {
namespace {

using namespace dialect;

void requireJson(std::string_view text) { require(penstock::json::validate(text).has_value()); }

void writeForAll(const ChatRequest& request, Dialect caller) {
  for (const ChatTarget& target :
       {ChatTarget(OpenAiTarget{.model = "m"}), ChatTarget(openAiTargetOf("gpt-5.6")),
        ChatTarget(responsesTargetOf("gpt-5.1")), ChatTarget(responsesTargetOf("gpt-4o")),
        ChatTarget(anthropicTargetOf("claude-3-haiku-20240307")),
        ChatTarget(anthropicTargetOf("claude-sonnet-4-5")),
        ChatTarget(anthropicTargetOf("claude-opus-5")),
        ChatTarget(geminiTargetOf("gemini-2.0-flash")), ChatTarget(geminiTargetOf("gemini-3-pro")),
        ChatTarget(bedrockTargetOf("anthropic.claude-sonnet-4-5-v1:0")),
        ChatTarget(bedrockTargetOf("us.amazon.nova-pro-v1:0"))}) {
    Losses losses(caller);
    const auto written = writeChat(request, target, losses);
    if (!written) continue;
    requireJson(written->body);
    if (dialectOf(target) != Dialect::Bedrock)
      require(readChat(dialectOf(target), written->body).has_value());
  }
}

void translate(Dialect caller, std::string_view bytes) {
  const auto request = readChat(caller, bytes);
  if (request) return writeForAll(*request, caller);
  requireJson(renderError(caller, request.error(), "r"));
}

void askAll(const ChatView& view) {
  require(view.maxInputTokens() >= 0 && view.estimateInputTokens() >= 0);
  view.hasImages();
  view.wantsJson();
  view.wantsAudio();
  view.searchesWeb();
  view.temperature();
  if (const std::string schema = view.jsonSchema(); !schema.empty()) requireJson(schema);
}

// Files by ids: whatever is found can be replaced.
void placeFiles(Dialect caller, const ChatView& view) {
  const auto references = fileReferences(caller, view);
  if (!references) return;
  require(references->empty() || mayNameFiles(caller, view));
  for (const InlineFile& file :
       {InlineFile{"a", "text/plain", "x\"y"}, InlineFile{"b.png", "image/png", "\x89PNG\xFF"},
        InlineFile{"c.pdf", "application/pdf", "%PDF"}}) {
    Replacements replacements;
    for (const FileReference& one : *references)
      if (!one.place.empty()) replacements.emplace_back(one.place, inlineFile(caller, one, file));
    std::ranges::sort(replacements, {}, [](const auto& one) { return one.first.data(); });
    requireJson(replaceIn(view.body.text(), replacements));
  }
}

}  // namespace

void requestOpenAi(std::string_view bytes) {
  if (const auto view = parseOpenAiChat(bytes)) {
    askAll(*view);
    placeFiles(Dialect::OpenAi, *view);
    requireJson(encodeOpenAiRequest(*view, "m", StreamUsage::Request, OutputLimit{7}).str());
  }
  translate(Dialect::OpenAi, bytes);
}

void requestResponses(std::string_view bytes) {
  requireJson("{" + responsesEcho(bytes) + "}");
  if (const auto view = parseResponses(bytes)) {
    askAll(*view);
    placeFiles(Dialect::Responses, *view);
    requireJson(encodeResponsesRequest(*view, "m", 7).str());
    requireJson(inputItems(*view));
    ResponsesHistory history{.items = R"([{"role":"user","content":"x"}])"};
    for (const std::string& id : referencedItems(*view))
      history.referenced[id] = R"({"role":"user","content":"y"})";
    requireJson(withHistory(*view, history));
  }
  translate(Dialect::Responses, bytes);
}

void requestAnthropic(std::string_view bytes) {
  if (const auto view = parseAnthropicMessages(bytes)) {
    askAll(*view);
    placeFiles(Dialect::Anthropic, *view);
    static_cast<void>(checkAnthropicVersion(*view, "2026-10-21"));
    requireJson(encodeAnthropicRequest(*view, "m", 7).str());
  }
  if (const auto view = parseAnthropicCountTokens(bytes)) askAll(*view);
  translate(Dialect::Anthropic, bytes);
}

void requestGemini(std::string_view bytes) {
  for (const GeminiVerb verb : {GeminiVerb::Stream, GeminiVerb::CountTokens}) {
    const auto view = parseGeminiContent(bytes, {"m", verb});
    if (!view) continue;
    askAll(*view);
    requireJson(encodeGeminiRequest(*view, 7).str());
  }
  translate(Dialect::Gemini, bytes);
}

void requestEmbeddings(std::string_view bytes) {
  for (const GeminiVerb verb : {GeminiVerb::EmbedContent, GeminiVerb::BatchEmbedContents}) {
    const auto view = parseGeminiEmbeddings(bytes, {"m", verb});
    if (!view) continue;
    askAll(*view);
    requireJson(encodeGeminiEmbeddings(*view, "n", 7).str());
    if (const auto read = readGeminiEmbeddings(*view)) {
      Losses losses(Dialect::Gemini);
      requireJson(writeOpenAiEmbeddings(*read, "m", 7, losses));
    }
  }
  if (const auto view = parseOpenAiEmbeddings(bytes)) {
    askAll(*view);
    requireJson(encodeOpenAiEmbeddings(*view, "text-embedding-3-small", 8).str());
  }
  std::string answer(bytes);
  if (fitEmbeddings(answer, 2, "text-embedding-3-small")) {
    requireJson(answer);
  } else {
    require(answer == bytes);
  }
}

}  // namespace penstock::fuzz
