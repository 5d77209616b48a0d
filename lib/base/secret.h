#pragma once

#include <string>
#include <string_view>

namespace penstock {

// A string that cannot be printed by accident: it has no stream operator and no formatter, and
// its bytes are wiped on destruction. reveal() is the one way out; grep for it to audit.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret other) noexcept;
  ~Secret();

  std::string_view reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  // "sk-p...TA0A": the first four and last four characters where at least twelve are hidden between
  // them, else "***". Safe to log.
  std::string fingerprint() const;

  bool operator==(const Secret& other) const;  // constant time for equal lengths

 private:
  std::string value_;
};

}  // namespace penstock
