#include "dialect/responses_echo.h"

#include "json/document.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

struct Row {
  std::string_view key, otherwise;  // empty: left out
};

constexpr std::string_view kPrevious = "previous_response_id";
constexpr std::string_view kStore = "store";

constexpr Row kRows[] = {
    {"background", "false"},
    {"instructions", "null"},
    {"max_output_tokens", "null"},
    {"max_tool_calls", "null"},
    {"metadata", "{}"},
    {"parallel_tool_calls", "true"},
    {kPrevious, "null"},
    {"prompt_cache_key", ""},
    {"reasoning", R"({"effort":null,"summary":null})"},
    {"safety_identifier", ""},
    {kStore, "false"},
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

// What is told whatever the request says; empty: the request says it.
std::string toldOf(const Row& row, const ResponsesKept& kept) {
  if (row.key == kStore) return kept.store ? "true" : "false";
  if (row.key != kPrevious) return {};
  return kept.previous_response_id.empty() ? "null" : json::quoted(kept.previous_response_id);
}

}  // namespace

std::string responsesEcho(std::string_view request_body, const ResponsesKept& kept) {
  const auto request = json::parse(request_body);
  std::string members;
  json::Writer out(members);
  for (const Row& row : kRows) {
    const auto said = request ? request->root().find(row.key) : std::nullopt;
    const std::string told = toldOf(row, kept);
    // Written anew, for a caller's line breaks would break the lines of a stream.
    if (!told.empty())
      out.rawField(row.key, told);
    else if (said && !said->isNull())
      out.rawField(row.key, said->text());
    else if (!row.otherwise.empty())
      out.rawField(row.key, row.otherwise);
  }
  return members;
}

}  // namespace penstock::dialect
