#include "dialect/gemini_request.h"

#include "dialect/gemini_input.h"
#include "dialect/gemini_wire.h"
#include "dialect/request_fields.h"
#include "json/raw.h"

namespace penstock::dialect {
namespace {

constexpr size_t kMaxModelBytes = 256;
constexpr int64_t kMaxCandidates = 128;

// Descends into "generateContentRequest", where countTokens has it.
Status scanBody(std::string_view text, const json::Limits& limits, GeminiRequest& request) {
  if (auto status = json::scanObject(text, request.body, limits, "the request body"); !status)
    return status;
  const json::Member* whole = findEither(request.body, "generateContentRequest");
  if (whole == nullptr || whole->kind != json::Kind::Object) return Unit{};
  return json::scanObject(whole->value, request.body, limits, "the request body");
}

void readConfig(FieldReader& fields, GeminiRequest& request) {
  const std::string_view key = spelling(request.body, "generationConfig");
  const json::Member* config = fields.find(key, json::Kind::Object);
  if (config == nullptr) return;
  if (auto status = json::scanObject(config->value, request.config, {}, key); !status) {
    if (!fields.error()) fields.error() = std::move(status).error();
    return;
  }
  FieldReader nested(request.config, std::string(key) + ".");
  readOutputLimit(nested, spelling(request.config, "maxOutputTokens"), request);
  request.choices =
      nested.integer(spelling(request.config, "candidateCount"), 1, kMaxCandidates).value_or(1);
  if (nested.error() && !fields.error()) fields.error() = std::move(nested.error());
}

// What it asks for bounds its cost, so that there must be no doubt of it.
void readTier(FieldReader& fields, GeminiRequest& request) {
  constexpr size_t kMaxTierBytes = 64;
  const std::string_view key = spelling(request.body, "serviceTier");
  request.service_tier = fields.string(key, kMaxTierBytes);
  if (request.body.find("serviceTier") != nullptr && request.body.find("service_tier") != nullptr)
    fields.fail("service_tier", "must not be there beside serviceTier");
}

void readContents(FieldReader& fields, GeminiRequest& request) {
  const json::Member* contents = fields.find("contents");
  if (contents == nullptr) return fields.failMissing("contents");
  const bool one = contents->kind == json::Kind::Object;
  if (!one && fields.find("contents", json::Kind::Array) == nullptr) return;
  if (json::rawEmpty(contents->value)) fields.fail("contents", "must not be empty");
  request.content = contents->value;
}

bool names(const json::Member* member, std::string_view word) {
  return member != nullptr && member->value.find(word) != std::string_view::npos;
}

}  // namespace

const json::Member* GeminiRequest::member(std::string_view camel) const {
  const json::Member* found = findEither(body, camel);
  return found != nullptr ? found : findEither(config, camel);
}

bool GeminiRequest::hasImages() const {
  return content.find("\"image/") != std::string_view::npos ||
         content.find("\"image\\/") != std::string_view::npos;
}

bool GeminiRequest::wantsJsonSchema() const {
  return member("responseSchema") != nullptr || member("responseJsonSchema") != nullptr ||
         config.find("_responseJsonSchema") != nullptr;
}

bool GeminiRequest::wantsJson() const {
  return wantsJsonSchema() || names(member("responseMimeType"), "json");
}

std::optional<double> GeminiRequest::temperature() const {
  const json::Member* found = config.find("temperature");
  return found == nullptr ? std::nullopt : json::rawDouble(found->value);
}

InputBound GeminiRequest::boundInput() const { return boundGeminiInput(*this); }

int64_t GeminiRequest::estimateInputTokens() const { return estimateGeminiInput(*this); }

// Also where an escape hides the word.
bool GeminiRequest::wantsAudio() const {
  const json::Member* modalities = member("responseModalities");
  return names(modalities, "AUDIO") || names(modalities, "\\u");
}

bool GeminiRequest::wantsImages() const {
  const json::Member* modalities = member("responseModalities");
  return names(modalities, "IMAGE") || names(modalities, "\\u");
}

bool GeminiRequest::searchesWeb() const {
  if (member("cachedContent") != nullptr) return true;  // which may hold tools
  return toolsName(body,
                   {"oogleSearch", "google_search", "nterpriseWebSearch", "enterprise_web_search"});
}

std::optional<GeminiPath> parseGeminiPath(std::string_view path) {
  const size_t colon = path.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::string_view model = path.substr(0, colon), verb = path.substr(colon + 1);
  if (verb == "generateContent") return GeminiPath{model, GeminiVerb::Generate};
  if (verb == "streamGenerateContent") return GeminiPath{model, GeminiVerb::Stream};
  if (verb == "countTokens") return GeminiPath{model, GeminiVerb::CountTokens};
  if (verb == "embedContent") return GeminiPath{model, GeminiVerb::EmbedContent};
  if (verb == "batchEmbedContents") return GeminiPath{model, GeminiVerb::BatchEmbedContents};
  return std::nullopt;
}

Result<GeminiRequest> parseGeminiContent(std::string_view text, const GeminiPath& path,
                                         const json::Limits& limits) {
  GeminiRequest request;
  if (auto status = scanBody(text, limits, request); !status) return std::move(status).error();
  FieldReader fields(request.body, "");
  request.model = path.model;
  request.stream = path.verb == GeminiVerb::Stream;
  if (path.model.empty() || path.model.size() > kMaxModelBytes)
    fields.fail("model", "must have 1 to 256 bytes");
  readContents(fields, request);
  readConfig(fields, request);
  readExtensions(fields, request);
  readTier(fields, request);
  request.has_tools = holdsElements(request.body, "tools");
  if (fields.error()) return std::move(*fields.error());
  return request;
}

json::Spliced encodeGeminiRequest(const GeminiRequest& request,
                                  const std::optional<int64_t>& max_tokens) {
  json::Splicer splicer(request.body);
  const std::string_view key = spelling(request.body, "generationConfig");
  bool limited = !max_tokens;
  for (size_t i = 0; i < request.body.size(); ++i) {
    const json::Member& member = request.body[i];
    if (member.key.starts_with("mlx:")) {
      splicer.removeMember(i);
    } else if (!limited && member.key == key) {
      const std::string_view limit = spelling(request.config, "maxOutputTokens");
      json::Splicer config(request.config);
      for (size_t at = 0; at < request.config.size(); ++at)
        if (request.config[at].key == limit) config.replaceValue(at, std::to_string(*max_tokens));
      if (!config.changed()) config.appendMember(limit, std::to_string(*max_tokens));
      splicer.replaceValue(i, config.build().str());
      limited = true;
    }
  }
  if (!limited)
    splicer.appendMember(key, "{\"maxOutputTokens\":" + std::to_string(*max_tokens) + "}");
  return splicer.build();
}

}  // namespace penstock::dialect
