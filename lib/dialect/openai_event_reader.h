#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/chat_events.h"
#include "http/sse.h"
#include "json/scan.h"

namespace penstock::dialect {

// Reads an OpenAI chat stream, of the first choice, whoever serves it (spec/dialects.md 7, 15):
// calls without ids, without an index or with the same one, ids that change, arguments that come
// before the name, "stop" after a call, usage in any chunk and in any place.
class OpenAiEventReader final : public EventReader {
 public:
  bool feed(std::string_view bytes, std::vector<ChatEvent>& events) override;
  void finish(std::vector<ChatEvent>& events) override;

 private:
  // A call of which not all has come that its start must tell.
  struct Call {
    int64_t index = 0;            // the server's
    std::string id, name, early;  // early: arguments before the start
    bool started = false;
  };

  bool onEvent(const http::SseEvent& event);
  void onChunk();
  void readHead();
  void readChoice(std::string_view raw);
  void readDelta(std::string_view raw);
  void readContent(std::string_view raw);
  void readThinkingBlocks(std::string_view raw);
  void readToolCalls(std::string_view raw);
  void readToolCall(std::string_view raw);
  void readFunction(std::string_view raw, std::string& name, std::string& arguments) const;
  Call& callFor(int64_t index, std::string_view id, std::string_view name);
  void start(size_t call);
  void startAll();
  void readFinish(std::string_view raw);
  void end();

  template <typename Event>
  void emitText(std::string_view raw);

  http::SseLexer lexer_;
  std::vector<ChatEvent>* events_ = nullptr;  // of the feed() under way
  std::string id_;
  bool head_read_ = false;
  std::vector<Call> calls_;
  json::ObjectIndex chunk_, choice_, delta_, call_;  // reused
};

}  // namespace penstock::dialect
