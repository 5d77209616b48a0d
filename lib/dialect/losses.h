#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "dialect/chat_parts.h"
#include "dialect/dialect.h"

namespace penstock::dialect {

// What became of something that the target cannot express.
enum class LossKind : uint8_t {
  Changed,  // said in another way, nearly the same
  Hint,     // left out, and only cost, speed or looks suffer: cache marks, the detail of images
  Dropped,  // left out, and the answer may differ
  Refused,  // the request cannot be made of it
};

// Fields of the model that some target cannot express, for a name in the caller's own words.
enum class Field : uint8_t {
  Temperature,
  TopP,
  TopK,
  Seed,
  PresencePenalty,
  FrequencyPenalty,
  Choices,
  Stop,
  MaxTokens,
  Thinking,
  Effort,
  ResponseFormat,
  ToolChoice,
  ParallelTools,
  ToolStrict,
  ToolArguments,
  ToolCallId,
  Tools,
  ToolFailed,
  ToolResultContent,
  ServiceTier,
  CacheMarks,
  ImageDetail,
  Image,
  Document,
  Audio,
  ThinkingParts,
  SystemPlace,
  EndUser,
  Messages,
};
std::string_view fieldName(Field field, Dialect caller);

struct Loss {
  std::string field;  // "logit_bias", "messages.name"
  LossKind kind = LossKind::Dropped;
  std::string reason;  // for people
};

// What is to become of fields that can only be dropped: a project's choice.
enum class OnLoss : uint8_t { Drop, Refuse };

// The loss report of one request, in the spelling of its caller. Every field is in it once.
class Losses {
 public:
  explicit Losses(Dialect caller, OnLoss policy = OnLoss::Drop)
      : caller_(caller), policy_(policy) {}

  void change(Field field, std::string_view reason) { add(LossKind::Changed, field, reason); }
  void hint(Field field, std::string_view reason) { add(LossKind::Hint, field, reason); }
  void drop(Field field, std::string_view reason) { add(LossKind::Dropped, field, reason); }
  void refuse(Field field, std::string_view reason) { add(LossKind::Refused, field, reason); }
  void add(LossKind kind, Field field, std::string_view reason);
  // Members of a source's own that the target does not know; those that say nothing (null, false,
  // 0, empty, a default) are none. `place` is put before the names, in the caller's words for it:
  // "messages.", "messages.content."
  void dropExtras(const Extras& extras, std::string_view place = {});

  OnLoss policy() const { return policy_; }
  const std::vector<Loss>& all() const { return losses_; }
  // The names of what was left out, comma-separated, for X-Penstock-Dropped. Names are ASCII
  // without commas and line breaks; at most 1,024 bytes.
  std::string header() const;
  // InvalidRequest/"unsupported_parameter" when something was refused, or dropped against the
  // policy.
  std::optional<ApiError> error() const;

 private:
  void put(LossKind kind, std::string field, std::string_view reason);

  const Dialect caller_;
  const OnLoss policy_;
  std::vector<Loss> losses_;
};

}  // namespace penstock::dialect
