#include "dialect/gemini_embed_request.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "dialect/gemini_input.h"
#include "dialect/gemini_wire.h"
#include "dialect/request_fields.h"
#include "json/raw.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr size_t kMaxModelBytes = 256;
constexpr size_t kMaxRequests = 2048;
constexpr int64_t kMaxDimensions = 1'000'000;
// Where newer clients have what else stands beside the content.
constexpr std::string_view kConfig = "embedContentConfig";

bool isNamed(const json::Member& member, std::string_view camel) {
  return member.key == camel || camelCase(member.key) == camel;
}

// The config of a request; empty when there is none.
json::ObjectIndex configOf(const json::ObjectIndex& request) {
  json::ObjectIndex config;
  const json::Member* member = findEither(request, kConfig);
  if (member != nullptr && member->kind == json::Kind::Object)
    static_cast<void>(json::scanObject(member->value, config));
  return config;
}

// "models/" is put before names by some clients and not by others.
std::string_view bare(std::string_view model) {
  constexpr std::string_view kPrefix = "models/";
  return model.starts_with(kPrefix) ? model.substr(kPrefix.size()) : model;
}

// What is wrong with one request is told of it, whether it is of a batch or alone.
void readRequest(FieldReader& fields, const json::ObjectIndex& request, std::string_view model) {
  const json::Member* named = fields.find("model", json::Kind::String);
  if (named != nullptr && bare(json::rawString(named->value).value_or("")) != bare(model))
    fields.fail("model", "must be the model of the path");
  if (fields.find("content") == nullptr) return fields.failMissing("content");
  fields.find("content", json::Kind::Object);
  fields.integer(spelling(request, "outputDimensionality"), 1, kMaxDimensions);
  readNested(fields, spelling(request, kConfig),
             [](FieldReader& config, const json::ObjectIndex& index) {
               config.integer(spelling(index, "outputDimensionality"), 1, kMaxDimensions);
             });
}

void readRequests(FieldReader& fields, GeminiEmbedRequest& read) {
  if (fields.find("requests") == nullptr) return fields.failMissing("requests");
  const json::Member* list = fields.find("requests", json::Kind::Array);
  if (list == nullptr) return;
  read.content = list->value;
  if (json::rawEmpty(list->value)) return fields.fail("requests", "must not be empty");
  json::forEachElement(list->value, [&](std::string_view element) {
    const std::string place = fmt::format("requests.{}", read.requests.size());
    if (read.requests.size() == kMaxRequests)
      fields.fail("requests", fmt::format("must have at most {} requests", kMaxRequests));
    else if (json::rawKind(element) != json::Kind::Object)
      fields.failType(place, "an object", json::rawKind(element));
    if (fields.error()) return false;
    json::ObjectIndex& request = read.requests.emplace_back();
    if (auto status = json::scanObject(element, request, {}, place); !status) {
      fields.error() = std::move(status).error();
      return false;
    }
    FieldReader nested(request, place + ".");
    readRequest(nested, request, read.model);
    fields.error() = std::move(nested.error());
    return !fields.error();
  });
}

// One request's edits. `named`: its model must be told.
void editRequest(const json::ObjectIndex& request, std::string_view model, bool named,
                 std::optional<int64_t> dimensions, json::Splicer& splicer) {
  constexpr std::string_view kDimensions = "outputDimensionality";
  bool names = false, asks = !dimensions;
  for (size_t i = 0; i < request.size(); ++i) {
    const json::Member& member = request[i];
    if (member.key.starts_with("mlx:")) {
      splicer.removeMember(i);
    } else if (member.key == "model") {
      splicer.replaceValue(i, json::quoted(resourceName(model)));
      names = true;
    } else if (dimensions && isNamed(member, kDimensions)) {
      splicer.replaceValue(i, std::to_string(*dimensions));
      asks = true;
    } else if (dimensions && isNamed(member, kConfig) && member.kind == json::Kind::Object) {
      const json::ObjectIndex config = configOf(request);
      json::Splicer inner(config);
      for (size_t at = 0; at < config.size(); ++at)
        if (isNamed(config[at], kDimensions)) inner.replaceValue(at, std::to_string(*dimensions));
      if (!inner.changed()) inner.appendMember(kDimensions, std::to_string(*dimensions));
      splicer.replaceValue(i, inner.build().str());
      asks = true;
    }
  }
  if (named && !names) splicer.appendMember("model", json::quoted(resourceName(model)));
  if (!asks) splicer.appendMember(kDimensions, std::to_string(*dimensions));
}

