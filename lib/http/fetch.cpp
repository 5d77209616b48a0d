#include "http/fetch.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

namespace penstock::http {
namespace {

using std::chrono::milliseconds;

// How often a waiting thread looks whether the loop still runs.
constexpr milliseconds kGlance{100};
// The client keeps the deadline; a loop that is late with it gets this much more.
constexpr milliseconds kGrace{2'000};

constexpr size_t kMaxErrorBody = 64 << 10;  // where the rest goes to a sink

// One call and the thread that waits for it. Shared by both, since either may be done first.
class Waiter final : public CallObserver, public std::enable_shared_from_this<Waiter> {
 public:
  using Outcome = Result<Fetched, Failure>;

  // Copies the body here, on the waiting thread: it may be gone when the loop gets to start().
  Waiter(const ClientRequest& request, std::function<bool(std::string_view)> sink)
      : sink_(std::move(sink)) {
    for (const std::string_view piece : request.body) body_.append(piece);
  }

  // On the loop.
  void start(Client& client, ClientRequest request) {
    request.body.clear();
    if (!body_.empty()) request.body.push_back(body_);
    call_ = client.start(std::move(request), *this);
  }
  void cancel() { call_.reset(); }

  // On the waiting thread: nothing when the time is up or the loop has ended.
  std::optional<Outcome> wait(const Loop& loop, SteadyTime until) {
    std::unique_lock lock(mutex_);
    while (!outcome_ && loop.running() && std::chrono::steady_clock::now() < until) {
      over_.wait_for(lock, kGlance);
    }
    return std::move(outcome_);
  }

 private:
  void onHead(const ResponseHead& head) override {
    fetched_.status = head.status;
    for (const HeaderView& field : head.headers) {
      fetched_.headers.add(field.name, field.value);
    }
  }
  void onData(std::string_view bytes) override {
    if (!sink_ || fetched_.status != 200) {
      fetched_.body.append(
          bytes.substr(0, sink_ ? kMaxErrorBody - fetched_.body.size() : bytes.size()));
    } else if (call_ && !sink_(bytes)) {
      finish(Failure{FailureKind::TooLarge, "the receiver takes no more"});
    }
  }
  void onEnd() override {
    fetched_.timings = call_->timings();
    finish(std::move(fetched_));
  }
  void onFailure(const Failure& failure) override { finish(failure); }

  void finish(Outcome outcome) {
    const auto keep = shared_from_this();  // the waiting thread lets go of us
    call_.reset();
    std::lock_guard lock(mutex_);
    outcome_.emplace(std::move(outcome));
    over_.notify_one();
  }

  std::string body_;
  const std::function<bool(std::string_view)> sink_;
  // Used on the loop only.
  std::unique_ptr<Call> call_;
  Fetched fetched_;

  std::mutex mutex_;
  std::condition_variable over_;
  std::optional<Outcome> outcome_;  // Guarded by mutex_.
};

}  // namespace

std::string_view Fetched::header(std::string_view name) const { return headers.get(name); }

namespace {

Result<Fetched, Failure> wait(Loop& loop, Client& client, ClientRequest request,
                              std::function<bool(std::string_view)> sink) {
  if (loop.onLoopThread()) throw std::logic_error("fetch() on the loop that it would wait for");
  const SteadyTime until = std::chrono::steady_clock::now() + request.timeouts.total + kGrace;
  const auto waiter = std::make_shared<Waiter>(request, std::move(sink));
  loop.post([waiter, &client, request = std::move(request)]() mutable {
    waiter->start(client, std::move(request));
  });
  if (auto outcome = waiter->wait(loop, until)) return *std::move(outcome);
  // The call goes where it lives: on the loop, or with it.
  loop.post([waiter] { waiter->cancel(); });
  return Failure{FailureKind::Reset, "the event loop did not bring the call to its end"};
}

}  // namespace

Result<Fetched, Failure> fetch(Loop& loop, Client& client, ClientRequest request,
                               uint64_t max_body) {
  request.max_response_bytes = max_body;
  return wait(loop, client, std::move(request), {});
}

Result<Fetched, Failure> fetchInto(Loop& loop, Client& client, ClientRequest request,
                                   std::function<bool(std::string_view)> sink) {
  request.max_response_bytes = uint64_t{1} << 40;  // nothing of it is held
  return wait(loop, client, std::move(request), std::move(sink));
}

}  // namespace penstock::http
