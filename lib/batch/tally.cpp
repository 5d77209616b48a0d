#include "batch/tally.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "dialect/anthropic_usage.h"
#include "dialect/openai_usage.h"
#include "json/raw.h"
#include "json/scan.h"

namespace penstock::batch {
namespace {

constexpr size_t kMaxLine = 64 << 20;

// The raw value of a member of a raw object; empty when there is none.
std::string_view memberOf(std::string_view object, std::string_view key) {
  std::string_view found;
  if (object.empty() || json::rawKind(object) != json::Kind::Object) return found;
  json::forEachMember(object, [&](std::string_view name, std::string_view value) {
    if (name != key) return true;
    found = value;
    return false;
  });
  return found;
}

// {"custom_id":…,"response":{"status_code":200,"body":{…}},"error":null}
std::optional<AnsweredLine> readOpenAi(std::string_view line) {
  const std::string_view response = memberOf(line, "response");
  const std::string_view status = memberOf(response, "status_code");
  const std::string_view body = memberOf(response, "body");
  if (body.empty() || status.empty() || json::rawInteger(status) != 200) return std::nullopt;
  dialect::OpenAiResponse said = dialect::readOpenAiResponse(body);
  return AnsweredLine{std::move(said.model), said.usage};
}

// {"custom_id":…,"result":{"type":"succeeded","message":{…}}}
std::optional<AnsweredLine> readAnthropic(std::string_view line) {
  const std::string_view message = memberOf(memberOf(line, "result"), "message");
  if (message.empty()) return std::nullopt;
  dialect::AnthropicResponse said = dialect::readAnthropicResponse(message);
  return AnsweredLine{std::move(said.model), said.usage};
}

}  // namespace

bool Tally::feed(std::string_view bytes) {
  for (size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    if (line_.empty()) {
      readLine(bytes.substr(0, end));
    } else {
      line_.append(bytes.substr(0, end));
      readLine(line_);
      line_.clear();
    }
    bytes.remove_prefix(end + 1);
  }
  if (line_.size() + bytes.size() > kMaxLine) return false;
  line_.append(bytes);
  return true;
}

void Tally::finish() {
  readLine(line_);
  line_.clear();
}

void Tally::readLine(std::string_view line) {
  line = trim(line);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty() || !json::validate(line)) return;
  const auto answered =
      surface_ == model::ObjectSurface::OpenAi ? readOpenAi(line) : readAnthropic(line);
  if (answered) take_(*answered);
}

}  // namespace penstock::batch