// The paragraphs of a content.
Result<std::string> textOf(const json::Member& content, const std::string& place) {
  json::ObjectIndex index;
  const json::Member* parts =
      json::scanObject(content.value, index) ? index.find("parts") : nullptr;
  std::string text;
  bool all = true;
  const auto add = [&](std::string_view raw) {
    json::ObjectIndex part;
    const json::Member* words = json::scanObject(raw, part) ? part.find("text") : nullptr;
    auto paragraph = words == nullptr ? std::nullopt : json::rawString(words->value);
    all = paragraph.has_value();
    if (all && !text.empty()) text += "\n\n";
    if (all) text += *paragraph;
    return all;
  };
  if (parts != nullptr && parts->kind == json::Kind::Array) json::forEachElement(parts->value, add);
  if (!all) {
    return invalidRequest("unsupported_parameter",
                          fmt::format("the model's provider embeds texts only: '{}content.parts' "
                                      "holds something else",
                                      place),
                          place + "content.parts");
  }
  if (!text.empty()) return text;
  return invalidRequest("invalid_value", fmt::format("'{}content.parts' holds no text.", place),
                        place + "content.parts");
}

// Puts one request's members, or its config's, where they belong in the model.
class MemberReading {
 public:
  MemberReading(EmbeddingRequest& out, EmbeddingInput& input) : out_(out), input_(input) {}

  void read(const json::ObjectIndex& members, const std::string& prefix) {
    for (const json::Member& member : members) {
      const std::string name = camelCase(member.key);
      if (name == "taskType" && member.value != R"("TASK_TYPE_UNSPECIFIED")")
        input_.task = json::rawString(member.value).value_or("");
      else if (name == "title")
        input_.title = json::rawString(member.value).value_or("");
      else if (name == "outputDimensionality")
        dimensions = json::rawInteger(member.value);
      else if (name == kConfig && member.kind == json::Kind::Object && prefix.empty())
        read(configOf(members), prefix + name + ".");
      else if (name != "taskType" && name != "model" && name != "content" &&
               !name.starts_with("mlx:"))
        out_.extras.push_back({prefix + name, std::string(member.value)});
    }
  }

  std::optional<int64_t> dimensions;

 private:
  EmbeddingRequest& out_;
  EmbeddingInput& input_;
};

}  // namespace

bool GeminiEmbedRequest::hasImages() const {
  return content.find("\"image/") != std::string_view::npos ||
         content.find("\"image\\/") != std::string_view::npos;
}

InputBound GeminiEmbedRequest::boundInput() const { return boundGeminiInput(*this); }

int64_t GeminiEmbedRequest::estimateInputTokens() const { return estimateGeminiInput(*this); }

Result<GeminiEmbedRequest> parseGeminiEmbeddings(std::string_view text, const GeminiPath& path,
                                                 const json::Limits& limits) {
  GeminiEmbedRequest request;
  if (auto status = json::scanObject(text, request.body, limits, "the request body"); !status)
    return std::move(status).error();
  FieldReader fields(request.body, "");
  request.model = path.model;
  request.batch = path.verb == GeminiVerb::BatchEmbedContents;
  if (path.model.empty() || path.model.size() > kMaxModelBytes)
    fields.fail("model", "must have 1 to 256 bytes");
  if (request.batch) {
    readRequests(fields, request);
  } else {
    readRequest(fields, request.body, request.model);
    if (const json::Member* content = request.body.find("content"))
      request.content = content->value;
  }
  readExtensions(fields, request);
  if (fields.error()) return std::move(*fields.error());
  return request;
}

json::Spliced encodeGeminiEmbeddings(const GeminiEmbedRequest& request, std::string_view model,
                                     std::optional<int64_t> dimensions) {
  json::Splicer splicer(request.body);
  if (!request.batch) {
    editRequest(request.body, model, false, dimensions, splicer);
    return splicer.build();
  }
  std::string list;
  for (const json::ObjectIndex& one : request.requests) {
    json::Splicer edits(one);
    editRequest(one, model, true, dimensions, edits);
    list.append(list.empty() ? "[" : ",").append(edits.build().str());
  }
  for (size_t i = 0; i < request.body.size(); ++i) {
    if (request.body[i].key == "requests") splicer.replaceValue(i, list + "]");
    if (request.body[i].key.starts_with("mlx:")) splicer.removeMember(i);
  }
  return splicer.build();
}

Result<EmbeddingRequest> readGeminiEmbeddings(const GeminiEmbedRequest& request) {
  EmbeddingRequest read;
  if (request.batch) read.place = "requests.";
  for (size_t i = 0; i < request.size(); ++i) {
    const std::string place = request.batch ? fmt::format("requests.{}.", i) : "";
    auto text = textOf(*request.at(i).find("content"), place);
    if (!text) return std::move(text).error();
    EmbeddingInput& input = read.inputs.emplace_back();
    input.text = *std::move(text);
    MemberReading members(read, input);
    members.read(request.at(i), "");
    if (i == 0) read.dimensions = members.dimensions;
    if (read.dimensions != members.dimensions) {
      return invalidRequest(
          "unsupported_parameter",
          "the model's provider takes one 'outputDimensionality' for all requests",
          place + "outputDimensionality");
    }
  }
  return read;
}

}  // namespace penstock::dialect
