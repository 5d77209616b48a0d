#include "dialect/openai_encode.h"

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

}  // namespace

json::Spliced encodeOpenAiRequest(const OpenAiRequest& request, std::string_view model,
                                  StreamUsage usage) {
  const bool ask = request.stream && !request.include_usage && usage == StreamUsage::Request;
  bool has_options = false;
  json::Splicer splicer(request.body);
  for (size_t i = 0; i < request.body.size(); ++i) {
    const json::Member& member = request.body[i];
    if (member.key == "model") {
      splicer.replaceValue(i, json::quoted(model));
    } else if (member.key.starts_with("mlx:")) {
      splicer.removeMember(i);
    } else if (ask && member.key == "stream_options") {
      splicer.replaceValue(i, withUsage(member));
      has_options = true;
    }
  }
  if (ask && !has_options) splicer.appendMember("stream_options", kAskUsage);
  return splicer.build();
}

}  // namespace penstock::dialect
