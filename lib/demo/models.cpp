#include "demo/models.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "demo/answer.h"
#include "demo/faults.h"
#include "json/writer.h"

namespace penstock::demo {
namespace {

constexpr std::array kModels{kChatModel,   kEmbeddingModel,  kImageModel,
                             kSpeechModel, kTranscribeModel, kModerationModel};
constexpr int64_t kCreated = 1'767'225'600;  // 2026-01-01: a fixed answer is a testable one

void writeModel(json::Writer& writer, std::string_view id) {
  writer.beginObject().field("id", id).field("object", "model");
  writer.field("created", kCreated).field("owned_by", "penstock").endObject();
}

bool isModel(std::string_view base) {
  return std::find(kModels.begin(), kModels.end(), base) != kModels.end();
}

}  // namespace

std::span<const std::string_view> demoModels() { return kModels; }

Status checkModel(std::string_view base, std::string_view served) {
  if (base == served) return Unit{};
  if (isModel(base)) return unknownModel(base, fmt::format("for this endpoint use '{}'", served));
  std::string names;
  for (const std::string_view name : kModels)
    names += fmt::format("{}'{}'", names.empty() ? "" : ", ", name);
  return unknownModel(base, "the demo provider has " + names);
}

void answerModelList(const http::ExchangePtr& exchange) {
  std::string body;
  json::Writer writer(body);
  writer.beginObject().field("object", "list").key("data").beginArray();
  for (const std::string_view id : kModels) writeModel(writer, id);
  writer.endArray().endObject();
  exchange->respond(jsonAnswer(std::move(body)));
}

void answerModel(const http::ExchangePtr& exchange) {
  const std::string_view id = exchange->request().param("id");
  const auto parsed = parseModelName(id);
  if (!parsed) return exchange->respond(errorAnswer(parsed.error()));
  if (!isModel(parsed->base)) {
    return exchange->respond(errorAnswer(checkModel(parsed->base, kChatModel).error()));
  }
  std::string body;
  json::Writer writer(body);
  writeModel(writer, id);
  exchange->respond(jsonAnswer(std::move(body)));
}

}  // namespace penstock::demo
