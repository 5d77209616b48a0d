#include "demo/speech.h"

#include <memory>
#include <string>
#include <utility>

#include "base/base64.h"
#include "demo/answer.h"
#include "demo/delivery.h"
#include "demo/fields.h"
#include "demo/models.h"
#include "demo/tokenizer.h"
#include "demo/wav.h"
#include "http/sse.h"
#include "json/document.h"
#include "json/writer.h"

namespace penstock::demo {
namespace {

constexpr size_t kMaxInput = 4'096;      // bytes
constexpr size_t kPieceBytes = 8 << 10;  // of sound at a time

struct SpeechRequest {
  Faults faults;
  std::string input;
  bool raw = false;     // samples without a head
  bool events = false;  // stream_format "sse"
};

ApiError wrong(std::string_view field, const std::string& message) {
  return invalidRequest("invalid_value", message, "/" + std::string(field));
}

Status readFormats(json::ValueRef root, SpeechRequest& request) {
  const std::string format(root.stringAt("response_format").value_or("wav"));
  if (format != "wav" && format != "pcm")
    return wrong("response_format", "The demo provider speaks 'wav' and 'pcm' only.");
  request.raw = format == "pcm";
  const std::string stream(root.stringAt("stream_format").value_or("audio"));
  if (stream != "audio" && stream != "sse")
    return wrong("stream_format", "'stream_format' must be 'audio' or 'sse'.");
  request.events = stream == "sse";
  return Unit{};
}

Result<SpeechRequest> parseSpeech(std::string_view body) {
  auto document = json::parse(body);
  if (!document) return std::move(document).error();
  const json::ValueRef root = document->root();
  auto model = readModel(root);
  if (!model) return std::move(model).error();
  if (Status known = checkModel(model->base, kSpeechModel); !known) return std::move(known).error();
  SpeechRequest request{.faults = model->faults, .input = {}};
  auto input = root.get("input");
  if (!input) return std::move(input).error();
  auto text = input->getString();
  if (!text) return std::move(text).error();
  if (text->empty() || text->size() > kMaxInput)
    return wrong("input", "'input' must have 1 to 4096 bytes.");
  request.input = *text;
  if (Status read = readFormats(root, request); !read) return std::move(read).error();
  return request;
}

// The sound in pieces: as it is, or as events.
class SpeechPieces final : public EventSource {
 public:
  explicit SpeechPieces(const SpeechRequest& request)
      : events_(request.events),
        usage_(request.faults.usage == Faults::Usage::Sent),
        tokens_(countTokens(request.input)) {
    std::string samples = speakPcm(request.input);
    sound_ = request.raw ? std::move(samples) : wavHead(samples.size()) + samples;
  }

  bool next(std::string& event) override {
    if (sent_ == sound_.size()) return events_ && last(event);
    const std::string_view piece = std::string_view(sound_).substr(sent_, kPieceBytes);
    sent_ += piece.size();
    if (!events_) {
      event.assign(piece);
      return true;
    }
    std::string data;
    json::Writer out(data);
    out.beginObject().field("type", "speech.audio.delta").field("audio", encodeBase64(piece));
    out.endObject();
    event.clear();
    http::appendSseEvent(event, {}, data);
    return true;
  }

 private:
  bool last(std::string& event) {
    if (std::exchange(done_, true)) return false;
    const size_t heard = sound_.size() / kPieceBytes + 1;
    std::string data;
    json::Writer out(data);
    out.beginObject().field("type", "speech.audio.done");
    if (usage_) {
      out.key("usage").beginObject().field("input_tokens", tokens_).field("output_tokens", heard);
      out.field("total_tokens", tokens_ + heard).endObject();
    }
    out.endObject();
    event.clear();
    http::appendSseEvent(event, {}, data);
    return true;
  }

  const bool events_, usage_;
  const size_t tokens_;
  std::string sound_;
  size_t sent_ = 0;
  bool done_ = false;
};

}  // namespace

void answerSpeech(const http::ExchangePtr& exchange) {
  const auto request = parseSpeech(exchange->request().body);
  if (!request) return exchange->respond(errorAnswer(request.error()));
  exchange->releaseRequest();
  const char* type = request->raw ? "audio/pcm" : "audio/wav";
  deliver(exchange, request->faults, std::make_unique<SpeechPieces>(*request),
          request->events ? "text/event-stream" : type);
}

}  // namespace penstock::demo
