#include "dialect/responses_echo.h"

#include "json/document.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

struct Row {
  std::string_view key, otherwise;  // empty: left out
  bool fixed = false;               // whatever the request says
};

constexpr Row kRows[] = {
    {"background", "false"},
    {"instructions", "null"},
    {"max_output_tokens", "null"},
    {"max_tool_calls", "null"},
    {"metadata", "{}"},
    {"parallel_tool_calls", "true"},
    {"previous_response_id", "null"},
    {"prompt_cache_key", ""},
    {"reasoning", R"({"effort":null,"summary":null})"},
    {"safety_identifier", ""},
    {"store", "false", true},  // who translates keeps no state
    {"temperature", "1.0"},
    {"text", R"({"format":{"type":"text"}})"},
    {"tool_choice", R"("auto")"},
    {"tools", "[]"},
    {"top_logprobs", "0"},
    {"top_p", "1.0"},
    {"truncation", R"("disabled")"},
    {"user", ""},
    {"access_programs", "null"},
};

}  // namespace

std::string responsesEcho(std::string_view request_body) {
  const auto request = json::parse(request_body);
  std::string members;
  json::Writer out(members);
  for (const Row& row : kRows) {
    const auto said = request ? request->root().find(row.key) : std::nullopt;
    // Written anew, for a caller's line breaks would break the lines of a stream.
    if (said && !said->isNull() && !row.fixed)
      out.rawField(row.key, said->text());
    else if (!row.otherwise.empty())
      out.rawField(row.key, row.otherwise);
  }
  return members;
}

}  // namespace penstock::dialect
