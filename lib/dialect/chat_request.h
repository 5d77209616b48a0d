#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dialect/chat_parts.h"
#include "dialect/dialect.h"

namespace penstock::dialect {

// The typed chat model: a request. Readers make it from a wire format, writers make a wire format
// of it. It says what was asked for, not how a target may be asked: what the source left open is
// left open here.

enum class Role : uint8_t { System, Developer, User, Assistant };

// Results of tools are parts of user messages, as with Anthropic; OpenAI's "tool" messages are each
// a user message with one of them. System messages stand where they were; a top-level system
// prompt is the first message. Neighbours may have the same role: writers merge where they must.
struct Message {
  Role role = Role::User;
  std::vector<Part> parts = {};
  Extras extras = {};
};

struct Tool {
  ToolKind kind = ToolKind::Function;
  std::string name;
  std::string description;
  std::string schema;  // JSON of the arguments' schema; empty: none given
  std::optional<bool> strict = {};
  std::optional<CacheMark> cache = {};
  Extras extras = {};
  // JSON of a tool of the source's own (web search, computer use); then the rest but `name` is
  // empty.
  std::string other = {};
};

struct ToolChoice {
  enum class Mode : uint8_t { Auto, Required, None, Named };
  Mode mode = Mode::Auto;
  std::string name = {};                  // of Named
  ToolKind kind = ToolKind::Function;     // of Named
  std::vector<std::string> allowed = {};  // names that may be called; empty: all
};

struct ResponseFormat {
  enum class Mode : uint8_t { Text, JsonObject, JsonSchema };
  Mode mode = Mode::Text;
  std::string name = {};
  std::string description = {};
  std::string schema = {};  // JSON
  std::optional<bool> strict = {};
};

// In order: a target takes the nearest that it knows.
enum class Effort : uint8_t { None, Minimal, Low, Medium, High, XHigh, Max };

struct Thinking {
  enum class Mode : uint8_t { Unset, Disabled, Budget, Adaptive, BetweenTools };
  Mode mode = Mode::Unset;
  int64_t budget_tokens = 0;  // of Budget
  std::string display = {};   // Anthropic's "summarized" or "omitted"
  std::string summary = {};   // Responses' "auto", "concise" or "detailed"
  bool active() const { return mode == Mode::Budget || mode == Mode::Adaptive; }
};

struct Sampling {
  std::optional<double> temperature = {}, top_p = {};
  std::optional<int64_t> top_k = {}, seed = {};
  std::optional<double> presence_penalty = {}, frequency_penalty = {};
};

struct ChatRequest {
  Dialect source = Dialect::OpenAi;
  std::string model = {};
  std::vector<Message> messages = {};
  std::vector<Tool> tools = {};
  std::optional<ToolChoice> tool_choice = {};
  std::optional<bool> parallel_tools = {};
  std::optional<ResponseFormat> response_format = {};
  Sampling sampling = {};
  std::optional<int64_t> max_tokens = {};  // reasoning included
  int64_t choices = 1;
  std::vector<std::string> stop = {};
  Thinking thinking = {};
  std::optional<Effort> effort = {};
  std::string end_user = {};
  std::string service_tier = {};  // in the source's words
  bool stream = false;
  bool include_usage = false;  // the caller of a stream wants the usage; Anthropic's always does
  Extras extras = {};
};

// What reading an answer must know of its request, and of what a writer made of it.
struct AnswerContext {
  // The tool whose forced call stands for the answer in JSON; empty: there is none.
  std::string json_tool = {};
  // Tools whose calls hold {"input": text} in place of a text.
  std::vector<std::string> custom_tools = {};
};

// A request in a provider's form, and what reading its answer needs.
struct WrittenRequest {
  std::string body;
  AnswerContext context;
};

}  // namespace penstock::dialect
