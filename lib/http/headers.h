#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace penstock::http {

// One header: views into the head that holds it. The value of one that was received is trimmed;
// none is ever decoded.
struct HeaderView {
  std::string_view name;
  std::string_view value;
};

// Whether the text, written into a head, would end its line or the head early: CR, LF, NUL.
bool breaksHead(std::string_view text);

// Whether the text can be a header's name: not empty, no space, colon or control character.
constexpr bool isHeaderName(std::string_view text) {
  for (const char c : text) {
    if ((c >= '\0' && c <= ' ') || c == ':') return false;
  }
  return !text.empty();
}

// The name of a header of ours, a literal: it is looked at when it is compiled.
class HeaderName {
 public:
  template <size_t Size>
  consteval HeaderName(const char (&literal)[Size]) : text_(literal, Size - 1) {
    if (!isHeaderName(text_)) throw "not a header's name";  // and so not a constant
  }
  constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

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
  // name that is none (isHeaderName()), a value that breaks the head.
  void add(HeaderName name, std::string_view value) {
    if (!breaksHead(value)) append(name.text(), value);
  }
  void add(HeaderName name, std::integral auto number) {
    append(name.text(), Digits(number).text());
  }
  // Of a name that is not known before.
  template <std::convertible_to<std::string_view> Name>
  requires(!std::is_array_v<Name>) void add(const Name& name, std::string_view value) {
    if (isHeaderName(name) && !breaksHead(value)) append(name, value);
  }
  template <std::convertible_to<std::string_view> Name>
  requires(!std::is_array_v<Name>) void add(const Name& name, std::integral auto number) {
    if (isHeaderName(name)) append(name, Digits(number).text());
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
  class Digits {
   public:
    explicit Digits(std::integral auto number)
        : end_(std::to_chars(digits_, digits_ + sizeof digits_, number).ptr) {}
    std::string_view text() const { return {digits_, static_cast<size_t>(end_ - digits_)}; }

   private:
    char digits_[24];
    const char* const end_;
  };
  void append(std::string_view name, std::string_view value);

  std::string lines_;
};

}  // namespace penstock::http
