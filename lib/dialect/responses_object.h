#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/chat_answer.h"
#include "dialect/openai_errors.h"
#include "dialect/responses_output.h"
#include "json/writer.h"

namespace penstock::dialect {

// What a response object has and other dialects' answers have not.
struct ResponsesHead {
  std::string id = {};     // for when the provider gave none
  int64_t created = 0;     // seconds since the epoch
  std::string model = {};  // for when the provider named none
  std::string echo = {};   // responsesEcho() of the request; empty: the defaults
  // Whose ids responses have: those of providers are not unique among all of them.
  enum class Ids : uint8_t { Providers, Ours } ids = Ids::Providers;

  // The id of the response that the provider gave that one.
  std::string idOf(std::string_view given) const;
};

// The response object, the same in answers and in the events of a stream.
struct ResponsesObject {
  enum class Status : uint8_t { InProgress, Ended, Failed };
  const ResponsesHead& head;
  std::string_view id, model;
  Status status = Status::InProgress;
  const std::vector<OutputItem>* output = nullptr;  // none yet
  const Stop* stop = nullptr;                       // of Ended
  const UpstreamError* error = nullptr;             // of Failed
  std::string_view error_code = {};                 // likewise
  const model::Usage* usage = nullptr;              // not known yet
  std::string_view service_tier = {};
  std::string_view trace = {};  // raw JSON of mlx:trace
};
std::string renderResponse(const ResponsesObject& response);

}  // namespace penstock::dialect
