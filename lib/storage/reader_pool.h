#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/sync.h"

namespace penstock::storage {

// A bounded set of read-only connections, opened when first needed. `Connection` is whatever the
// owner binds to one Database (its statements). A connection is used by the one thread that holds
// its Lease; lease() waits when all are taken. Thread-safe; outlives its leases.
template <typename Connection>
class ReaderPool {
 public:
  using Factory = std::function<std::unique_ptr<Connection>()>;
  ReaderPool(size_t limit, Factory open) : limit_(limit), open_(std::move(open)) {}
  ReaderPool(const ReaderPool&) = delete;
  ReaderPool& operator=(const ReaderPool&) = delete;

  // Gives the connection back at the end of its scope.
  class Lease {
   public:
    Lease(ReaderPool& pool, std::unique_ptr<Connection> connection)
        : pool_(pool), connection_(std::move(connection)) {}
    ~Lease() { pool_.giveBack(std::move(connection_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Connection* operator->() { return connection_.get(); }
    Connection& operator*() { return *connection_; }

   private:
    ReaderPool& pool_;
    std::unique_ptr<Connection> connection_;
  };

  Lease lease() {
    std::unique_ptr<Connection> connection = takeIdle();
    if (connection) return Lease(*this, std::move(connection));
    try {
      return Lease(*this, open_());
    } catch (...) {
      giveBack(nullptr);
      throw;
    }
  }

 private:
  struct State {
    std::vector<std::unique_ptr<Connection>> idle;
    size_t leased = 0;
  };

  // Null: the caller may open another.
  std::unique_ptr<Connection> takeIdle() {
    auto state = state_.lock();
    state.wait(given_back_, [&] { return state->leased < limit_; });
    ++state->leased;
    if (state->idle.empty()) return nullptr;
    std::unique_ptr<Connection> connection = std::move(state->idle.back());
    state->idle.pop_back();
    return connection;
  }

  void giveBack(std::unique_ptr<Connection> connection) {
    auto state = state_.lock();
    --state->leased;
    if (connection) state->idle.push_back(std::move(connection));
    given_back_.notify_one();
  }

  // Constant after construction.
  const size_t limit_;
  const Factory open_;
  Sync<State> state_;
  std::condition_variable given_back_;
};

}  // namespace penstock::storage
