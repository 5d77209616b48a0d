#include "dialect/json_array_stream.h"

namespace penstock::dialect {
namespace {

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

bool JsonArrayStream::feed(std::string_view bytes, const Callback& each) {
  for (const char c : bytes) {
    if (!take(c) || element_.size() > kMaxElementBytes) return false;
    if (!complete_) continue;
    complete_ = false;
    each(element_);
    element_.clear();
  }
  return true;
}

bool JsonArrayStream::take(char c) {
  if (place_ == Place::Inside) {
    takeInside(c);
    return true;
  }
  if (isSpace(c)) return true;
  if (place_ == Place::Before && c == '[') {
    place_ = Place::Elements;
    return true;
  }
  if (place_ != Place::Elements) return false;
  if (c == '{') {
    place_ = Place::Inside;
    takeInside(c);
  } else if (c == ']') {
    place_ = Place::After;
  } else {
    return c == ',';
  }
  return true;
}

void JsonArrayStream::takeInside(char c) {
  element_ += c;
  if (in_string_) {
    if (escaped_)
      escaped_ = false;
    else if (c == '\\')
      escaped_ = true;
    else if (c == '"')
      in_string_ = false;
  } else if (c == '"') {
    in_string_ = true;
  } else if (c == '{' || c == '[') {
    ++depth_;
  } else if (c == '}' || c == ']') {
    complete_ = --depth_ == 0;
    if (complete_) place_ = Place::Elements;
  }
}

}  // namespace penstock::dialect
