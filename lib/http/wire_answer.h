#pragma once

#include <string_view>

#include "http/answer_receiver.h"

namespace penstock::http {

class Connection;

// Writes answers as HTTP/1.1 to the connection that has it: with Content-Length where they are
// whole, else chunked, or up to the end of the connection for HTTP/1.0. Private to http/.
class WireAnswer final : public AnswerReceiver {
 public:
  explicit WireAnswer(Connection& connection) : connection_(connection) {}

  // What the next answer's request said.
  struct Asked {
    bool head_only = false;
    bool http10 = false;
    bool keep_alive = true;
  };
  void expect(Asked asked);
  // Nobody knows where the next request would start.
  void closeAfter() { keep_alive_ = false; }

  void whole(const Response& answer) override;
  void head(const Response& head) override;
  void bytes(std::string_view bytes) override;
  void end() override;
  void cut() override;
  size_t pendingBytes() const override;
  void requestReleased() override;

 private:
  Connection& connection_;
  bool head_only_ = false;
  bool http10_ = false;
  bool keep_alive_ = true;
  bool started_ = false;
  bool chunked_ = false;
};

}  // namespace penstock::http
