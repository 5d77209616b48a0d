#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/message.h"

namespace penstock::executor {

// What the requests of a batch have in common.
struct LineOrigin {
  std::string batch_id;
  std::string project_id, api_key_id;  // in whose name they are made
  std::string path;                    // that they are for
  http::Headers headers;
  std::string peer;
};

struct LineAnswer {
  enum class Kind : uint8_t {
    Answered,
    Unanswered,  // the gateway is stopping
    KeyGone,     // the key was revoked or has expired, and the request was not made
  };
  Kind kind = Kind::Unanswered;
  int status = 0;
  std::string request_id, body;
  std::optional<int64_t> retry_after_ms;
  bool asked_provider = false;  // else what refuses it is ours
};

// Makes the requests of batches as if callers had come with them. Thread-safe.
class LineRunner {
 public:
  virtual ~LineRunner() = default;
  LineRunner() = default;
  LineRunner(const LineRunner&) = delete;
  LineRunner& operator=(const LineRunner&) = delete;

  // `done` is called once, on any thread, unless the gateway stops before.
  using Done = std::function<void(LineAnswer)>;
  virtual void run(std::shared_ptr<const LineOrigin> origin, std::string body, Done done) = 0;
  // Ends those that are under way: Unanswered, as callers who leave.
  virtual void hangUp() = 0;
};

}  // namespace penstock::executor
