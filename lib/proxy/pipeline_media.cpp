// What is different with media endpoints: forms, and what is kept of files in the log.
#include "dialect/openai_media_answer.h"
#include "proxy/pipeline.h"

namespace penstock::proxy {

Status Pipeline::parseMediaBody(dialect::MediaKind kind) {
  auto parsed = readMedia(kind);
  if (!parsed) return std::move(parsed).error();
  request_ = std::make_unique<dialect::MediaRequest>(*std::move(parsed));
  typed_.emplace(dialect_, body(), request_->stream);
  return Unit{};
}

Result<dialect::MediaRequest> Pipeline::readMedia(dialect::MediaKind kind) const {
  return dialect::parseMedia(kind, contentType(), body(), mediaLimits());
}

std::string_view Pipeline::contentType() const {
  return exchange_->request().headers.get("content-type");
}

dialect::MediaLimits Pipeline::mediaLimits() const {
  dialect::MediaLimits limits;
  limits.audio_bytes = loop_.shared.options.max_audio_bytes;
  return limits;
}

// Of a form its fields, with its files by their names and sizes.
std::string Pipeline::requestPayload() const {
  const dialect::MediaRequest* of_media = media();
  if (of_media != nullptr && of_media->form) return *of_media->fields;
  // One that did not come to an end is no text.
  if (of_media == nullptr && mediaKindOf(endpoint_)) return {};
  return named_body_ ? *named_body_ : std::string(body());
}

// Whether an answer is text, which a log can hold.
bool Pipeline::isRetainable(std::string_view content_type) const {
  return media() == nullptr || content_type.empty() || content_type.starts_with("text/") ||
         dialect::isJsonType(content_type);
}

}  // namespace penstock::proxy
