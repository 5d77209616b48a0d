#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/document.h"
#include "json/writer.h"

namespace penstock::test {

// JSON with the members of every object in the order of their names, to compare by meaning.
inline void appendSorted(json::ValueRef value, std::string& out) {
  if (value.isArray()) {
    out += '[';
    for (const json::ValueRef element : value.elements()) {
      appendSorted(element, out);
      out += ',';
    }
    out += ']';
  } else if (value.isObject()) {
    std::vector<std::pair<std::string_view, size_t>> keys;
    for (size_t i = 0; i < value.size(); ++i) keys.emplace_back(value.keyAt(i), i);
    std::sort(keys.begin(), keys.end());
    out += '{';
    for (const auto& [key, i] : keys) {
      out += std::string(key) + ":";
      appendSorted(value.valueAt(i), out);
      out += '\n';
    }
    out += '}';
  } else {
    value.appendText(out);
  }
}

inline std::string sorted(std::string_view text) {
  std::string out;
  const auto document = json::parse(text);
  if (!document) return "no JSON: " + std::string(text);
  appendSorted(document->root(), out);
  return out;
}

// Random pieces of requests as JSON text, of a generator that a test seeds.
class RandomJson {
 public:
  explicit RandomJson(std::mt19937& random) : random_(random) {}

  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  bool chance(int percent) { return below(100) < percent; }

  // Never blank.
  std::string words() {
    static const std::vector<std::string> kWords = {
        "a", "Zürich", "\"quoted\"", "line\nbreak", "{}", "\\", "日本", "\t", "data:x", "[1,2]"};
    std::string text = "w";
    for (int i = below(5); i > 0; --i)
      text += " " + kWords[static_cast<size_t>(below(static_cast<int>(kWords.size())))];
    return text;
  }
  std::string quotedWords() { return json::quoted(words()); }
  std::string name(std::string_view prefix, int n) {
    return std::string(prefix) + std::to_string(below(n));
  }
  std::string pick(const std::vector<std::string>& from) {
    return from[static_cast<size_t>(below(static_cast<int>(from.size())))];
  }
  std::string number() { return pick({"0.1", "0.5", "0.95", "1.0", "0.0"}); }
  std::string object() {
    return pick({R"({})", R"({"city":"Paris"})", R"({"a":[1,2.5,null],"b":{"c":true}})",
                 R"({"n":-17,"s":"x\ny"})"});
  }
  std::string schema() {
    return pick(
        {R"({"type":"object","properties":{}})",
         R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]})",
         R"({"type":"object","additionalProperties":false,"$defs":{"x":{"enum":[1,"a"]}}})"});
  }

 private:
  std::mt19937& random_;
};

// An object or array that is built member by member, in a random order of members.
class Members {
 public:
  Members& add(std::string_view key, std::string value) {
    all_.push_back(json::quoted(key) + ":" + std::move(value));
    return *this;
  }
  std::string shuffled(RandomJson& random) {
    for (size_t i = all_.size(); i > 1; --i)
      std::swap(all_[i - 1], all_[static_cast<size_t>(random.below(static_cast<int>(i)))]);
    std::string text = "{";
    for (size_t i = 0; i < all_.size(); ++i) text += (i == 0 ? "" : ",") + all_[i];
    return text + "}";
  }

 private:
  std::vector<std::string> all_;
};

inline std::string arrayOf(const std::vector<std::string>& elements) {
  std::string text = "[";
  for (size_t i = 0; i < elements.size(); ++i) text += (i == 0 ? "" : ",") + elements[i];
  return text + "]";
}

}  // namespace penstock::test
