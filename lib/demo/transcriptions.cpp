#include "demo/transcriptions.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "demo/answer.h"
#include "demo/delivery.h"
#include "demo/form.h"
#include "demo/models.h"
#include "demo/tokenizer.h"
#include "demo/wav.h"
#include "http/sse.h"
#include "json/writer.h"

namespace penstock::demo {
namespace {

struct Transcript {
  Faults faults;
  std::string text;
  std::string format;
  std::string_view task;
  uint64_t millis = 0;
  bool stream = false;
};

// "00:00:01,250", as subtitles have it.
std::string timeOf(uint64_t millis, char point) {
  return fmt::format("{:02}:{:02}:{:02}{}{:03}", millis / 3'600'000, millis / 60'000 % 60,
                     millis / 1000 % 60, point, millis % 1000);
}

void writeUsage(json::Writer& out, const Transcript& transcript) {
  if (transcript.faults.usage == Faults::Usage::Withheld) return;
  out.key("usage").beginObject().field("type", "duration");
  out.key("seconds").decimal(static_cast<int64_t>(transcript.millis), 3).endObject();
}

std::string jsonBody(const Transcript& transcript) {
  const bool verbose = transcript.format == "verbose_json";
  std::string body;
  json::Writer out(body);
  out.beginObject();
  if (verbose) {
    out.field("task", transcript.task).field("language", "english").key("duration");
    out.decimal(static_cast<int64_t>(transcript.millis), 3);
  }
  out.field("text", transcript.text);
  if (verbose) {
    out.key("segments").beginArray().beginObject().field("id", 0).field("start", 0).key("end");
    out.decimal(static_cast<int64_t>(transcript.millis), 3).field("text", transcript.text);
    out.endObject().endArray();
  }
  writeUsage(out, transcript);
  out.endObject();
  return body;
}

http::Response answerOf(const Transcript& transcript) {
  const std::string& format = transcript.format;
  if (format != "text" && format != "srt" && format != "vtt")
    return jsonAnswer(jsonBody(transcript));
  http::Response response;
  response.content_type = format == "vtt" ? "text/vtt" : "text/plain; charset=utf-8";
  if (format == "text") {
    response.body = transcript.text + "\n";
    return response;
  }
  const char point = format == "srt" ? ',' : '.';
  response.body = fmt::format("{}{} --> {}\n{}\n\n", format == "srt" ? "1\n" : "WEBVTT\n\n",
                              timeOf(0, point), timeOf(transcript.millis, point), transcript.text);
  return response;
}

// A token at a time, then the whole.
class TranscriptEvents final : public EventSource {
 public:
  explicit TranscriptEvents(Transcript transcript)
      : transcript_(std::move(transcript)), tokens_(tokenize(transcript_.text)) {}
  bool next(std::string& event) override {
    if (sent_ > tokens_.size()) return false;
    const bool last = sent_ == tokens_.size();
    std::string data;
    json::Writer out(data);
    out.beginObject().field("type", last ? "transcript.text.done" : "transcript.text.delta");
    last ? out.field("text", transcript_.text) : out.field("delta", tokens_[sent_]);
    if (last) writeUsage(out, transcript_);
    out.endObject();
    event.clear();
    http::appendSseEvent(event, {}, data);
    ++sent_;
    return true;
  }

 private:
  const Transcript transcript_;
  const std::vector<std::string_view> tokens_;
  size_t sent_ = 0;
};

Result<Transcript> hear(const http::Request& from, std::string_view task) {
  auto form = readForm(from, kTranscribeModel);
  if (!form) return std::move(form).error();
  const auto file = form->file("file");
  if (!file) return file.error();
  Transcript heard{.faults = form->model.faults, .text = {}, .format = {}, .task = task};
  heard.format = form->field("response_format").empty() ? "json" : form->field("response_format");
  constexpr std::string_view kFormats[] = {"json", "text", "srt", "vtt", "verbose_json"};
  if (std::find(std::begin(kFormats), std::end(kFormats), heard.format) == std::end(kFormats)) {
    return invalidRequest("invalid_value",
                          "'response_format' must be json, text, srt, vtt or verbose_json.",
                          "/response_format");
  }
  const std::string_view sound = (*file)->value;
  heard.millis = soundMillis(sound);
  heard.text = fmt::format("The demo provider heard {}: {} bytes, {}.{:03} seconds of sound.",
                           (*file)->filename->substr(0, 100), sound.size(), heard.millis / 1000,
                           heard.millis % 1000);
  heard.stream = form->field("stream") == "true";
  return heard;
}

void answer(const http::ExchangePtr& exchange, std::string_view task) {
  const auto heard = hear(exchange->request(), task);
  if (!heard) return exchange->respond(errorAnswer(heard.error()));
  exchange->releaseRequest();
  if (heard->stream)
    return deliver(exchange, heard->faults, std::make_unique<TranscriptEvents>(*heard));
  deliver(exchange, heard->faults, answerOf(*heard), countTokens(heard->text));
}

}  // namespace

void answerTranscription(const http::ExchangePtr& exchange) { answer(exchange, "transcribe"); }
void answerTranslation(const http::ExchangePtr& exchange) { answer(exchange, "translate"); }

}  // namespace penstock::demo
