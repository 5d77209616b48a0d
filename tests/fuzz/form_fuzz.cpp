// Forms, whole and while they arrive, and the requests of media that come in them or as JSON.
#include <algorithm>
#include <string>
#include <string_view>

#include "dialect/openai_media.h"
#include "fuzz/targets.h"
#include "http/multipart.h"
#include "json/kind.h"

namespace penstock::fuzz {
namespace {

using dialect::MediaKind;

constexpr std::string_view kFormType = "multipart/form-data; boundary=B1";
constexpr MediaKind kKinds[] = {MediaKind::Moderation, MediaKind::ImageGeneration,
                                MediaKind::ImageEdit,  MediaKind::ImageVariation,
                                MediaKind::Speech,     MediaKind::Transcription,
                                MediaKind::Translation};

// Whether there is no room for one field more: a model's, say.
bool isFull(const dialect::MediaRequest& request) {
  return request.body.size() >= json::Limits{}.max_members ||
         (request.form && request.form->parts.size() >= http::FormLimits{}.parts);
}

size_t endOf(std::string_view value, std::string_view body) {
  return static_cast<size_t>(value.data() - body.data()) + value.size();
}

// What is seen of a form that has come so far is what stands in the whole of it.
void requireSeenAlike(const http::Form& early, const http::Form& whole) {
  require(early.parts.size() <= whole.parts.size());
  for (size_t i = 0; i < early.parts.size(); ++i) {
    require(early.parts[i].name == whole.parts[i].name);
    require(early.parts[i].filename == whole.parts[i].filename);
    require(early.parts[i].content_type == whole.parts[i].content_type);
    const bool last = i + 1 == early.parts.size();
    require(last || early.parts[i].value == whole.parts[i].value);
  }
}

void requireMediaAlike(MediaKind kind, std::string_view type, std::string_view bytes) {
  const auto request = dialect::parseMedia(kind, type, bytes);
  if (!request || isFull(*request)) return;
  const auto body = dialect::encodeMedia(*request, "m");
  require(body.has_value());
  std::string sent;
  for (const std::string_view piece : body->pieces) sent.append(piece);
  const auto again = dialect::parseMedia(kind, body->content_type, sent);
  require(again.has_value());
  require(again->model == "m");
  require(again->stream == request->stream);
  require(again->most_audio_ms == request->most_audio_ms);
  for (const auto& member : again->body) require(!member.key.starts_with("mlx:"));
  for (size_t there = 0; there < bytes.size(); there += 1 + bytes.size() / 8) {
    const auto early = dialect::parseArrivingMedia(kind, type, bytes.substr(0, there), bytes.size(),
                                                   {.arriving_bytes = 1});
    if (!early) continue;
    require(early->bytes.size() + early->coming == bytes.size());
    requireSeenAlike(*early->form, *request->form);
    if (dialect::differsWhole(*request, *early)) continue;
    require(early->most_audio_ms >= request->most_audio_ms);
    require(early->model == request->model);
    require(early->stream == request->stream);
    require(early->text_bytes == request->text_bytes);
  }
}

}  // namespace

void form(std::string_view bytes) {
  const auto whole = http::parseForm(kFormType, bytes);
  if (whole) require(http::FormEdits(*whole, bytes).build().str() == bytes);
  const size_t step = 1 + bytes.size() / 64;
  for (size_t there = 0; there <= bytes.size(); there += step) {
    const auto early = http::parseFormToFile(kFormType, bytes.substr(0, there));
    if (!early) continue;
    if (whole) requireSeenAlike(*early, *whole);
    http::FormFile file(*early);
    size_t certain = 0;
    for (size_t at = there; at < bytes.size() + step; at += step) {
      const size_t now = file.certain(bytes.substr(0, at));
      require(now >= certain && now <= bytes.size());
      certain = now;
    }
    if (whole) require(certain == endOf(whole->parts[early->parts.size() - 1].value, bytes));
  }
}

void requestMedia(std::string_view bytes) {
  for (const MediaKind kind : kKinds) {
    requireMediaAlike(kind, "application/json", bytes);
    requireMediaAlike(kind, kFormType, bytes);
  }
}

}  // namespace penstock::fuzz
