// {"id":"msg_in0_68a…","type":"message","status":"completed","role":"user","content":[{"type":
//  "input_text","text":"Hi"}]}
#include "dialect/responses_items.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "dialect/json_members.h"
#include "json/raw.h"
#include "json/splice.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr size_t kMaxIdBytes = 256;
constexpr std::string_view kResponsePrefix = "resp_";

template <typename Each>
void forEachIn(std::string_view items, const Each& each) {
  if (items.empty() || json::rawKind(items) != json::Kind::Array) return;
  json::forEachElement(items, each);
}

std::string typeOf(const json::ObjectIndex& item) {
  std::string type = textAt(item, "type");
  return type.empty() && item.find("role") != nullptr ? "message" : type;
}

std::string_view prefixOf(std::string_view type) {
  if (type == "message") return "msg";
  if (type == "reasoning") return "rs";
  if (type == "function_call") return "fc";
  return type == "custom_tool_call" ? "ctc" : "item";
}

std::string madeId(std::string_view type, size_t place, std::string_view response_id) {
  if (response_id.starts_with(kResponsePrefix)) response_id.remove_prefix(kResponsePrefix.size());
  return fmt::format("{}_in{}_{}", prefixOf(type), place, response_id);
}

// A bare text as the one part that it is.
std::string asParts(const json::ObjectIndex& item, std::string_view text) {
  const bool said = textAt(item, "role") == "assistant";
  std::string parts;
  json::Writer out(parts);
  out.beginArray().beginObject().field("type", said ? "output_text" : "input_text");
  out.rawField("text", text);
  if (said) out.key("annotations").beginArray().endArray();
  out.endObject().endArray();
  return parts;
}

ResponsesItem listed(std::string_view raw, size_t place, std::string_view response_id) {
  json::ObjectIndex item;
  if (!json::scanObject(raw, item)) return {madeId("", place, response_id), std::string(raw)};
  const std::string type = typeOf(item);
  ResponsesItem shown{textAt(item, "id"), {}};
  json::Splicer splicer(item);
  const auto set = [&](std::string_view key, const std::string& value) {
    for (size_t i = 0; i < item.size(); ++i)
      if (item[i].key == key) return splicer.replaceValue(i, value);
    splicer.appendMember(key, value);
  };
  if (shown.id.empty()) {
    shown.id = madeId(type, place, response_id);
    set("id", json::quoted(shown.id));
  }
  if (type == "message") {
    if (textAt(item, "type").empty()) set("type", json::quoted(type));
    if (textAt(item, "status").empty()) set("status", R"("completed")");
    const json::Member* content = item.find("content");
    if (content != nullptr && content->kind == json::Kind::String)
      set("content", asParts(item, content->value));
  }
  shown.json = splicer.build().str();
  return shown;
}

int64_t reasoningOf(const json::ObjectIndex& object) {
  json::ObjectIndex usage, details;
  if (!scanAt(object, "usage", usage) || !scanAt(usage, "output_tokens_details", details)) return 0;
  const json::Member* tokens = details.find("reasoning_tokens");
  return tokens == nullptr ? 0 : std::max<int64_t>(json::rawInteger(tokens->value).value_or(0), 0);
}

}  // namespace

ResponsesKeptObject readKeptObject(std::string_view object) {
  ResponsesKeptObject kept;
  json::ObjectIndex index;
  if (!json::scanObject(object, index)) return kept;
  kept.id = textAt(index, "id");
  kept.model = textAt(index, "model");
  const json::Member* output = index.find("output");
  if (output != nullptr && output->kind == json::Kind::Array) kept.output = output->value;
  const json::Member* store = index.find("store");
  kept.says_unstored = store != nullptr && store->value == "false";
  kept.reasoning_tokens = reasoningOf(index);
  return kept;
}

bool isResponseId(std::string_view id) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !id.empty() && id.size() <= kMaxIdBytes && std::ranges::all_of(id, fits);
}

std::vector<ResponsesItem> listedItems(std::string_view input, std::string_view response_id) {
  std::vector<ResponsesItem> items;
  forEachIn(input, [&](std::string_view raw) {
    items.push_back(listed(raw, items.size(), response_id));
    return true;
  });
  return items;
}

std::optional<ResponsesItemPlace> placeOfItem(std::string_view item_id) {
  constexpr std::string_view kMark = "_in";
  const size_t mark = item_id.find('_');
  if (mark == std::string_view::npos || !item_id.substr(mark).starts_with(kMark))
    return std::nullopt;
  item_id.remove_prefix(mark + kMark.size());
  const size_t end = item_id.find('_');
  if (end == std::string_view::npos) return std::nullopt;
  const auto place = parseUnsigned(item_id.substr(0, end));
  if (!place) return std::nullopt;
  return ResponsesItemPlace{std::string(kResponsePrefix).append(item_id.substr(end + 1)),
                            static_cast<size_t>(*place)};
}

std::vector<std::string> itemIds(std::string_view items) {
  std::vector<std::string> ids;
  forEachIn(items, [&ids](std::string_view raw) {
    json::ObjectIndex item;
    if (!json::scanObject(raw, item)) return true;
    std::string id = textAt(item, "id");
    if (!id.empty() && id.size() <= kMaxIdBytes) ids.push_back(std::move(id));
    return true;
  });
  return ids;
}

std::string_view findItem(std::string_view items, std::string_view id) {
  std::string_view found;
  forEachIn(items, [&](std::string_view raw) {
    json::ObjectIndex item;
    if (json::scanObject(raw, item) && textAt(item, "id") == id) found = raw;
    return found.empty();
  });
  return found;
}

std::string_view itemAt(std::string_view items, size_t place) {
  std::string_view found;
  forEachIn(items, [&](std::string_view raw) {
    if (place-- > 0) return true;
    found = raw;
    return false;
  });
  return found;
}

}  // namespace penstock::dialect
