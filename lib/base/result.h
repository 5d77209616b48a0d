#pragma once

#include <utility>
#include <variant>

#include "base/error.h"

namespace penstock {

// Nothing, as a value: Result<Unit> is an operation that can only fail.
struct Unit {
  bool operator==(const Unit&) const = default;
};

// A value or an expected failure. The names are std::expected's, which g++ 12 does not have.
// Reading the wrong side is a programming error and throws std::bad_variant_access.
template <typename T, typename E = ApiError>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(E error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  E& error() & { return std::get<1>(state_); }
  const E& error() const& { return std::get<1>(state_); }
  E&& error() && { return std::get<1>(std::move(state_)); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  T value_or(T fallback) const& { return has_value() ? value() : std::move(fallback); }

 private:
  std::variant<T, E> state_;
};

using Status = Result<Unit>;

}  // namespace penstock
