#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "guard/rule.h"

namespace penstock::guard {

// A text that a webhook is shown.
struct TextPiece {
  std::string place;  // JSON pointer in its body, or as the caller names it
  std::string text;
};

// What a webhook is asked about.
struct Question {
  Phase phase = Phase::Input;
  std::string request_id;
  std::string project;  // id
  std::string model;
  std::vector<TextPiece> pieces;
};

// What is to be done, decided by the webhook or, where it failed, by the rule's fail_open.
struct WebhookVerdict {
  enum class Action : uint8_t { Allow, Block, Redact, Flag };
  Action action = Action::Allow;
  std::string reason;                     // the webhook's own words, for people; may be empty
  std::vector<std::string> replacements;  // of Redact: a text for each piece
  std::string failure;                    // why it did not decide, for the log; empty: it did
};

// The request's body:
//
//   {"phase":"input","request_id":"…","project":"proj_…","model":"@default",
//    "messages":[{"place":"/messages/0/content","text":"…"}]}
//
// Of an output with one piece also its "text".
std::string questionJson(const Question& question);

// Reads {"action":"allow|block|redact|flag","reason":"…","replacement":"…"}; of several pieces the
// replacement is an array of as many texts. Other fields are ignored. The error is a sentence
// without anything of the answer in it.
Result<WebhookVerdict, std::string> parseAnswer(std::string_view body, size_t pieces);

// The pieces of a body, for a question about it, and the body with them replaced, in order.
std::vector<TextPiece> piecesOf(std::string_view body, Phase phase);
std::string withReplacements(std::string_view body, Phase phase,
                             const std::vector<std::string>& replacements);

}  // namespace penstock::guard
