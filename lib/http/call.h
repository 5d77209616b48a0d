#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/chunked.h"
#include "http/client.h"
#include "http/client_pool.h"
#include "http/resolver.h"

namespace penstock::http {

// One call to an upstream, a state machine on its loop:
//   Resolving → Connecting (TCP, TLS) → Exchanging (send and read) → Done
// It outlives its handle until the loop's batch is over, since observers cancel from inside their
// callbacks. Private to http/.
class HttpCall final : public std::enable_shared_from_this<HttpCall>, private ConnectionUser {
 public:
  HttpCall(std::shared_ptr<Client::Core> core, ClientRequest request, CallObserver& observer);
  ~HttpCall() override;

  void begin();
  void cancel();  // closes the connection; the observer hears nothing more
  void pause();
  void resume();
  void send(std::string_view piece);
  // All of the request is with the system.
  bool sent() const { return awaited_ == 0 && piece_ > request_.body.size(); }
  const CallTimings& timings() const { return timings_; }

 private:
  enum class State : uint8_t { Resolving, Connecting, Exchanging, Done };

  void onConnectionIo(uint32_t events) override;
  void connect();
  void onAddresses(const Result<Resolver::Addresses>& answer);
  void tryNextAddress();
  void connecting();
  void exchange();
  void extendBody(std::string_view piece);
  void armForAnswer();
  void sendPending();
  void readResponse();
  bool nothingMore();
  bool consume(std::string_view bytes);
  bool consumeHead(std::string_view& bytes);
  bool consumeBody(std::string_view& bytes);
  bool deliver(std::string_view bytes);
  void endOfInput();
  void complete();
  bool over() const { return state_ == State::Done; }
  void letGo();
  void fail(FailureKind kind, std::string detail);
  void failLater(FailureKind kind, std::string detail);
  void armPhase(std::chrono::milliseconds limit, FailureKind on_timeout);
  void post(void (HttpCall::*step)());
  std::chrono::microseconds elapsed() const;

  const std::shared_ptr<Client::Core> core_;
  Loop& loop_;
  ClientRequest request_;
  CallObserver& observer_;
  SteadyTime started_at_;  // or since when the body was known
  SteadyTime total_deadline_;
  Timer timer_;
  FailureKind on_timeout_ = FailureKind::ConnectTimeout;
  State state_ = State::Resolving;
  CallTimings timings_;

  std::unique_ptr<UpstreamConnection> connection_;
  Resolver::Addresses addresses_;
  size_t next_address_ = 0;
  std::string last_error_;

  std::string head_out_;
  size_t piece_ = 0;  // 0: head_out_, then request_.body
  size_t piece_offset_ = 0;
  uint64_t awaited_ = 0;       // of the body that send() has to bring
  bool done_sending_ = false;  // it is all out, or the peer takes no more

  HeadScanner scanner_;
  std::string head_in_;
  bool got_head_ = false;
  ResponseHeadInfo info_;
  std::optional<ChunkedDecoder> decoder_;
  uint64_t body_left_ = 0;
  uint64_t received_ = 0;
  bool any_byte_ = false;
  bool readable_ = false;     // input may be waiting that we have not read
  bool peer_closed_ = false;  // the end of input is among it
  bool paused_ = false;
};

}  // namespace penstock::http
