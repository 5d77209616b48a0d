#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dialect/losses.h"
#include "json/scan.h"

namespace penstock::dialect {

// What a server of OpenAI's dialect does not take as OpenAI does (spec/dialects.md 15). The default
// is OpenAI itself.
struct OpenAiServer {
  // What it and the model call the limit of the output: max_completion_tokens is unknown to older
  // servers, max_tokens is refused by OpenAI's reasoning models. Empty: either will do.
  std::string_view limit_field = {};
  std::string_view seed_field = "seed";
  std::string_view dimensions_field = "dimensions";
  bool stream_options = true;
  bool several_choices = true;  // takes an n above 1
  bool parallel_tools = true;   // takes parallel_tool_calls
  bool logprobs = true;         // takes logprobs, top_logprobs and logit_bias
  bool developer_role = true;
  bool short_tool_ids = false;  // ids of tool calls are 9 letters and digits
  // The members it knows, where it refuses all others; empty: others are its own to judge.
  std::span<const std::string_view> fields = {};
};

// Whether fitOpenAiRequest() would change a body. Looks at the names of members, and at messages
// only for what such a server cannot be told.
bool needsFit(const json::ObjectIndex& body, const OpenAiServer& server);

// The body, of a chat or of embeddings, as that server takes it: members renamed, said otherwise or
// left out, with a report of what was. All else keeps its bytes. Where the report has an error, the
// request is not to be sent.
std::string fitOpenAiRequest(const json::ObjectIndex& body, const OpenAiServer& server,
                             Losses& losses);

}  // namespace penstock::dialect
