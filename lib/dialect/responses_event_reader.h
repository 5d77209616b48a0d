#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialect/chat_events.h"
#include "http/sse.h"
#include "json/scan.h"

namespace penstock::dialect {

// Reads a Responses stream. Servers may send a text in deltas, whole in its "done" event, in the
// finished item or only in the response that ends the stream: what has not come before is taken
// from there. Events and items of kinds that are not known are passed over and named in a
// LossEvent.
class ResponsesEventReader final : public EventReader {
 public:
  // What a text of an item is.
  enum class TextKind : uint8_t { Content, Refusal, Summary, Reasoning, Arguments };

  bool feed(std::string_view bytes, std::vector<ChatEvent>& events) override;
  void finish(std::vector<ChatEvent>& events) override;

 private:
  // One text of an item: its place among the item's, and how much has been passed on of it.
  struct Sent {
    TextKind kind;
    int64_t place;
    size_t bytes;
  };
  struct Item {
    std::string type;
    std::vector<Sent> sent = {};
    bool done = false;
  };

  bool onEvent(const http::SseEvent& event);
  void onTerminal(std::string_view type, std::string_view data);
  void onItem(std::string_view type);
  void onText(std::string_view type);
  void onError(std::string_view data);
  void readHead();
  void startItem(int64_t place, const json::ObjectIndex& raw);
  void finishItem(int64_t place, std::string_view raw);
  void finishTexts(int64_t place, const json::ObjectIndex& item, std::string_view key,
                   TextKind kind);
  void addText(int64_t place, TextKind kind, int64_t part, std::string text);
  void addWhole(int64_t place, TextKind kind, int64_t part, std::string_view text);
  Sent* sentOf(Item& item, TextKind kind, int64_t part);
  void emit(int64_t place, TextKind kind, std::string text);
  int64_t placeOf(std::string_view key) const;
  void lose(std::string_view what) { events_->push_back(LossEvent{std::string(what)}); }

  http::SseLexer lexer_;
  std::vector<ChatEvent>* events_ = nullptr;  // of the feed() under way
  std::map<int64_t, Item> items_;             // by output_index
  bool head_read_ = false;
  bool calls_ = false;
  bool ended_ = false;
  json::ObjectIndex event_, nested_;  // reused
};

}  // namespace penstock::dialect
