#include "webhook/sender.h"

#include <future>
#include <utility>

#include "http/loop.h"

namespace penstock::webhook {

// One call. The status decides: once it is there, what becomes of the body does not matter.
class Sender::Attempt final : public http::CallObserver {
 public:
  Attempt(Sender& sender, uint64_t number, Outgoing outgoing)
      : sender_(sender), number_(number), outgoing_(std::move(outgoing)) {}

  void begin(http::Client& client) {
    http::ClientRequest request = std::move(outgoing_.request);
    request.body = {outgoing_.body};
    call_ = client.start(std::move(request), *this);
  }

 private:
  void onHead(const http::ResponseHead& head) override { status_ = head.status; }
  void onData(std::string_view) override {}
  void onEnd() override { finish(nullptr); }
  void onFailure(const http::Failure& failure) override { finish(http::failureName(failure.kind)); }

  // The end of this: the sender destroys it.
  void finish(const char* failure) {
    Sent sent{std::move(outgoing_.delivery_id), status_, {}};
    if (!status_) {
      sent.error = failure;
    } else if (*status_ < 200 || *status_ > 299) {
      sent.error = "status " + std::to_string(*status_);
    }
    sender_.finished(number_, std::move(sent));
  }

  Sender& sender_;
  const uint64_t number_;
  Outgoing outgoing_;  // the call reads the body from here
  std::optional<int64_t> status_;
  std::unique_ptr<http::Call> call_;  // goes first
};

Sender::Sender(http::Loop& loop, http::Client& client, Report report)
    : loop_(loop), client_(client), report_(std::move(report)) {}

Sender::~Sender() = default;

void Sender::send(std::vector<Outgoing> attempts) {
  auto shared = std::make_shared<std::vector<Outgoing>>(std::move(attempts));
  loop_.post([self = shared_from_this(), shared] {
    for (Outgoing& attempt : *shared) self->start(std::move(attempt));
  });
}

void Sender::close() {
  const auto end = [this] {
    closed_ = true;
    attempts_.clear();
  };
  if (!loop_.running() || loop_.onLoopThread()) return end();
  const auto ended = std::make_shared<std::promise<void>>();
  loop_.post([end, ended] {
    end();
    ended->set_value();
  });
  ended->get_future().wait();
}

void Sender::start(Outgoing outgoing) {
  if (closed_) return;
  const uint64_t number = ++last_number_;
  auto& attempt = attempts_[number];
  attempt = std::make_unique<Attempt>(*this, number, std::move(outgoing));
  attempt->begin(client_);
}

void Sender::finished(uint64_t number, Sent sent) {
  attempts_.erase(number);
  report_(std::move(sent));
}

}  // namespace penstock::webhook
