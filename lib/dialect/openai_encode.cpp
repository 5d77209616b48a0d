#include "dialect/openai_encode.h"

#include <string>

#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kAskUsage = "{\"include_usage\":true}";

// The caller's stream_options with include_usage true.
std::string withUsage(const json::Member& options) {
  json::ObjectIndex index;
  if (options.kind != json::Kind::Object || !json::scanObject(options.value, index)) {
    return std::string(kAskUsage);
  }
  json::Splicer splicer(index);
  if (const json::Member* include = index.find("include_usage")) {
    splicer.replaceValue(static_cast<size_t>(include - &index[0]), "true");
  } else {
    splicer.appendMember("include_usage", "true");
  }
  return splicer.build().str();
}

bool isLimit(const json::Member& member) {
  return member.key == "max_tokens" || member.key == "max_completion_tokens";
}

}  // namespace

json::Spliced encodeOpenAiRequest(const OpenAiRequest& request, std::string_view model,
                                  StreamUsage usage, const std::optional<OutputLimit>& limit) {
  const bool ask = request.stream && !request.include_usage && usage == StreamUsage::Request;
  const bool whole = request.stream && usage == StreamUsage::NoStream;
  bool has_options = false;
  bool has_limit = false;
  json::Splicer splicer(request.body);
  for (size_t i = 0; i < request.body.size(); ++i) {
    const json::Member& member = request.body[i];
    if (member.key == "model") {
      splicer.replaceValue(i, json::quoted(model));
    } else if (member.key.starts_with("mlx:")) {
      splicer.removeMember(i);
    } else if (whole && member.key == "stream") {
      splicer.replaceValue(i, "false");
    } else if (whole && member.key == "stream_options") {
      splicer.removeMember(i);
    } else if (ask && member.key == "stream_options") {
      splicer.replaceValue(i, withUsage(member));
      has_options = true;
    } else if (limit && isLimit(member)) {
      splicer.replaceValue(i, std::to_string(limit->tokens));
      has_limit = true;
    }
  }
  if (limit && !has_limit) splicer.appendMember(limit->field, std::to_string(limit->tokens));
  if (ask && !has_options) splicer.appendMember("stream_options", kAskUsage);
  return splicer.build();
}

}  // namespace penstock::dialect
