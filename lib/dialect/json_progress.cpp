#include "dialect/json_progress.h"

namespace penstock::dialect {

void JsonProgress::feed(std::string_view fragment) {
  for (const char c : fragment) {
    if (escaped_) {
      escaped_ = false;
    } else if (in_string_) {
      if (c == '"') in_string_ = false;
      if (c == '\\') escaped_ = true;
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
      opened_ = true;
    } else if (c == '}' || c == ']') {
      --depth_;
    }
  }
}

}  // namespace penstock::dialect
