#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "http/loop.h"

namespace penstock::proxy {

// Runs `task` on a thread of the pool, which may block, and then `then` on the loop. What the task
// writes is left alone meanwhile; what it throws is an internal error. The owner lives until then,
// and its last reference is dropped on the loop. False: too much is waiting, and nothing is run.
template <typename Pool, typename Owner>
[[nodiscard]] bool offLoop(Pool& pool, http::Loop& loop, std::shared_ptr<Owner> owner,
                           std::function<Status()> task,
                           std::function<void(std::type_identity_t<Owner>&, const Status&)> then) {
  return pool.submit(
      [&loop, owner = std::move(owner), task = std::move(task), then = std::move(then)]() mutable {
        Status status = Unit{};
        try {
          status = task();
        } catch (const std::exception& failure) {
          status = internalError(failure.what());
        }
        task = nullptr;
        loop.post([owner = std::move(owner), status = std::move(status), then = std::move(then)] {
          then(*owner, status);
        });
      });
}

// What is answered where that is false.
inline ApiError tooMuchWaits(const char* message) {
  ApiError error{ErrorKind::Overloaded, "overloaded", message};
  error.retry_after_ms = 1000;
  return error;
}

}  // namespace penstock::proxy
