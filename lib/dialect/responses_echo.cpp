#include "dialect/responses_echo.h"

#include "dialect/json_members.h"
#include "json/scan.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

struct Row {
  std::string_view key, otherwise;  // empty: left out
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
    {"store", "true"},
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
  json::ObjectIndex request;
  const bool readable = json::scanObject(request_body, request).has_value();
  std::string members;
  json::Writer out(members);
  for (const Row& row : kRows) {
    const json::Member* said = readable ? presentAt(request, row.key) : nullptr;
    const std::string_view value = said != nullptr ? said->value : row.otherwise;
    if (!value.empty()) out.rawField(row.key, value);
  }
  return members;
}

}  // namespace penstock::dialect
