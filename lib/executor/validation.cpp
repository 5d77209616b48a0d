#include "executor/validation.h"

#include "json/writer.h"

namespace penstock::executor {
namespace {

constexpr int64_t kLinesAtOnce = 2'000;
constexpr uint64_t kBytesAtOnce = 4 << 20;
constexpr int64_t kMostErrors = 100;  // that are told

}  // namespace

void Validation::complain(const ApiError& error, bool of_line) {
  if (++errors_ > kMostErrors) return;
  if (!text_.empty()) text_ += ',';
  json::Writer out(text_);
  out.beginObject().field("code", error.code).key("line");
  if (of_line)
    out.value(cursor_.number());
  else
    out.null();
  out.field("message", error.message).key("param");
  if (error.param.empty())
    out.null();
  else
    out.value(error.param);
  out.endObject();
}

void Validation::take() {
  ++total_;
  const auto line = readLine(model::ObjectSurface::OpenAi, endpoint_, cursor_.text());
  if (!line) return complain(line.error());
  if (ids_.add(line->custom_id)) return;
  complain(invalidRequest("duplicate_custom_id",
                          "The custom_id is that of another request of the batch.", "custom_id"));
}

bool Validation::step() {
  uint64_t bytes = 0;
  for (int64_t i = 0; i < kLinesAtOnce && bytes < kBytesAtOnce; ++i) {
    switch (cursor_.next()) {
      case LineCursor::Got::Line:
        if (total_ < kMaxLines) {
          take();
          break;
        }
        complain(invalidRequest("too_many_requests", "A batch may hold 50,000 requests."), false);
        return true;
      case LineCursor::Got::TooLong:
        ++total_;
        complain(invalidRequest("line_too_long", "The line is longer than a request may be."));
        break;
      case LineCursor::Got::Failed:
        complain(invalidRequest("file_unreadable", "The file cannot be read any more."), false);
        return true;
      case LineCursor::Got::End:
        if (total_ == 0)
          complain(invalidRequest("empty_file", "The file holds no request."), false);
        return true;
    }
    bytes += cursor_.text().size();
  }
  return false;
}

}  // namespace penstock::executor
