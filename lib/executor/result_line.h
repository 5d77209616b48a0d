#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/relayed_object.h"

// The outputs of a batch, a line for each of its requests, in the order in which they ended:
//
//   {"id":"batch_req_…","custom_id":"a","response":{"status_code":200,"request_id":"…","body":{…}},
//     "error":null}
//
// as OpenAI has them, in one file those that were answered well and in another the rest; and
//
//   {"custom_id":"a","result":{"type":"succeeded","message":{…}}}
//
// as Anthropic has them, in one.
namespace penstock::executor {

enum class LineEnd : uint8_t { Succeeded, Errored, Canceled, Expired };

// Why a request was not made.
struct NotMade {
  LineEnd end = LineEnd::Canceled;
  std::string_view code = {}, message = {};  // OpenAI's, and of what is Errored
};

// An answer of that status. Succeeded where it is 2xx.
struct Answered {
  std::string_view batch_id;
  int64_t number = 0;  // of the request, from 1
  std::string_view custom_id;
  int status = 200;
  std::string_view request_id;
  std::string_view body;
};
LineEnd endOf(int status);

// With the line feed.
std::string renderAnswered(model::ObjectSurface surface, const Answered& answer);
std::string renderNotMade(model::ObjectSurface surface, const Answered& request,
                          const NotMade& why);

// What is needed of a line again; nothing of one that is not whole.
struct ResultHead {
  std::string custom_id;
  LineEnd end = LineEnd::Succeeded;
};
std::optional<ResultHead> readResult(model::ObjectSurface surface, std::string_view line);

}  // namespace penstock::executor
