#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace penstock::dialect {

// Splits a JSON array of objects, "[{…},\r\n{…}]", that comes in pieces: how Gemini streams without
// alt=sse. Pure; the elements do not depend on how the input is cut. They are told apart by their
// brackets only: whoever reads them finds out whether they are JSON.
class JsonArrayStream {
 public:
  using Callback = std::function<void(std::string_view element)>;
  static constexpr size_t kMaxElementBytes = 16 << 20;

  // False: no such array, something after its end, or an element beyond the limit. The stream is
  // then unusable.
  [[nodiscard]] bool feed(std::string_view bytes, const Callback& each);
  bool closed() const { return place_ == Place::After; }

 private:
  enum class Place : unsigned char { Before, Elements, Inside, After };

  bool take(char c);
  void takeInside(char c);

  Place place_ = Place::Before;
  bool in_string_ = false, escaped_ = false, complete_ = false;
  size_t depth_ = 0;
  std::string element_;  // as far as it has come
};

}  // namespace penstock::dialect
