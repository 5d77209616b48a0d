#pragma once

#include <string>
#include <vector>

#include "dialect/bedrock_block_writer.h"
#include "dialect/bedrock_target.h"
#include "dialect/chat_request.h"
#include "dialect/losses.h"
#include "json/writer.h"

namespace penstock::dialect {

// Writes a request's "toolConfig". Converse wants one as soon as the messages hold calls, and has no
// choice of none: then the tools stay, or are made of the calls' names.
class BedrockToolWriter {
 public:
  // `thinking` is as the request will have it.
  BedrockToolWriter(const ChatRequest& request, const BedrockTarget& target,
                    const Thinking& thinking, Losses& losses, BedrockBlockWriter& blocks,
                    json::Writer& out)
      : request_(request),
        target_(target),
        thinking_(thinking),
        losses_(losses),
        blocks_(blocks),
        out_(out) {}

  // A member of an open object, if any is needed, and what reading the answer must know.
  AnswerContext write();
  // After write(): Claude's own "tool_choice" of additionalModelRequestFields, as JSON, where
  // Converse's cannot say it; else empty.
  const std::string& additionalChoice() const { return additional_; }

 private:
  bool isOffered(const Tool& tool) const;
  std::vector<Tool> offered();
  void addCalled(std::vector<Tool>& tools) const;
  void writeTool(const Tool& tool);
  void writeSpec(std::string_view name, std::string_view description, std::string_view schema,
                 bool strict);
  void writeChoice();
  void writeAdditional(const ToolChoice& choice);

  const ChatRequest& request_;
  const BedrockTarget& target_;
  const Thinking& thinking_;
  Losses& losses_;
  BedrockBlockWriter& blocks_;
  json::Writer& out_;
  AnswerContext context_;
  std::string additional_;
};

}  // namespace penstock::dialect
