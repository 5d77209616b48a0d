#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "json/kind.h"
#include "json/value.h"

namespace penstock::json {

// A parsed, immutable JSON text that owns its memory (the text may go). Safe to read from several
// threads. Made by parse() only.
class Document {
 public:
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  ValueRef root() const;

 private:
  friend Result<Document> parse(std::string_view, const Limits&, std::string_view);
  struct Tree;
  explicit Document(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

// The one guarded parse: validate() first, encoding included, then RapidJSON without recursion and
// with exact numbers; duplicate keys are refused at every level, as are numbers beyond a double.
// Errors as scanObject()'s.
Result<Document> parse(std::string_view text, const Limits& limits = {},
                       std::string_view what = "the body");

}  // namespace penstock::json
