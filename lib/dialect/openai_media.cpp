#include "dialect/openai_media.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "dialect/audio_length.h"
#include "dialect/estimate.h"
#include "dialect/form_fields.h"
#include "dialect/input_rules.h"
#include "dialect/request_fields.h"
#include "dialect/speech_length.h"
#include "json/raw.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

using namespace input_rules;

constexpr int64_t kMaxImages = 128;
constexpr int64_t kMaxPartialImages = 64;
constexpr size_t kMaxFormatBytes = 64;
constexpr size_t kBehindSound = 16 << 10;  // what may stand there in a form

// What comes with files; the others are JSON only. Newer edits come as either.
bool needsForm(MediaKind kind) { return kind == MediaKind::ImageVariation || makesText(kind); }

bool takesForm(MediaKind kind) { return needsForm(kind) || kind == MediaKind::ImageEdit; }

bool isFile(const json::Member& member) {
  return member.kind == json::Kind::Object && member.value.find("\"bytes\":") != std::string::npos;
}

// How many files, or other pictures, a field holds.
int64_t countElements(const json::Member* member) {
  if (member == nullptr) return 0;
  if (member->kind != json::Kind::Array) return 1;
  int64_t count = 0;
  json::forEachElement(member->value, [&count](std::string_view) { return ++count > 0; });
  return count;
}

// The number of images in a moderation's input.
int64_t countImageUrls(std::string_view raw) {
  int64_t count = 0;
  for (size_t at = raw.find("\"image_url\""); at != std::string_view::npos;
       at = raw.find("\"image_url\"", at + 1))
    ++count;
  return (count + 1) / 2;  // {"type":"image_url","image_url":{…}}
}

void addText(std::string_view text, MediaRequest& request) {
  request.text_bytes += static_cast<int64_t>(text.size());
  request.text_tokens += estimateTokens(text);
}

// A text among the fields; a required one must be there and not empty.
enum class Need : uint8_t { Optional, Required };
std::string readText(FieldReader& fields, std::string_view key, Need need, MediaRequest& request) {
  if (need == Need::Required && fields.find(key) == nullptr) fields.failMissing(key);
  std::string text = fields.string(key, SIZE_MAX);
  if (need == Need::Required && text.empty()) fields.fail(key, "must not be empty");
  addText(text, request);
  if (const json::Member* member = fields.find(key)) request.content = member->value;
  return text;
}

void readModeration(FieldReader& fields, MediaRequest& request) {
  const json::Member* input = fields.find("input");
  if (input == nullptr) return fields.failMissing("input");
  if (input->kind != json::Kind::String && input->kind != json::Kind::Array)
    return fields.failType("input", "a string or an array", input->kind);
  request.content = input->value;
  request.images_given = countImageUrls(input->value);
  // Pictures in the text are no text, but nobody pays for either.
  addText(input->value, request);
}

void readPictures(FieldReader& fields, MediaRequest& request) {
  request.images = fields.integer("n", 1, kMaxImages).value_or(1);
  request.partial_images = fields.integer("partial_images", 0, kMaxPartialImages).value_or(0);
  request.size = fields.string("size", kMaxFormatBytes);
}

void readGivenImage(FieldReader& fields, MediaRequest& request) {
  const json::Member* image = fields.find("image");
  if (image == nullptr) image = fields.find("images");
  if (image == nullptr) return fields.failMissing("image");
  const bool file = image->kind == json::Kind::Array ? !json::rawEmpty(image->value)
                                                     : isFile(*image) || !request.form;
  if (!file) return fields.fail("image", "must be a file");
  request.images_given = countElements(image) + countElements(fields.find("mask"));
}

void readSpeech(FieldReader& fields, MediaRequest& request) {
  const std::string input = readText(fields, "input", Need::Required, request);
  readText(fields, "instructions", Need::Optional, request);
  const json::Member* speed = fields.find("speed", json::Kind::Number);
  const double said = speed == nullptr ? 1 : json::rawDouble(speed->value).value_or(1);
  constexpr double kSlowest = 0.01;
  request.speed = std::max(said, kSlowest);
  const SpeechLength length(input);
  request.characters = length.characters();
  request.speech_tokens = length.tokens(request.speed);
  request.stream = fields.string("stream_format", kMaxFormatBytes) == "sse";
}

void readRecording(FieldReader& fields, const MediaLimits& limits, MediaRequest& request) {
  const http::FormPart* file = request.form->find("file");
  if (file == nullptr) return fields.failMissing("file");
  if (!file->filename) return fields.fail("file", "must be a file, with a filename");
  if (file->value.empty()) return fields.fail("file", "must not be empty");
  if (file->value.size() > limits.audio_bytes && !fields.error()) {
    fields.error() =
        ApiError{ErrorKind::PayloadTooLarge, "file_too_large",
                 fmt::format("Invalid value for 'file': it has {} bytes; at most {} are taken.",
                             file->value.size(), limits.audio_bytes),
                 "file"};
  }
  request.most_audio_ms = boundAudioMillis(file->value, request.coming);
  request.likely_audio_ms = estimateAudioMillis(file->value);
  readText(fields, "prompt", Need::Optional, request);
}

