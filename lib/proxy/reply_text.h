#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/policies.h"
#include "dialect/chat_view.h"
#include "json/schema.h"

namespace penstock::proxy {

// What the first choice of a whole chat answer says.
struct ReplyText {
  std::string text;
  std::string tool_calls;  // names and arguments, canonical; empty: none
};
ReplyText readReply(std::string_view body);

// The body with another text in its first choice; as it was when it has none.
std::string withContent(std::string_view body, std::string_view content);

// JSON text with its keys sorted and without spaces; nothing when it is not JSON.
std::optional<std::string> canonicalJson(std::string_view text);

// What a request wants its reply to look like.
class ReplyFormat {
 public:
  explicit ReplyFormat(const dialect::ChatView& request);
  // Whether the reply says anything and has the form that was asked for. A tool call does; a schema
  // that does not compile binds nobody.
  bool accepts(const ReplyText& reply) const;

 private:
  bool json_ = false;
  std::optional<json::Schema> schema_;
};

// Whether the reply holds what can be told without a judge.
bool meets(const config::Acceptance& accept, const ReplyText& reply);

}  // namespace penstock::proxy
