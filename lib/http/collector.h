#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "http/answer_receiver.h"

namespace penstock::http {

// What became of an exchange of our own.
struct Collected {
  bool complete = false;  // else it was cut, hung up or too large, and there is no answer
  Response response;
};

// Takes an answer into memory. `done` is called exactly once: when the answer has ended, or when
// the exchange goes without one. On the exchange's loop, or on the thread that ends it.
class Collector final : public AnswerReceiver {
 public:
  Collector(size_t max_bytes, std::function<void(Collected)> done)
      : max_bytes_(max_bytes), done_(std::move(done)) {}
  ~Collector() override { tell(false); }

  void whole(const Response& answer) override;
  void head(const Response& head) override;
  void bytes(std::string_view bytes) override;
  void end() override { tell(true); }
  void cut() override { tell(false); }
  size_t pendingBytes() const override { return 0; }
  void requestReleased() override {}

 private:
  void tell(bool complete);

  const size_t max_bytes_;  // of the body
  std::function<void(Collected)> done_;
  Response response_;
};

}  // namespace penstock::http
