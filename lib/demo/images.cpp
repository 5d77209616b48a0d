#include "demo/images.h"

#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/base64.h"
#include "demo/answer.h"
#include "demo/delivery.h"
#include "demo/fields.h"
#include "demo/form.h"
#include "demo/hash.h"
#include "demo/models.h"
#include "demo/png.h"
#include "demo/tokenizer.h"
#include "http/sse.h"
#include "json/document.h"
#include "json/writer.h"

namespace penstock::demo {
namespace {

constexpr int64_t kCreated = 1'767'225'600;  // 2026-01-01: a fixed answer is a testable one
constexpr uint64_t kMaxImages = 10;
constexpr uint64_t kMaxPartialImages = 3;
constexpr uint64_t kTokensAnImage = 64;
constexpr uint64_t kTokensAnInput = 16;

struct ImageRequest {
  Faults faults;
  std::string prompt;
  uint64_t seed = 0;  // of the pictures
  uint64_t count = 1;
  uint64_t partial = 0;
  uint64_t given = 0;  // pictures that came with it
  bool stream = false;
  bool as_url = false;
  std::string_view event;  // "image_generation"

  uint64_t tokens() const { return count * kTokensAnImage; }
  std::string picture(uint64_t i) const { return encodeBase64(drawPng(seed + i)); }
};

void writeUsage(json::Writer& out, const ImageRequest& request) {
  if (request.faults.usage == Faults::Usage::Withheld) return;
  const uint64_t text = countTokens(request.prompt);
  const uint64_t images = request.given * kTokensAnInput;
  out.key("usage").beginObject().field("input_tokens", text + images);
  out.field("output_tokens", request.tokens());
  out.field("total_tokens", text + images + request.tokens());
  out.key("input_tokens_details").beginObject().field("text_tokens", text);
  out.field("image_tokens", images).endObject().endObject();
}

std::string imagesBody(const ImageRequest& request) {
  std::string body;
  json::Writer out(body);
  out.beginObject().field("created", kCreated).key("data").beginArray();
  for (uint64_t i = 0; i < request.count; ++i) {
    const std::string picture = request.picture(i);
    out.beginObject();
    request.as_url ? out.field("url", "data:image/png;base64," + picture)
                   : out.field("b64_json", picture);
    out.endObject();
  }
  out.endArray().field("output_format", "png").field("size", "64x64");
  writeUsage(out, request);
  out.endObject();
  return body;
}

// Partial pictures, then the whole one.
class ImageEvents final : public EventSource {
 public:
  explicit ImageEvents(ImageRequest request) : request_(std::move(request)) {}
  bool next(std::string& event) override {
    if (sent_ > request_.partial) return false;
    const bool last = sent_ == request_.partial;
    std::string data;
    json::Writer out(data);
    const std::string type = std::string(request_.event) + (last ? ".completed" : ".partial_image");
    out.beginObject().field("type", type).field("created_at", kCreated);
    out.field("b64_json", request_.picture(last ? 0 : sent_ + 1));
    if (!last) out.field("partial_image_index", sent_);
    if (last) writeUsage(out, request_);
    out.field("size", "64x64").field("output_format", "png").endObject();
    event.clear();
    http::appendSseEvent(event, type, data);
    ++sent_;
    return true;
  }

 private:
  const ImageRequest request_;
  uint64_t sent_ = 0;
};

Status readChoices(json::ValueRef root, ImageRequest& request) {
  std::optional<uint64_t> count, partial;
  Status read = readCount(root, "n", 1, kMaxImages, count);
  if (read) read = readCount(root, "partial_images", 0, kMaxPartialImages, partial);
  if (read) read = readFlag(root, "stream", request.stream);
  request.count = count.value_or(1);
  request.partial = partial.value_or(0);
  request.as_url = root.stringAt("response_format") == "url";
  return read;
}

Result<ImageRequest> parseGeneration(std::string_view body) {
  auto document = json::parse(body);
  if (!document) return std::move(document).error();
  const json::ValueRef root = document->root();
  auto model = readModel(root);
  if (!model) return std::move(model).error();
  if (Status known = checkModel(model->base, kImageModel); !known) return std::move(known).error();
  ImageRequest request{.faults = model->faults, .event = "image_generation"};
  auto prompt = root.get("prompt");
  if (!prompt) return std::move(prompt).error();
  auto text = prompt->getString();
  if (!text) return std::move(text).error();
  request.prompt = *text;
  request.seed = hashText(request.prompt);
  if (Status read = readChoices(root, request); !read) return std::move(read).error();
  return request;
}

Result<ImageRequest> parseEdit(const http::Request& from, std::string_view event) {
  auto form = readForm(from, kImageModel);
  if (!form) return std::move(form).error();
  const auto image = form->file("image");
  if (!image) return image.error();
  const auto count = form->count("n", 1, kMaxImages, 1);
  if (!count) return count.error();
  const auto partial = form->count("partial_images", 0, kMaxPartialImages, 0);
  if (!partial) return partial.error();
  ImageRequest request{.faults = form->model.faults, .event = event};
  request.prompt = form->field("prompt");
  request.count = *count;
  request.partial = *partial;
  request.stream = form->field("stream") == "true";
  request.as_url = form->field("response_format") == "url";
  for (const http::FormPart& part : form->form.parts) request.given += part.filename ? 1 : 0;
  request.seed = hashText((*image)->value, hashText(request.prompt));
  return request;
}

void answerImages(const http::ExchangePtr& exchange, const Result<ImageRequest>& request) {
  if (!request) return exchange->respond(errorAnswer(request.error()));
  exchange->releaseRequest();
  if (request->stream)
    return deliver(exchange, request->faults, std::make_unique<ImageEvents>(*request));
  deliver(exchange, request->faults, jsonAnswer(imagesBody(*request)), request->tokens());
}

}  // namespace

void answerImageGeneration(const http::ExchangePtr& exchange) {
  answerImages(exchange, parseGeneration(exchange->request().body));
}

void answerImageEdit(const http::ExchangePtr& exchange) {
  answerImages(exchange, parseEdit(exchange->request(), "image_edit"));
}

void answerImageVariation(const http::ExchangePtr& exchange) {
  answerImages(exchange, parseEdit(exchange->request(), "image_variation"));
}

}  // namespace penstock::demo
