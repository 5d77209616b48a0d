#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace penstock::dialect {

// The typed chat model: what messages hold. Values; texts are decoded, everything that is JSON by
// nature (arguments, schemas) is kept as JSON text.

// A member of the source's own that has no typed place. A writer of the same dialect puts it back,
// every other one reports it as lost: so nothing is lost in silence.
struct Extra {
  std::string name;
  std::string json;
};
using Extras = std::vector<Extra>;

// The end of a prompt prefix to be cached. Short is Anthropic's 5 minutes and OpenAI's 30, Long
// an hour and 12.
enum class CacheTtl : uint8_t { Default, Short, Long };
struct CacheMark {
  CacheTtl ttl = CacheTtl::Default;
};

struct TextPart {
  std::string text;
};

struct RefusalPart {
  std::string text;
};

// Where the bytes of an attachment are.
struct Source {
  enum class Kind : uint8_t {
    Base64,
    Url,
    FileId,  // of the source's own file store
    Plain,   // the text itself
  };
  Kind kind = Kind::Base64;
  std::string media_type;  // of Base64 and Plain; of the others where the source tells it
  std::string data;        // base64, URL, id or text
};

struct ImagePart {
  Source source;
  std::string detail;  // "low", "high", …; empty: not said
};

struct DocumentPart {
  Source source;
  std::string name;  // file name or title
};

struct AudioPart {
  std::string format;  // "wav"
  std::string data;    // base64
};

enum class ToolKind : uint8_t {
  Function,
  Custom,  // OpenAI's free-form tool: its input is a text, no JSON
};

struct ToolCallPart {
  std::string id;
  std::string name;
  // JSON text as the model gave it, so it may be empty or broken; of a custom tool, its text.
  std::string arguments;
  ToolKind kind = ToolKind::Function;
};

struct ThinkingPart {
  std::string text;
  std::string signature;  // empty: the provider signs nothing
};

struct RedactedThinkingPart {
  std::string data;
};

// A part of the source's own that no other dialect has.
struct OtherPart {
  std::string type;
  std::string json;
};

struct Part;

struct ToolResultPart {
  std::string call_id;
  std::vector<Part> content;
  bool failed = false;
};

struct Part {
  std::variant<TextPart, RefusalPart, ImagePart, DocumentPart, AudioPart, ToolCallPart,
               ToolResultPart, ThinkingPart, RedactedThinkingPart, OtherPart>
      value;
  std::optional<CacheMark> cache = {};
  Extras extras = {};
  // Of the thinking before a text or call, where the provider signs these in its place
  // (thought_signature.h); empty: unsigned. Of thinking itself: ThinkingPart::signature.
  std::string signature = {};

  template <typename T>
  const T* as() const {
    return std::get_if<T>(&value);
  }
  template <typename T>
  bool is() const {
    return std::holds_alternative<T>(value);
  }
};

// For std::visit over the parts.
template <typename... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <typename... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

}  // namespace penstock::dialect
