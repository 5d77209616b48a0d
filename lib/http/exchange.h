#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "http/answer_receiver.h"
#include "http/message.h"
#include "http/spool_file.h"

namespace penstock::http {

class Connection;
class Loop;

// A request of our own, for which there is no connection: as one with these headers would come.
struct OwnRequest {
  std::string method, path;
  Headers headers;
  std::string body;
  std::string peer;  // for whom it is made
};

// One request and the answer to it, which a receiver takes. Created by a Connection when a request
// is complete, or its head where its body is streamed, or for a request of our own; handlers keep
// it alive by shared_ptr. Everything here belongs to the loop's thread; other threads come in
// through loop().post().
//
// Exactly one answer: respond(), or start() then write()* then finish(). An Exchange that is
// dropped unanswered answers 500 (one dropped half-answered cuts the connection), so that no caller
// waits for ever; the last reference may be dropped on any thread. After the client has left
// (gone()), all answering calls do nothing.
class Exchange {
 public:
  static std::shared_ptr<Exchange> create(Loop& loop);
  // On the loop's thread. The receiver lives as long as the exchange.
  static std::shared_ptr<Exchange> createOwn(Loop& loop, OwnRequest request,
                                             std::unique_ptr<AnswerReceiver> receiver);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  const Request& request() const { return request_; }
  Request& mutableRequest() { return request_; }  // for the router's path parameters
  Loop& loop() const { return loop_; }

  // Whether the request's body is still arriving (BodyRule::streamed): request().body is what is
  // there, and grows at its place, up to bodyBytes(). Who answers before all of it is there has the
  // connection closed.
  bool arriving() const { return request_.body.size() < body_bytes_; }
  uint64_t bodyBytes() const { return body_bytes_; }
  // Called on the loop thread each time that more has come, and the last time when it is whole; or
  // with why it never will be, which the request is to be refused with.
  void onBody(std::function<void(const Status&)> callback) { on_body_ = std::move(callback); }

  // Answers whole, with Content-Length. HEAD requests get the headers only.
  void respond(const Response& response);

  // Starts a streamed answer of unknown length; `head.body` is ignored. With TCP_NODELAY, each
  // write() leaves at once in one segment run: one SSE event, one write.
  void start(const Response& head);
  void write(std::string_view bytes);
  void finish();
  // Cuts the connection, so that the client cannot take what it got for a complete answer.
  void abort();

  bool started() const { return started_; }  // a head has been sent
  bool finished() const { return finished_; }
  bool gone() const { return receiver_ == nullptr && !finished_; }

  // Called once, on the loop thread, when the client leaves before the answer is finished.
  void onGone(std::function<void()> callback) { on_gone_ = std::move(callback); }
  // Bytes accepted by write() that the socket has not taken yet; the caller's measure for
  // backpressure. onDrained fires whenever it falls back to zero.
  size_t pendingBytes() const;
  void onDrained(std::function<void()> callback) { on_drained_ = std::move(callback); }

  // Frees the request's bytes (body and head) once nobody needs them, e.g. for a long stream. Not
  // while they arrive.
  void releaseRequest();

  // By whom the answer is for: it is not wanted any more.
  void hangUp();

 private:
  friend class Connection;
  struct Ending;
  struct Own {
    OwnRequest request;
    std::unique_ptr<AnswerReceiver> receiver;
  };
  explicit Exchange(Loop& loop) : loop_(loop) {}
  // By the connection: nothing is pending any more; more of the body is there, or no more will be.
  void drained();
  void bodyCame(const Status& came);
  Ending ending();

  Loop& loop_;
  AnswerReceiver* receiver_ = nullptr;  // while an answer is due; a connection's does not own us
  Request request_;
  // Head and body; the request's views point here. A large body may be in the file instead.
  std::string bytes_;
  std::unique_ptr<SpoolFile> spool_;
  uint64_t body_bytes_ = 0;  // of a body that is streamed: all that will be there
  std::string peer_;
  bool started_ = false;
  bool finished_ = false;
  std::function<void()> on_gone_;
  std::function<void()> on_drained_;
  std::function<void(const Status&)> on_body_;
  std::unique_ptr<Own> own_;  // of a request of our own
};

using ExchangePtr = std::shared_ptr<Exchange>;
// Called on a loop's thread; must not block.
using Handler = std::function<void(const ExchangePtr&)>;

}  // namespace penstock::http
