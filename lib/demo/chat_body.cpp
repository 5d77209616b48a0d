#include "demo/chat_body.h"

#include <optional>
#include <string_view>
#include <vector>

#include "demo/tokenizer.h"
#include "json/writer.h"

namespace penstock::demo {
namespace {

void writeHead(json::Writer& writer, const ChatHead& head, std::string_view object) {
  writer.beginObject().field("id", head.id).field("object", object);
  writer.field("created", head.created).field("model", head.model);
  writer.field("system_fingerprint", "fp_penstock_demo");
}

void writeUsage(json::Writer& writer, const Reply& reply) {
  writer.key("usage").beginObject().field("prompt_tokens", reply.prompt_tokens);
  writer.field("completion_tokens", reply.completion_tokens);
  writer.field("total_tokens", reply.prompt_tokens + reply.completion_tokens);
  writer.key("prompt_tokens_details").beginObject().field("cached_tokens", 0).endObject();
  writer.key("completion_tokens_details").beginObject().field("reasoning_tokens", 0).endObject();
  writer.endObject();
}

void writeContent(json::Writer& writer, const Choice& choice) {
  writer.key("content");
  choice.tool_calls.empty() ? writer.value(choice.content) : writer.null();
}

void writeMessage(json::Writer& writer, const Choice& choice) {
  writer.key("message").beginObject().field("role", "assistant");
  writeContent(writer, choice);
  writer.key("refusal").null();
  if (!choice.tool_calls.empty()) {
    writer.key("tool_calls").beginArray();
    for (const ToolCall& call : choice.tool_calls) {
      writer.beginObject().field("id", call.id).field("type", "function").key("function");
      writer.beginObject().field("name", call.name).field("arguments", call.arguments);
      writer.endObject().endObject();
    }
    writer.endArray();
  }
  writer.endObject();
}

// One chunk to come.
struct Piece {
  enum class Kind : uint8_t { Role, Text, CallStart, CallArguments, Finish };
  Kind kind;
  size_t call = 0;
  std::string_view text = {};
};

std::vector<Piece> piecesOf(const Choice& choice) {
  std::vector<Piece> pieces{{.kind = Piece::Kind::Role}};
  for (const std::string_view token : tokenize(choice.content)) {
    pieces.push_back({.kind = Piece::Kind::Text, .text = token});
  }
  for (size_t i = 0; i < choice.tool_calls.size(); ++i) {
    pieces.push_back({.kind = Piece::Kind::CallStart, .call = i});
    for (const std::string_view token : tokenize(choice.tool_calls[i].arguments)) {
      pieces.push_back({.kind = Piece::Kind::CallArguments, .call = i, .text = token});
    }
  }
  pieces.push_back({.kind = Piece::Kind::Finish});
  return pieces;
}

class ChatEvents final : public EventSource {
 public:
  ChatEvents(const ChatHead& head, Reply reply, UsageReport usage)
      : reply_(std::move(reply)), usage_(usage) {
    json::Writer writer(head_);
    writeHead(writer, head, "chat.completion.chunk");
    head_.insert(0, "data: ");
  }
  bool next(std::string& event) override;

 private:
  void writeChunk(std::string& event, const Piece& piece) const;
  void writeDelta(json::Writer& writer, const Piece& piece) const;
  void writeCall(json::Writer& writer, const Piece& piece) const;
  void writeUsageChunk(std::string& event) const;

  // Constant after construction.
  std::string head_;  // of every chunk, the object still open
  const Reply reply_;
  const UsageReport usage_;
  // Where we are.
  size_t choice_ = 0;
  size_t piece_ = 0;
  std::vector<Piece> pieces_;  // of that choice
  bool usage_sent_ = false;
  bool done_ = false;
};

bool ChatEvents::next(std::string& event) {
  if (choice_ < reply_.choices.size()) {
    if (piece_ == 0) pieces_ = piecesOf(reply_.choices[choice_]);
    writeChunk(event, pieces_[piece_]);
    if (++piece_ == pieces_.size()) {
      piece_ = 0;
      ++choice_;
    }
    return true;
  }
  if (usage_ == UsageReport::Sent && !usage_sent_) {
    usage_sent_ = true;
    writeUsageChunk(event);
    return true;
  }
  if (done_) return false;
  done_ = true;
  event = "data: [DONE]\n\n";
  return true;
}

void ChatEvents::writeChunk(std::string& event, const Piece& piece) const {
  std::string rest;
  json::Writer writer(rest);
  writer.beginObject().field("index", choice_).key("delta").beginObject();
  writeDelta(writer, piece);
  writer.endObject().key("logprobs").null().key("finish_reason");
  piece.kind == Piece::Kind::Finish ? writer.value(reply_.choices[choice_].finish_reason)
                                    : writer.null();
  writer.endObject();
  event = head_;
  event += ",\"choices\":[" + rest + "]";
  if (usage_ == UsageReport::Sent) event += ",\"usage\":null";
  event += "}\n\n";
}

void ChatEvents::writeDelta(json::Writer& writer, const Piece& piece) const {
  switch (piece.kind) {
    case Piece::Kind::Role:
      writer.field("role", "assistant").key("content");
      reply_.choices[choice_].tool_calls.empty() ? writer.value("") : writer.null();
      writer.key("refusal").null();
      return;
    case Piece::Kind::Text: writer.field("content", piece.text); return;
    case Piece::Kind::CallStart:
    case Piece::Kind::CallArguments: writeCall(writer, piece); return;
    case Piece::Kind::Finish: return;
  }
}

void ChatEvents::writeCall(json::Writer& writer, const Piece& piece) const {
  writer.key("tool_calls").beginArray().beginObject().field("index", piece.call);
  if (piece.kind == Piece::Kind::CallStart) {
    const ToolCall& call = reply_.choices[choice_].tool_calls[piece.call];
    writer.field("id", call.id).field("type", "function").key("function");
    writer.beginObject().field("name", call.name).field("arguments", "").endObject();
  } else {
    writer.key("function").beginObject().field("arguments", piece.text).endObject();
  }
  writer.endObject().endArray();
}

void ChatEvents::writeUsageChunk(std::string& event) const {
  std::string rest;
  json::Writer writer(rest);
  writeUsage(writer, reply_);
  event = head_ + ",\"choices\":[]," + rest + "}\n\n";
}

}  // namespace

std::string chatBody(const ChatHead& head, const Reply& reply, UsageReport usage) {
  std::string body;
  json::Writer writer(body);
  writeHead(writer, head, "chat.completion");
  writer.key("choices").beginArray();
  for (size_t i = 0; i < reply.choices.size(); ++i) {
    writer.beginObject().field("index", i);
    writeMessage(writer, reply.choices[i]);
    writer.key("logprobs").null().field("finish_reason", reply.choices[i].finish_reason);
    writer.endObject();
  }
  writer.endArray();
  if (usage == UsageReport::Sent) writeUsage(writer, reply);
  writer.endObject();
  return body;
}

std::unique_ptr<EventSource> chatEvents(const ChatHead& head, Reply reply, UsageReport usage) {
  return std::make_unique<ChatEvents>(head, std::move(reply), usage);
}

}  // namespace penstock::demo
