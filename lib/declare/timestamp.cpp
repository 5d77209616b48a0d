#include "declare/timestamp.h"

#include <chrono>

#include "base/text.h"

namespace penstock::declare {
namespace {

// Takes text apart from its front; once something does not fit, everything after it fails too.
class Cursor {
 public:
  explicit Cursor(std::string_view rest) : rest_(rest) {}

  int digits(size_t count) {
    const auto number = parseUnsigned(rest_.substr(0, count));
    if (!number || rest_.size() < count) {
      good_ = false;
      return 0;
    }
    rest_.remove_prefix(count);
    return static_cast<int>(*number);
  }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char c) { good_ = take(c) && good_; }
  void skipDigits() {
    while (!rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') rest_.remove_prefix(1);
  }
  bool done() const { return good_ && rest_.empty(); }
  bool atEnd() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::chrono::minutes zone(Cursor& cursor) {
  if (cursor.take('Z') || cursor.atEnd()) return {};
  const bool west = cursor.take('-');
  if (!west) cursor.expect('+');
  const std::chrono::hours hours(cursor.digits(2));
  cursor.take(':');
  const auto offset = hours + std::chrono::minutes(cursor.digits(2));
  return west ? -offset : offset;
}

}  // namespace

std::optional<UnixMillis> parseTimestamp(std::string_view text) {
  using namespace std::chrono;
  Cursor cursor(text);
  const year y(cursor.digits(4));
  cursor.expect('-');
  const month m(static_cast<unsigned>(cursor.digits(2)));
  cursor.expect('-');
  const year_month_day date(y, m, day(static_cast<unsigned>(cursor.digits(2))));
  if (!date.ok()) return {};
  sys_time<seconds> time = sys_days(date);
  if (!cursor.atEnd()) {
    if (!cursor.take('T')) cursor.expect(' ');
    const int h = cursor.digits(2);
    cursor.expect(':');
    const int min = cursor.digits(2);
    cursor.expect(':');
    const int s = cursor.digits(2);
    if (cursor.take('.')) cursor.skipDigits();
    if (h > 23 || min > 59 || s > 60) return {};
    time += hours(h) + minutes(min) + seconds(s) - zone(cursor);
  }
  if (!cursor.done()) return {};
  return duration_cast<milliseconds>(time.time_since_epoch()).count();
}

}  // namespace penstock::declare