void readKind(FieldReader& fields, const MediaLimits& limits, MediaRequest& request) {
  switch (request.kind) {
    case MediaKind::Moderation: return readModeration(fields, request);
    case MediaKind::Speech: return readSpeech(fields, request);
    case MediaKind::Transcription:
    case MediaKind::Translation: return readRecording(fields, limits, request);
    case MediaKind::ImageEdit:
    case MediaKind::ImageVariation: readGivenImage(fields, request); [[fallthrough]];
    case MediaKind::ImageGeneration: break;
  }
  readPictures(fields, request);
  if (request.kind != MediaKind::ImageVariation)
    readText(fields, "prompt", Need::Required, request);
}

void readName(FieldReader& fields, MediaRequest& request) {
  const std::string_view otherwise = MediaRequest::defaultModel(request.kind);
  if (fields.find("model") == nullptr && !otherwise.empty()) {
    request.model = otherwise;
  } else {
    readModel(fields, request);
  }
}

Status readFields(http::Form form, MediaRequest& request) {
  request.form = std::move(form);
  request.fields = std::make_unique<const std::string>(fieldsOf(*request.form));
  return json::scanObject(*request.fields, request.body, {}, "the form");
}

Status readForm(std::string_view content_type, std::string_view body, const MediaLimits& limits,
                MediaRequest& request) {
  if (!http::isForm(content_type)) {
    return invalidRequest("invalid_content_type",
                          "this endpoint takes a form: Content-Type must be multipart/form-data");
  }
  auto form = http::parseForm(content_type, body, limits.form);
  if (!form) return std::move(form).error();
  return readFields(*std::move(form), request);
}

// What its members say.
Status readMembers(const MediaLimits& limits, MediaRequest& request) {
  FieldReader fields(request.body, "");
  readName(fields, request);
  readKind(fields, limits, request);
  request.format = fields.string("response_format", kMaxFormatBytes);
  if (request.kind != MediaKind::Speech) request.stream = fields.boolean("stream");
  request.user = borrowedText(request.body, "user");
  readExtensions(fields, request);
  if (fields.error()) return std::move(*fields.error());
  return Unit{};
}

}  // namespace

bool makesImages(MediaKind kind) {
  return kind == MediaKind::ImageGeneration || kind == MediaKind::ImageEdit ||
         kind == MediaKind::ImageVariation;
}

bool makesText(MediaKind kind) {
  return kind == MediaKind::Transcription || kind == MediaKind::Translation;
}

std::string_view MediaRequest::defaultModel(MediaKind kind) {
  if (makesText(kind)) return "openai/whisper-1";
  return kind == MediaKind::Moderation ? "openai/omni-moderation-latest" : "";
}

InputBound MediaRequest::boundInput() const {
  return {.tokens = text_bytes + kFraming + images_given * kTokensAnImage,
          .images = images_given > 0,
          .audio = most_audio_ms > 0};
}

Result<MediaRequest> parseMedia(MediaKind kind, std::string_view content_type,
                                std::string_view body, const MediaLimits& limits) {
  MediaRequest request;
  request.kind = kind;
  request.bytes = body;
  const bool form = needsForm(kind) || (takesForm(kind) && http::isForm(content_type));
  Status read = form ? readForm(content_type, body, limits, request)
                     : json::scanObject(body, request.body, {}, "the request body");
  if (!read) return std::move(read).error();
  if (read = readMembers(limits, request); !read) return std::move(read).error();
  return request;
}

void MediaRequest::grow(std::string_view there) {
  const uint64_t total = bytes.size() + coming;
  bytes = there.substr(0, arriving->certain(there));
  coming = total - bytes.size();
}

std::optional<MediaRequest> parseArrivingMedia(MediaKind kind, std::string_view content_type,
                                               std::string_view body, uint64_t total,
                                               const MediaLimits& limits) {
  if (!makesText(kind)) return std::nullopt;
  auto form = http::parseFormToFile(content_type, body, limits.form);
  if (!form || form->parts.back().name != "file" || form->find("model") == nullptr)
    return std::nullopt;
  const std::string_view file = form->parts.back().value;
  const uint64_t most = file.size() + total - body.size();
  if (file.size() < limits.arriving_bytes || most > limits.audio_bytes + kBehindSound)
    return std::nullopt;
  MediaRequest request;
  request.kind = kind;
  request.bytes = body;
  request.coming = total - body.size();
  request.arriving.emplace(*form);
  if (!readFields(*std::move(form), request) || !readMembers(limits, request)) return std::nullopt;
  request.grow(body);
  return request;
}

bool differsWhole(const MediaRequest& whole, const MediaRequest& arriving) {
  if (whole.most_audio_ms > arriving.most_audio_ms) return true;
  const auto& parts = whole.form->parts;
  const auto matters = [](const http::FormPart& part) {
    constexpr std::string_view kForTheAnswer[] = {
        "language", "response_format", "timestamp_granularities", "include", "chunking_strategy"};
    const std::string_view name = std::string_view(part.name).substr(0, part.name.find('['));
    return std::ranges::find(kForTheAnswer, name) == std::end(kForTheAnswer);
  };
  return std::any_of(parts.begin() + static_cast<ptrdiff_t>(arriving.form->parts.size()),
                     parts.end(), matters);
}

}  // namespace penstock::dialect
