#include "dialect/openai_media_stream.h"

#include "dialect/openai_errors.h"
#include "dialect/openai_media_answer.h"
#include "json/raw.h"
#include "json/scan.h"

namespace penstock::dialect {
namespace {

constexpr size_t kMaxHeldBytes = 64 << 10;
constexpr int kNoStatus = 502;  // an error that comes within a stream has none of its own

}  // namespace

StreamPhase MediaEvents::feed(std::string_view bytes, std::string& out) {
  if (ended()) return phase_;
  const auto each = [this, &out](const http::SseEvent& event) { onEvent(event, out); };
  if (!lexer_.feed(bytes, each) && !ended()) fail(StreamFailure::Garbage);
  return phase_;
}

StreamPhase MediaEvents::finish(std::string& out) {
  if (ended()) return phase_;
  const auto each = [this, &out](const http::SseEvent& event) { onEvent(event, out); };
  const bool whole = lexer_.finish(each);
  if (ended()) return phase_;
  if (!whole || !completed_) {
    fail(StreamFailure::Truncated);
  } else {
    phase_ = StreamPhase::Done;
  }
  return phase_;
}

void MediaEvents::onEvent(const http::SseEvent& event, std::string& out) {
  if (ended()) return;
  if (!event.data.empty() && event.data != "[DONE]") return onJson(event, out);
  if (released_) {
    out.append(event.raw);
  } else if (held_.size() + event.raw.size() <= kMaxHeldBytes) {
    held_.append(event.raw);
  }
  if (event.data == "[DONE]" && completed_) phase_ = StreamPhase::Done;
}

void MediaEvents::onJson(const http::SseEvent& event, std::string& out) {
  json::ObjectIndex index;
  if (!json::scanObject(event.data, index)) return fail(StreamFailure::Garbage);
  const json::Member* named = index.find("type");
  const std::string type = named == nullptr ? "" : json::rawString(named->value).value_or("");
  const json::Member* error = index.find("error");
  const bool failed = type == "error" || (error != nullptr && error->kind != json::Kind::Null);
  if (failed) {
    upstream_error_ = parseOpenAiError(event.data, kNoStatus);
    if (released_) out.append(event.raw);
    return fail(StreamFailure::UpstreamError);
  }
  if (!released_) out.append(held_);
  release();
  out.append(event.raw);
  if (!type.ends_with(".completed") && !type.ends_with(".done")) return;
  completed_ = true;
  const int64_t images = usage_.images + (makesImages(kind_) ? 1 : 0);
  const model::Usage said = mediaUsage(kind_, index);
  if (said.source != model::Usage::Source::None) usage_ = said;
  usage_.images = images;
}

StreamPhase MediaBytes::feed(std::string_view bytes, std::string& out) {
  if (ended() || bytes.empty()) return phase_;
  release();
  out.append(bytes);
  return phase_;
}

StreamPhase MediaBytes::finish(std::string&) {
  if (ended()) return phase_;
  if (released_) {
    phase_ = StreamPhase::Done;
  } else {
    fail(StreamFailure::Truncated);
  }
  return phase_;
}

}  // namespace penstock::dialect
