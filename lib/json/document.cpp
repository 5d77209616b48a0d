#include "json/document.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "json/scan.h"
#include "json/tree.h"

namespace penstock::json {
namespace {

// The encoding is validated before: asking for it here again costs sixty instructions a byte.
constexpr unsigned kParseFlags =
    rapidjson::kParseIterativeFlag | rapidjson::kParseFullPrecisionFlag;
// RapidJSON looks at 16 bytes at once, also at the text's end.
constexpr size_t kPadding = 16;

std::optional<std::string_view> duplicateKeyOf(const Node& object) {
  std::vector<std::string_view> keys;
  keys.reserve(object.MemberCount());
  for (const auto& member : object.GetObject()) keys.push_back(textOf(member.name));
  std::ranges::sort(keys);
  const auto twice = std::ranges::adjacent_find(keys);
  if (twice == keys.end()) return std::nullopt;
  return *twice;
}

// The first object that holds a key twice, or null. Recursion is bounded by the depth limit.
const Node* findDuplicate(const Node& node) {
  if (node.IsObject()) {
    if (node.MemberCount() > 1 && duplicateKeyOf(node)) return &node;
    for (const auto& member : node.GetObject()) {
      if (const Node* found = findDuplicate(member.value)) return found;
    }
  } else if (node.IsArray()) {
    for (const auto& element : node.GetArray()) {
      if (const Node* found = findDuplicate(element)) return found;
    }
  }
  return nullptr;
}

ApiError duplicateError(const Node& root, const Node& object, std::string_view what) {
  const std::string key(duplicateKeyOf(object).value_or("").substr(0, 128));
  std::string path;
  appendPointer(root, &object, path);
  appendPointerStep(path, key);
  return invalidRequest("invalid_json", fmt::format("{} has the key \"{}\" twice", what, key),
                        std::move(path));
}

ApiError parseError(const rapidjson::Document& document, std::string_view what) {
  const bool too_big = document.GetParseError() == rapidjson::kParseErrorNumberTooBig;
  return invalidRequest("invalid_json", fmt::format("{} is not valid JSON: {} at byte {}", what,
                                                    too_big ? "number out of range" : "malformed",
                                                    document.GetErrorOffset()));
}

}  // namespace

Document::Document(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;

ValueRef Document::root() const {
  const Node* root = &tree_->document;
  return {root, root};
}

Result<Document> parse(std::string_view text, const Limits& limits, std::string_view what) {
  if (auto valid = validate(text, limits, what); !valid) return std::move(valid).error();
  auto tree = std::make_unique<Document::Tree>();
  tree->text.reserve(text.size() + kPadding);
  tree->text.append(text).append(kPadding, '\0');
  tree->document.ParseInsitu<kParseFlags>(tree->text.data());
  if (tree->document.HasParseError()) return parseError(tree->document, what);
  if (const Node* object = findDuplicate(tree->document)) {
    return duplicateError(tree->document, *object, what);
  }
  return Document(std::move(tree));
}

}  // namespace penstock::json
