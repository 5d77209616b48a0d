#pragma once

#include <cstddef>
#include <string_view>

#include "http/message.h"

namespace penstock::http {

// Who takes the answer to an Exchange: the client's connection, or a part of ours that collects it.
// It is told whole(), or head() and bytes()* and end(); cut() may come instead of any of them, and
// nothing after the end. On the exchange's loop.
class AnswerReceiver {
 public:
  virtual ~AnswerReceiver() = default;
  AnswerReceiver() = default;
  AnswerReceiver(const AnswerReceiver&) = delete;
  AnswerReceiver& operator=(const AnswerReceiver&) = delete;

  virtual void whole(const Response& answer) = 0;
  virtual void head(const Response& head) = 0;  // `head.body` is not part of it
  virtual void bytes(std::string_view bytes) = 0;
  virtual void end() = 0;
  // What came, if anything, is not to be taken for an answer.
  virtual void cut() = 0;
  // Accepted, but not yet taken by whom it is for.
  virtual size_t pendingBytes() const = 0;
  // The request's bytes are gone.
  virtual void requestReleased() = 0;
};

}  // namespace penstock::http
