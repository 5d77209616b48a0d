#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/rule.h"

namespace penstock::guard {

// A place in a body, written out only where something was found there.
class Place {
 public:
  // A JSON pointer: "/messages/0/content". Keys that no API of ours knows are "*": callers choose
  // them, so they may hold what must not get into a log.
  std::string pointer() const;

 private:
  friend class ProseWalk;
  struct Step {
    std::string_view key;  // empty: an element
    size_t index = 0;
  };
  std::vector<Step> steps_;
};

// Visits the strings of a body that hold what people, models and tools say to each other, in order,
// whichever of the APIs it is of (OpenAI chat, Responses, Anthropic, Gemini; requests or whole
// answers). Not visited are roles, types, names, ids, URLs, media, signatures, and whatever stands
// beside the conversation, such as schemas. `raw` is a JSON string with its quotes, a view into the
// body; the walk ends when `each` answers false.
//
// In the conversation a string under a key that is not known counts as prose: better one too many
// looked at than one that slips through in a part of a new type. Arguments and results of tools are
// prose as a whole.
//
// The body must be valid JSON.
struct ProseVisitor {
  std::function<bool(std::string_view raw, const Place& place)> prose;
  // A value that repeats an answer's text by token; absent: not of interest.
  std::function<void(std::string_view raw)> token_texts = nullptr;
};
void visitProse(std::string_view body, Phase phase, const ProseVisitor& visitor);

// A body with some of its strings replaced; all other bytes stay. `raw` are views into the body.
class BodyEdits {
 public:
  explicit BodyEdits(std::string_view body) : body_(body) {}
  void replace(std::string_view raw, std::string json);
  bool empty() const { return edits_.empty(); }
  std::string apply();

 private:
  struct Edit {
    size_t begin, length;
    std::string json;
  };
  std::string_view body_;
  std::vector<Edit> edits_;
};

}  // namespace penstock::guard
