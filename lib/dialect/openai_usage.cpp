#include "dialect/openai_usage.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "dialect/estimate.h"
#include "dialect/usage_counts.h"
#include "json/raw.h"

namespace penstock::dialect {
namespace {

// One count of two names.
std::optional<int64_t> countOfEither(const json::ObjectIndex& object, std::string_view key,
                                     std::string_view newer) {
  const auto count = countOf(object, key);
  return count ? count : countOf(object, newer);
}

// The counts of a nested details object; zero where absent.
class Details {
 public:
  Details(const json::ObjectIndex& usage, std::string_view key) { read(usage, key); }
  Details(const json::ObjectIndex& usage, std::string_view key, std::string_view newer,
          std::string_view another) {
    if (!read(usage, key) && !read(usage, newer)) read(usage, another);
  }
  int64_t operator[](std::string_view key) const {
    return readable_ ? countOf(index_, key).value_or(0) : 0;
  }
  Details nested(std::string_view key) const { return {index_, key}; }

 private:
  bool read(const json::ObjectIndex& object, std::string_view key) {
    const json::Member* member = object.find(key);
    readable_ = member != nullptr && json::scanObject(member->value, index_).has_value();
    return readable_;
  }
  json::ObjectIndex index_;
  bool readable_ = false;
};

void splitInput(const json::ObjectIndex& raw, int64_t prompt, model::Usage& usage) {
  const Details details(raw, "prompt_tokens_details", "input_tokens_details",
                        "input_token_details");
  const Details cached_kinds = details.nested("cached_tokens_details");
  int64_t cached = details["cached_tokens"];
  if (cached == 0) cached = countOf(raw, "prompt_cache_hit_tokens").value_or(0);
  if (cached == 0) cached = countOf(raw, "cached_tokens").value_or(0);
  int64_t rest = prompt;
  int64_t read = take(rest, cached);
  usage.input_cache_read_audio = take(read, cached_kinds["audio_tokens"]);
  usage.input_cache_read_image = take(read, cached_kinds["image_tokens"]);
  usage.input_cache_read = read;
  int64_t written = take(rest, details["cache_write_tokens"]);
  const Details write_kinds = details.nested("cache_write_tokens_details");
  usage.input_cache_write_1h = take(written, write_kinds["ttl_12h_tokens"]);
  usage.input_cache_write = written;
  usage.input_audio = take(rest, details["audio_tokens"] - usage.input_cache_read_audio);
  usage.input_image = take(rest, details["image_tokens"] - usage.input_cache_read_image);
  usage.input_uncached = rest;
}

void splitOutput(const json::ObjectIndex& raw, int64_t prompt, int64_t completion,
                 model::Usage& usage) {
  const Details details(raw, "completion_tokens_details", "output_tokens_details",
                        "output_token_details");
  const int64_t total = countOf(raw, "total_tokens").value_or(0);
  const int64_t uncounted = std::max<int64_t>(0, total - prompt - completion);
  int64_t rest = completion + uncounted;
  usage.output_reasoning = take(rest, std::max(details["reasoning_tokens"], uncounted));
  usage.output_audio = take(rest, details["audio_tokens"]);
  usage.output_image = take(rest, details["image_tokens"]);
  usage.output_text = rest;
}

// What is counted by the piece. True when there was any such count.
bool readPieces(const json::ObjectIndex& raw, model::Usage& usage) {
  usage.web_searches = std::max(Details(raw, "server_tool_use")["web_search_requests"],
                                countOf(raw, "num_search_queries").value_or(0));
  const json::Member* seconds = raw.find("seconds");
  if (seconds == nullptr || seconds->kind != json::Kind::Number) return false;
  const double ms = json::rawDouble(seconds->value).value_or(0) * 1000;
  usage.audio_ms = static_cast<int64_t>(std::clamp(std::ceil(ms), 0.0, 1e12));
  return true;
}

model::Usage usageMember(const json::ObjectIndex& object) {
  const json::Member* usage = object.find("usage");
  return usage != nullptr && usage->kind == json::Kind::Object ? readOpenAiUsage(usage->value)
                                                               : model::Usage{};
}

model::Usage usageInChoices(std::string_view choices) {
  model::Usage found;
  json::forEachElement(choices, [&found](std::string_view choice) {
    json::ObjectIndex index;
    if (json::scanObject(choice, index)) found = usageMember(index);
    return found.source == model::Usage::Source::None;
  });
  return found;
}

}  // namespace

model::Usage readOpenAiUsage(std::string_view raw) {
  model::Usage usage;
  json::ObjectIndex index;
  if (!json::scanObject(raw, index)) return usage;
  const auto prompt = countOfEither(index, "prompt_tokens", "input_tokens");
  const auto completion = countOfEither(index, "completion_tokens", "output_tokens");
  const auto total = countOf(index, "total_tokens");
  const bool timed = readPieces(index, usage);
  if (!prompt && !completion && !total && !timed) return {};
  usage.source = model::Usage::Source::Provider;
  // Some embedding servers send the total only.
  const int64_t input =
      prompt ? *prompt : std::max<int64_t>(0, total.value_or(0) - completion.value_or(0));
  splitInput(index, input, usage);
  splitOutput(index, input, completion.value_or(0), usage);
  return usage;
}

model::Usage findOpenAiUsage(const json::ObjectIndex& body) {
  model::Usage usage = usageMember(body);
  if (usage.source != model::Usage::Source::None) return usage;
  json::ObjectIndex groq;
  if (const json::Member* member = body.find("x_groq");
      member != nullptr && json::scanObject(member->value, groq)) {
    usage = usageMember(groq);
    if (usage.source != model::Usage::Source::None) return usage;
  }
  const json::Member* choices = body.find("choices");
  // Searching first spares the walk on every ordinary chunk.
  if (choices == nullptr || choices->value.find("\"usage\"") == std::string_view::npos)
    return usage;
  return usageInChoices(choices->value);
}

namespace {

// OpenAI's way, and MiniMax's: {"choices":null,"base_resp":{"status_code":1004,"status_msg":"…"}}
// under status 200.
bool tellsError(const json::ObjectIndex& body) {
  const json::Member* error = body.find("error");
  if (error != nullptr && error->kind != json::Kind::Null) return true;
  json::ObjectIndex base;
  const json::Member* told = body.find("base_resp");
  if (told == nullptr || !json::scanObject(told->value, base)) return false;
  const json::Member* code = base.find("status_code");
  return code != nullptr && json::rawInteger(code->value).value_or(0) != 0;
}

}  // namespace

OpenAiResponse readOpenAiResponse(std::string_view body) {
  OpenAiResponse response;
  json::ObjectIndex index;
  if (!json::scanObject(body, index)) return response;
  response.valid = !tellsError(index);
  if (const json::Member* model = index.find("model")) {
    response.model = json::rawString(model->value).value_or("");
  }
  response.usage = findOpenAiUsage(index);
  response.service_tier = findServiceTier(index);
  return response;
}

std::string findServiceTier(const json::ObjectIndex& body) {
  constexpr size_t kMaxBytes = 64;
  const json::Member* tier = body.find("service_tier");
  if (tier == nullptr) return {};
  std::string name = json::rawString(tier->value).value_or("");
  return name.size() <= kMaxBytes ? name : std::string();
}

int64_t estimateOpenAiOutput(std::string_view body) {
  TextSize text;
  json::ObjectIndex index;
  if (!json::scanObject(body, index)) return 0;
  const json::Member* choices = index.find("choices");
  if (choices == nullptr || choices->kind != json::Kind::Array) return 0;
  json::forEachElement(choices->value, [&text](std::string_view raw) {
    json::ObjectIndex choice, message;
    if (!json::scanObject(raw, choice)) return true;
    if (const json::Member* words = choice.find("text")) text.add(words->value);
    const json::Member* said = choice.find("message");
    if (said == nullptr || !json::scanObject(said->value, message)) return true;
    for (const json::Member& member : message) {
      const bool held = member.kind != json::Kind::Null && !json::rawEmpty(member.value);
      if (member.key != "role" && held) text.add(member.value);
    }
    return true;
  });
  return text.tokens();
}

}  // namespace penstock::dialect
