#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialect/chat_view.h"
#include "http/multipart.h"
#include "json/splice.h"

namespace penstock::dialect {

// OpenAI's endpoints of images, sound and moderation.
enum class MediaKind : uint8_t {
  Moderation,       // POST /moderations
  ImageGeneration,  // POST /images/generations
  ImageEdit,        // POST /images/edits, a form or JSON
  ImageVariation,   // POST /images/variations, a form
  Speech,           // POST /audio/speech
  Transcription,    // POST /audio/transcriptions, a form
  Translation,      // POST /audio/translations, a form
};

bool makesImages(MediaKind kind);
bool makesText(MediaKind kind);  // of sound

// What policy and money need of a media request; the rest stays in the caller's bytes, unread. A
// form's fields are in `body` too, as the JSON that they would be, with files by their names and
// sizes; so whoever reads a body reads a form.
struct MediaRequest final : ChatView {
  MediaKind kind = MediaKind::Moderation;
  std::string_view bytes;  // the whole body, as the caller sent it
  std::optional<http::Form> form;
  // Of a form whose file is still arriving, of which `bytes` is what surely is not behind it:
  uint64_t coming = 0;  // how many bytes will follow
  std::optional<http::FormFile> arriving = {};
  std::unique_ptr<const std::string> fields;  // a form's, as JSON: `body` points into it

  std::string format;  // response_format
  std::string size;    // of images: "1024x1024"
  int64_t images = 0;  // that are asked for
  int64_t partial_images = 0;
  int64_t images_given = 0;
  int64_t characters = 0;  // to be spoken
  double speed = 1;        // of speech
  // Of the recording that is to be written down.
  int64_t most_audio_ms = 0, likely_audio_ms = 0;
  // Of all text that goes in: its bytes, which no model makes more tokens of, and an estimate.
  int64_t text_bytes = 0, text_tokens = 0;
  // How many tokens of sound the text comes to when spoken, in all likelihood.
  int64_t speech_tokens = 0;

  // The model where the caller names none; empty: one has to be named.
  static std::string_view defaultModel(MediaKind kind);

  bool hasImages() const override { return images_given > 0; }
  bool wantsJsonSchema() const override { return false; }
  bool wantsJson() const override { return false; }
  // More of an arriving form: all that there is of it now.
  void grow(std::string_view there);

  InputBound boundInput() const override;
  int64_t estimateInputTokens() const override { return text_tokens; }
  bool wantsAudio() const override { return kind == MediaKind::Speech; }
  bool wantsImages() const override { return makesImages(kind); }
  bool searchesWeb() const override { return false; }
};

struct MediaLimits {
  size_t audio_bytes = 25 << 20;  // of a recording
  // Of one that is arriving, before which its head may not be whole that says how long it is.
  size_t arriving_bytes = 16 << 10;
  http::FormLimits form;
};

// Parses a request. Errors are InvalidRequest with `param` in OpenAI's spelling, as those of
// parseOpenAiChat(), with invalid_content_type and invalid_multipart; or PayloadTooLarge for a
// recording that is too large. Views point into `body`, which outlives the request.
Result<MediaRequest> parseMedia(MediaKind kind, std::string_view content_type,
                                std::string_view body, const MediaLimits& limits = {});

// Of a recording that is to be written down and still arrives, in a form of `total` bytes: what
// stands before it. Nothing where that does not tell yet how long it may be and who is to hear it,
// or parseMedia() may refuse it.
std::optional<MediaRequest> parseArrivingMedia(MediaKind kind, std::string_view content_type,
                                               std::string_view body, uint64_t total,
                                               const MediaLimits& limits = {});
// Whether the whole form may decide otherwise than what was read before it came: by what stands
// behind the file, other than how it is to be heard and the answer to look; or as the recording is
// longer than it seemed.
bool differsWhole(const MediaRequest& whole, const MediaRequest& arriving);

// A media request's body on its way to a provider. Movable; valid while the caller's bytes live.
struct MediaBody {
  std::string content_type;
  std::vector<std::string_view> pieces;
  json::Spliced json;   // what the pieces point to, where they are not the caller's bytes
  http::FormBody form;  // likewise
};

// The caller's bytes with the model put in and every mlx:* member or field taken out.
// InvalidRequest for a model name that a form cannot hold.
Result<MediaBody> encodeMedia(const MediaRequest& request, std::string_view model);

// A form with its fields replaced by those that differ in `fields`, JSON as MediaRequest::fields
// has it; files and what is no text stay. InvalidRequest for a text that a form cannot hold.
Result<std::string> formWithFields(const MediaRequest& request, std::string_view fields);

}  // namespace penstock::dialect
