#pragma once

#include <charconv>
#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace penstock::http {

// One header: views into the head that holds it. The value of one that was received is trimmed;
// none is ever decoded.
struct HeaderView {
  std::string_view name;
  std::string_view value;
};

// Whether the text, written into a head, would end its line or the head early: CR, LF, NUL.
bool breaksHead(std::string_view text);

// Headers that we send, in the order in which they were added, as the lines that go out: an answer
// has two dozen of them, and this way they are copied once.
class Headers {
 public:
  // Over HeaderViews, each valid until something is added.
  class Iterator {
   public:
    explicit Iterator(std::string_view rest) : rest_(rest) {}
    HeaderView operator*() const;
    Iterator& operator++();
    bool operator==(const Iterator& other) const { return rest_.size() == other.rest_.size(); }

   private:
    std::string_view rest_;
  };

  Headers() = default;
  Headers(std::initializer_list<HeaderView> headers);

  // Whatever is no header is left out, so that a text from elsewhere cannot become one of ours: a
  // name that is empty or holds a space, a colon or a control character, a value that breaks the
  // head.
  void add(std::string_view name, std::string_view value);
  void add(std::string_view name, std::integral auto number) {
    char digits[24];
    const char* const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    add(name, std::string_view(digits, static_cast<size_t>(end - digits)));
  }
  void add(const Headers& more) { lines_ += more.lines_; }
  void reserve(size_t bytes) { lines_.reserve(bytes); }

  // The first value of that name (any case), or an empty view when absent.
  std::string_view get(std::string_view name) const;
  bool empty() const { return lines_.empty(); }
  Iterator begin() const { return Iterator(lines_); }
  Iterator end() const { return Iterator({}); }
  // "Name: value\r\n" each.
  std::string_view lines() const { return lines_; }
  bool operator==(const Headers&) const = default;

 private:
  std::string lines_;
};

}  // namespace penstock::http
