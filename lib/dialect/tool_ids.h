#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "dialect/chat_request.h"

namespace penstock::dialect {

// Ids of tool calls as Anthropic takes them, [A-Za-z0-9_-]+: others than those are rewritten, calls
// and their results alike, and different ids stay different. For one request.
class ToolIds {
 public:
  const std::string& map(std::string_view id);

 private:
  std::map<std::string, std::string, std::less<>> mapped_;
  std::set<std::string, std::less<>> used_;
  std::map<std::string, int, std::less<>> next_;  // number of those that would be alike
};

// Providers refuse a conversation whose calls and results do not match: every call must be answered
// in what follows until the assistant speaks again, and every result must have such a call. Error:
// InvalidRequest/"invalid_value" that names the id.
Status checkToolPairs(const ChatRequest& request);

}  // namespace penstock::dialect
