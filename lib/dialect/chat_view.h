#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/scan.h"

namespace penstock::dialect {

// What a request can cost at most on its input side (openai_input.h, anthropic_input.h).
struct InputBound {
  int64_t tokens = 0;
  bool images = false;
  bool audio = false;
};

// What policy needs of a chat request's body, whatever its dialect; the rest stays in the caller's
// bytes, unread, so that it can be passed through by splicing. `body` and the views point into the
// text that was parsed, which must outlive this. Movable.
struct ChatView {
  ChatView() = default;
  ChatView(ChatView&&) noexcept = default;
  ChatView& operator=(ChatView&&) noexcept = default;
  virtual ~ChatView() = default;

  json::ObjectIndex body;  // members with offsets, for the encoders
  std::string model;       // as the caller wrote it, e.g. "@default"
  bool stream = false;
  // The most that the caller allows, the larger where there are two.
  std::optional<int64_t> max_output_tokens;
  int64_t choices = 1;  // answers that are asked for
  bool has_tools = false;
  std::string_view content;  // raw JSON of messages or input

  std::string user;                       // the dialect's own end-user field
  std::string end_user;                   // mlx:end_user
  std::string trace_id, conversation_id;  // of OpenAI's metadata
  std::vector<std::pair<std::string, std::string>> tags;
  std::string service_tier;  // that was asked for
  bool cache_skip = false;
  bool trace = false;  // mlx:trace: answer with the decision trace

  // Whether a message holds an image. Searches the whole text: ask only when a policy needs it.
  virtual bool hasImages() const = 0;
  // Whether the answer is to follow a JSON schema.
  virtual bool wantsJsonSchema() const = 0;
  // That schema as raw JSON; empty: there is none, or none that can be read.
  virtual std::string jsonSchema() const { return {}; }
  // Whether it is to be any JSON.
  virtual bool wantsJson() const = 0;
  std::optional<double> temperature() const;
  virtual InputBound boundInput() const = 0;
  // The most input tokens that any model can make of the request.
  int64_t maxInputTokens() const { return boundInput().tokens; }
  // Input tokens in all likelihood. Walks the messages: ask only when the provider sent no usage.
  virtual int64_t estimateInputTokens() const = 0;

  // Whether the answer may hold audio or images, or the model may search the web.
  virtual bool wantsAudio() const = 0;
  virtual bool wantsImages() const = 0;
  virtual bool searchesWeb() const = 0;
};

inline constexpr size_t kMaxTags = 50;
inline constexpr size_t kMaxTagKeyBytes = 64;
inline constexpr size_t kMaxTagValueBytes = 256;

}  // namespace penstock::dialect
