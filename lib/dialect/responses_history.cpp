#include "dialect/responses_history.h"

#include "dialect/json_members.h"
#include "json/raw.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

// {"type":"item_reference","id":"msg_…"}; the type may be left out.
std::string referenceOf(std::string_view raw) {
  json::ObjectIndex item;
  if (!json::scanObject(raw, item)) return {};
  const json::Member* type = presentAt(item, "type");
  const bool bare = type == nullptr && item.find("role") == nullptr;
  return bare || textAt(item, "type") == "item_reference" ? textAt(item, "id") : std::string();
}

bool isArray(std::string_view raw) {
  return !raw.empty() && json::rawKind(raw) == json::Kind::Array;
}

// Calls `each` with the items of the input.
template <typename Each>
void forEachItem(const ResponsesRequest& request, const Each& each) {
  if (isArray(request.content)) {
    json::forEachElement(request.content, [&each](std::string_view item) {
      each(item);
      return true;
    });
  } else if (!request.content.empty()) {
    std::string message;
    json::Writer out(message);
    out.beginObject().field("type", "message").field("role", "user");
    out.key("content").beginArray().beginObject().field("type", "input_text");
    out.rawField("text", request.content).endObject().endArray().endObject();
    each(message);
  }
}

// Empty for reasoning.
std::string withoutId(std::string_view raw) {
  json::ObjectIndex item;
  if (!json::scanObject(raw, item)) return std::string(raw);
  const std::string type = textAt(item, "type");
  if (type == "reasoning") return {};
  // Other kinds are told apart by their ids, or are nothing but one.
  const bool told_whole = type == "message" || type == "function_call" ||
                          type == "custom_tool_call" || (type.empty() && item.find("role"));
  json::Splicer splicer(item);
  for (size_t i = 0; told_whole && i < item.size(); ++i)
    if (item[i].key == "id") splicer.removeMember(i);
  return splicer.build().str();
}

bool needsState(std::string_view key) {
  return key == "previous_response_id" || key == "conversation" || key == "background";
}

}  // namespace

std::string inputItems(const ResponsesRequest& request, size_t skip) {
  std::string items;
  json::Writer out(items);
  out.beginArray();
  forEachItem(request, [&out, &skip](std::string_view item) {
    if (skip == 0)
      out.raw(item);
    else
      --skip;
  });
  out.endArray();
  return items;
}

std::vector<std::string> referencedItems(const ResponsesRequest& request) {
  std::vector<std::string> ids;
  forEachItem(request, [&ids](std::string_view item) {
    if (std::string id = referenceOf(item); !id.empty()) ids.push_back(std::move(id));
  });
  return ids;
}

std::string withHistory(const ResponsesRequest& request, const ResponsesHistory& history) {
  std::string items;
  json::Writer out(items);
  out.beginArray();
  if (isArray(history.items))
    json::forEachElement(history.items, [&out](std::string_view item) {
      out.raw(item);
      return true;
    });
  forEachItem(request, [&](std::string_view item) {
    const auto known = history.referenced.find(referenceOf(item));
    out.raw(known == history.referenced.end() ? item : std::string_view(known->second));
  });
  out.endArray();
  json::Splicer splicer(request.body);
  bool has_input = false;
  for (size_t i = 0; i < request.body.size(); ++i) {
    const std::string_view key = request.body[i].key;
    if (needsState(key)) {
      splicer.removeMember(i);
    } else if (key == "input") {
      splicer.replaceValue(i, items);
      has_input = true;
    }
  }
  if (!has_input) splicer.appendMember("input", items);
  return splicer.build().str();
}

std::string forAnotherServer(const ResponsesRequest& request) {
  std::string items;
  json::Writer out(items);
  out.beginArray();
  forEachItem(request, [&out](std::string_view item) {
    if (const std::string free = withoutId(item); !free.empty()) out.raw(free);
  });
  out.endArray();
  json::Splicer splicer(request.body);
  for (size_t i = 0; i < request.body.size(); ++i)
    if (request.body[i].key == "input") splicer.replaceValue(i, items);
  return splicer.build().str();
}

void ResponsesCollector::feed(std::string_view bytes) {
  const auto each = [this](const http::SseEvent& event) {
    json::ObjectIndex index;
    if (event.data.empty() || !json::scanObject(event.data, index)) return;
    const std::string type = textAt(index, "type");
    const json::Member* response = index.find("response");
    if (response != nullptr && (type == "response.completed" || type == "response.incomplete" ||
                                type == "response.failed"))
      response_ = response->value;
  };
  static_cast<void>(lexer_.feed(bytes, each));
}

}  // namespace penstock::dialect
