#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/client.h"

namespace penstock::webhook {

// One attempt to make: a request without a body, and the body, which it owns.
struct Outgoing {
  std::string delivery_id;
  std::string body;
  http::ClientRequest request;
};

// What became of it.
struct Sent {
  std::string delivery_id;
  std::optional<int64_t> status;  // of the response, when there was one
  std::string error;              // "" for 2xx, else "status 500" or http::failureName()
  bool delivered() const { return error.empty(); }
};

// Makes the calls of the dispatcher, on one loop. send() and close() are for every thread. Held by
// shared_ptr, since what is posted to a loop may outlive who posted it.
class Sender : public std::enable_shared_from_this<Sender> {
 public:
  // Called on the loop's thread, once for every attempt; never after close() has returned.
  using Report = std::function<void(Sent)>;

  Sender(http::Loop& loop, http::Client& client, Report report);
  ~Sender();
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void send(std::vector<Outgoing> attempts);
  // Cancels what is under way and drops what comes later. Waits for the loop, if it runs.
  void close();

 private:
  class Attempt;
  void start(Outgoing attempt);
  void finished(uint64_t number, Sent sent);

  // Constant after construction.
  http::Loop& loop_;
  http::Client& client_;
  const Report report_;
  // Used on the loop only.
  std::unordered_map<uint64_t, std::unique_ptr<Attempt>> attempts_;
  uint64_t last_number_ = 0;
  bool closed_ = false;
};

}  // namespace penstock::webhook
