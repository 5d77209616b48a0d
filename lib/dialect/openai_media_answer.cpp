#include "dialect/openai_media_answer.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/text.h"
#include "dialect/openai_usage.h"
#include "json/raw.h"

namespace penstock::dialect {
namespace {

// Seconds as a number, or as the text that some servers write.
std::optional<double> secondsOf(const json::Member* member) {
  if (member == nullptr) return std::nullopt;
  if (member->kind == json::Kind::Number) return json::rawDouble(member->value);
  const std::string text = json::rawString(member->value).value_or("");
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return seconds;
}

void addDuration(const json::ObjectIndex& answer, model::Usage& usage) {
  const auto seconds = secondsOf(answer.find("duration"));
  if (usage.audio_ms > 0 || !seconds || !(*seconds > 0)) return;
  usage.audio_ms = static_cast<int64_t>(std::clamp(std::ceil(*seconds * 1000), 0.0, 1e12));
  usage.source = model::Usage::Source::Provider;
}

int64_t countData(const json::ObjectIndex& answer) {
  const json::Member* data = answer.find("data");
  int64_t count = 0;
  if (data == nullptr || data->kind != json::Kind::Array) return 0;
  json::forEachElement(data->value, [&count](std::string_view) { return ++count > 0; });
  return count;
}

// Subtitles and plain text.
bool asksForText(const MediaRequest& request) {
  return makesText(request.kind) &&
         (request.format == "text" || request.format == "srt" || request.format == "vtt");
}

}  // namespace

model::Usage mediaUsage(MediaKind kind, const json::ObjectIndex& answer) {
  model::Usage usage = findOpenAiUsage(answer);
  if (makesImages(kind) && usage.output_image == 0)
    std::swap(usage.output_image, usage.output_text);
  if (kind == MediaKind::Speech && usage.output_audio == 0)
    std::swap(usage.output_audio, usage.output_text);
  if (makesText(kind)) addDuration(answer, usage);
  if (makesImages(kind)) usage.images = countData(answer);
  return usage;
}

MediaAnswer readMediaAnswer(const MediaRequest& request, std::string_view body) {
  MediaAnswer answer;
  json::ObjectIndex index;
  if (!json::scanObject(body, index)) {
    answer.valid = asksForText(request);
    return answer;
  }
  const json::Member* error = index.find("error");
  answer.valid = error == nullptr || error->kind == json::Kind::Null;
  if (const json::Member* model = index.find("model"))
    answer.model = json::rawString(model->value).value_or("");
  answer.usage = mediaUsage(request.kind, index);
  return answer;
}

bool isJsonType(std::string_view content_type) {
  const std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  return equalsIgnoreCase(type, "application/json");
}

}  // namespace penstock::dialect
