#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/chunked.h"
#include "http/exchange.h"
#include "http/head_parser.h"
#include "http/incoming_message.h"
#include "http/loop.h"
#include "http/server.h"
#include "http/transport.h"
#include "http/wire_answer.h"

namespace penstock::http {

// One client's connection: a state machine fed by its loop.
//   Handshake → Head → Body → Ready → Busy (an Exchange is out) → Head …
//   Where the body is streamed, an Exchange is out before it: Head → Ready → Arriving → Busy …
//   Answered before the body is there, its rest is dropped (Dropping), so that a client that
//   listens only when it has sent all hears the answer; then Closing. The next request is read only
//   when the last answer has left us: a client that sends requests and takes no answers costs what
//   one answer costs. Closing: the last answer is sent; what the client still sends is read and
//   dropped for a moment, because closing with unread input would reset the connection and destroy
//   that answer.
// Private to http/; owned by its Server's shard, used on its loop's thread only.
class Connection final : public IoHandler, public std::enable_shared_from_this<Connection> {
 public:
  Connection(Server& server, Loop& loop, Transport transport, std::string peer);

  void open();
  // Answers 503 and closes: there are too many connections.
  void openToShed();
  void onIo(uint32_t events) override;

  // Drain: closes at once when idle, after the current answer otherwise.
  void drain();
  void close();

  // For its WireAnswer.
  void send(std::string_view first, std::string_view second = {}, std::string_view third = {});
  void exchangeFinished(bool keep_alive);
  void releaseBuffered() { message_.release(); }
  void resetOnClose();
  size_t pendingBytes() const { return out_.size() - out_sent_; }
  bool closeAfterAnswer() const;

 private:
  enum class State : uint8_t {
    Handshake,
    Head,
    Body,
    Ready,
    Arriving,
    Busy,
    Dropping,
    Closing,
    Closed
  };

  void readInput();
  void consume(std::string_view bytes);
  std::string_view consumeHead(std::string_view bytes);
  bool beginBody();
  std::string_view consumeBody(std::string_view bytes);
  std::string_view consumeArriving(std::string_view bytes);
  void passOn();
  void awaitAnswer();
  void tellBody(const Status& came);
  void refuseArriving(const ApiError& error);
  void failed(const std::string& problem);
  void drop(size_t bytes);
  void finishDropping();
  bool mayRead() const;
  bool takesBody() const { return state_ == State::Body || state_ == State::Arriving; }
  bool awaitsBody() const { return takesBody() || state_ == State::Dropping; }
  void dispatch();
  ExchangePtr handOver();
  void refuse(const ApiError& error);
  void continueInput();
  void flush();
  void onTimeout();
  void enterClosing();
  void continueLater();

  Server& server_;
  Loop& loop_;
  Transport transport_;
  const std::string peer_;
  Timer timer_;
  State state_ = State::Handshake;
  bool readable_ = false;     // input may be waiting that we have not read
  bool peer_closed_ = false;  // the client will send no more, or has gone
  bool close_after_ = false;
  bool consuming_ = false;  // consume() is on the stack; it continues by itself
  HeadScanner scanner_;
  std::string input_;  // received, not yet taken as part of a message
  IncomingMessage message_;
  RequestHead head_;
  std::optional<ChunkedDecoder> decoder_;
  uint64_t body_left_ = 0;
  size_t drained_ = 0;  // read and dropped while closing
  std::string out_;     // accepted by send(), not yet taken by the socket
  size_t out_sent_ = 0;
  ExchangePtr exchange_;      // of the request being read
  Exchange* busy_ = nullptr;  // out with a handler, who owns it
  WireAnswer answer_{*this};  // to that
};

}  // namespace penstock::http
