#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "json/kind.h"

namespace penstock::json {

class ArrayRange;
class MemberRange;

// A value inside a Document, as cheap to copy as two pointers. Valid while the Document lives
// (moving the Document is fine). Two ways to read: as…() answers nothing on another kind; get…()
// answers an ApiError (InvalidRequest/"invalid_type") whose param is the value's JSON pointer.
class ValueRef {
 public:
  Kind kind() const;
  bool isNull() const { return kind() == Kind::Null; }
  bool isObject() const { return kind() == Kind::Object; }
  bool isArray() const { return kind() == Kind::Array; }
  bool isString() const { return kind() == Kind::String; }

  std::optional<std::string_view> asString() const;
  std::optional<int64_t> asInt() const;  // whole numbers in range, 5.0 included
  std::optional<double> asDouble() const;
  std::optional<bool> asBool() const;

  Result<std::string_view> getString() const;
  Result<int64_t> getInt() const;
  Result<double> getDouble() const;
  Result<bool> getBool() const;

  // A member of an object; nothing when absent or when this is no object.
  std::optional<ValueRef> find(std::string_view key) const;
  // The same as an error: "missing_field" with the pointer of the missing member.
  Result<ValueRef> get(std::string_view key) const;
  // Shorthands for optional members: nothing when absent or of another kind.
  std::optional<std::string_view> stringAt(std::string_view key) const;
  std::optional<int64_t> intAt(std::string_view key) const;

  size_t size() const;                     // of an array or object; 0 otherwise
  ValueRef at(size_t i) const;             // array element; i < size()
  std::string_view keyAt(size_t i) const;  // object member's key
  ValueRef valueAt(size_t i) const;        // object member's value
  ArrayRange elements() const;  // for (ValueRef v : value.elements()); empty for other kinds
  MemberRange members() const;  // for (auto [key, v] : value.members()); likewise

  // This value's place in its document, e.g. "/config/model"; "" for the root. Walks the document:
  // for error paths only.
  std::string pointer() const;
  // Compact JSON text; members in order.
  std::string text() const;
  void appendText(std::string& out) const;

 private:
  friend class Document;
  ValueRef(const void* root, const void* node) : root_(root), node_(node) {}
  ApiError typeError(std::string_view expected) const;

  const void* root_;
  const void* node_;
};

struct MemberRef {
  std::string_view key;
  ValueRef value;
};

class ArrayRange {
 public:
  struct Iterator {
    ValueRef owner;
    size_t i;
    ValueRef operator*() const { return owner.at(i); }
    Iterator& operator++() {
      ++i;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return i != other.i; }
  };
  explicit ArrayRange(ValueRef owner) : owner_(owner) {}
  Iterator begin() const { return {owner_, 0}; }
  Iterator end() const { return {owner_, owner_.isArray() ? owner_.size() : 0}; }

 private:
  ValueRef owner_;
};

class MemberRange {
 public:
  struct Iterator {
    ValueRef owner;
    size_t i;
    MemberRef operator*() const { return {owner.keyAt(i), owner.valueAt(i)}; }
    Iterator& operator++() {
      ++i;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return i != other.i; }
  };
  explicit MemberRange(ValueRef owner) : owner_(owner) {}
  Iterator begin() const { return {owner_, 0}; }
  Iterator end() const { return {owner_, owner_.isObject() ? owner_.size() : 0}; }

 private:
  ValueRef owner_;
};

inline ArrayRange ValueRef::elements() const { return ArrayRange(*this); }
inline MemberRange ValueRef::members() const { return MemberRange(*this); }

}  // namespace penstock::json
