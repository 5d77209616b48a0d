#include "dialect/openai_fit.h"

#include <algorithm>
#include <cctype>

#include "base/digest.h"
#include "dialect/rare_search.h"
#include "json/raw.h"
#include "json/splice.h"
#include "json/writer.h"

namespace penstock::dialect {
namespace {

constexpr std::string_view kDeveloper = R"("developer")";

bool isLimit(std::string_view key) { return key == "max_tokens" || key == "max_completion_tokens"; }

bool isOfLogprobs(std::string_view key) {
  return key == "logprobs" || key == "top_logprobs" || key == "logit_bias";
}

bool isShort(std::string_view id) {
  return id.size() == 9 && std::ranges::all_of(id, [](unsigned char c) { return std::isalnum(c); });
}

// The same for the same id, so that calls and their results still match, in later requests too.
std::string shortened(std::string_view id) {
  if (isShort(id)) return std::string(id);
  constexpr std::string_view kDigits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const Sha256 digest = sha256(id);
  std::string text;
  for (size_t i = 0; i < 9; ++i) text += kDigits[digest.at(i) % kDigits.size()];
  return text;
}

// One request being made fit.
class Fitting {
 public:
  Fitting(const json::ObjectIndex& body, const OpenAiServer& server, Losses& losses)
      : body_(body), server_(server), losses_(losses), splicer_(body) {}

  std::string fit() {
    for (size_t i = 0; i < body_.size(); ++i) fitMember(i);
    return splicer_.build().str();
  }

 private:
  void fitMember(size_t i);
  void rename(size_t i, std::string_view to);
  void leaveOut(size_t i, LossKind kind, Field field);
  std::string fitMessages(std::string_view messages);
  std::string fitMessage(std::string_view message);
  std::string fitCalls(std::string_view calls);

  const json::ObjectIndex& body_;
  const OpenAiServer& server_;
  Losses& losses_;
  json::Splicer splicer_;
};

enum class Fate : uint8_t {
  Keep,
  Limit,
  Seed,
  Dimensions,
  Usage,
  Choices,
  Parallel,
  Logprobs,
  Messages,
  DefaultFormat,
  Unknown
};

// What is to become of a member, by its name and, where it matters, its value.
Fate fateOf(const json::Member& member, const OpenAiServer& server) {
  const std::string_view key = member.key;
  if (isLimit(key) && !server.limit_field.empty() && key != server.limit_field) return Fate::Limit;
  if (key == "seed" && server.seed_field != key) return Fate::Seed;
  if (key == "dimensions" && server.dimensions_field != key) return Fate::Dimensions;
  if (key == "stream_options" && !server.stream_options) return Fate::Usage;
  if (key == "n" && !server.several_choices && json::rawInteger(member.value).value_or(1) != 1)
    return Fate::Choices;
  if (key == "parallel_tool_calls" && !server.parallel_tools) return Fate::Parallel;
  if (isOfLogprobs(key) && !server.logprobs) return Fate::Logprobs;
  if (key == "messages") {
    const bool developers = !server.developer_role && holdsWord(member.value, kDeveloper, 3);
    const bool ids = server.short_tool_ids && holdsWord(member.value, R"("tool_call)", 5);
    return developers || ids ? Fate::Messages : Fate::Keep;
  }
  if (server.fields.empty()) return Fate::Keep;
  const bool known = std::ranges::find(server.fields, key) != server.fields.end();
  if (key == "encoding_format" && member.value == R"("float")") return Fate::DefaultFormat;
  return known ? Fate::Keep : Fate::Unknown;
}

void Fitting::fitMember(size_t i) {
  const json::Member& member = body_[i];
  switch (fateOf(member, server_)) {
    case Fate::Keep: return;
    case Fate::Limit: return rename(i, server_.limit_field);
    case Fate::Seed: return rename(i, server_.seed_field);
    case Fate::Dimensions: return rename(i, server_.dimensions_field);
    case Fate::Usage: return splicer_.removeMember(i);  // the gateway counts itself
    case Fate::Choices: return leaveOut(i, LossKind::Dropped, Field::Choices);
    case Fate::Parallel: {
      // Models may call several at once unless they are told not to.
      const bool usual = json::rawBool(member.value).value_or(true);
      return leaveOut(i, usual ? LossKind::Hint : LossKind::Dropped, Field::ParallelTools);
    }
    case Fate::Messages: return splicer_.replaceValue(i, fitMessages(member.value));
    case Fate::DefaultFormat: return splicer_.removeMember(i);
    case Fate::Logprobs:
    case Fate::Unknown:
      losses_.dropExtras({{std::string(member.key), std::string(member.value)}});
      return splicer_.removeMember(i);
  }
}

void Fitting::rename(size_t i, std::string_view to) {
  splicer_.removeMember(i);
  if (body_[i].kind != json::Kind::Null && body_.find(to) == nullptr)
    splicer_.appendMember(to, body_[i].value);
}

void Fitting::leaveOut(size_t i, LossKind kind, Field field) {
  splicer_.removeMember(i);
  if (body_[i].kind != json::Kind::Null) losses_.add(kind, field, "is not taken by the provider");
}

std::string Fitting::fitMessages(std::string_view messages) {
  if (json::rawKind(messages) != json::Kind::Array) return std::string(messages);
  std::string fit = "[";
  json::forEachElement(messages, [&](std::string_view message) {
    if (fit.size() > 1) fit += ',';
    fit += fitMessage(message);
    return true;
  });
  return fit += ']';
}

std::string Fitting::fitMessage(std::string_view message) {
  json::ObjectIndex members;
  // What is no message is the provider's to refuse.
  if (!json::scanObject(message, members)) return std::string(message);
  json::Splicer splicer(members);
  for (size_t i = 0; i < members.size(); ++i) {
    const json::Member& member = members[i];
    if (member.key == "role" && !server_.developer_role && member.value == kDeveloper) {
      splicer.replaceValue(i, R"("system")");
      losses_.change(Field::SystemPlace, "is told as system");
    } else if (member.key == "tool_call_id" && server_.short_tool_ids) {
      if (const auto id = json::rawString(member.value))
        splicer.replaceValue(i, json::quoted(shortened(*id)));
    } else if (member.key == "tool_calls" && server_.short_tool_ids) {
      splicer.replaceValue(i, fitCalls(member.value));
    }
  }
  return splicer.changed() ? splicer.build().str() : std::string(message);
}

std::string Fitting::fitCalls(std::string_view calls) {
  if (json::rawKind(calls) != json::Kind::Array) return std::string(calls);
  std::string fit = "[";
  json::forEachElement(calls, [&fit](std::string_view call) {
    if (fit.size() > 1) fit += ',';
    json::ObjectIndex members;
    if (!json::scanObject(call, members)) {
      fit += call;
      return true;
    }
    json::Splicer splicer(members);
    for (size_t i = 0; i < members.size(); ++i) {
      const auto id = members[i].key == "id" ? json::rawString(members[i].value) : std::nullopt;
      if (id) splicer.replaceValue(i, json::quoted(shortened(*id)));
    }
    fit += splicer.build().str();
    return true;
  });
  return fit += ']';
}

}  // namespace

bool needsFit(const json::ObjectIndex& body, const OpenAiServer& server) {
  const OpenAiServer openai;
  const bool takes_all = server.limit_field == openai.limit_field && server.fields.empty() &&
                         server.seed_field == openai.seed_field &&
                         server.dimensions_field == openai.dimensions_field &&
                         server.stream_options && server.several_choices && server.parallel_tools &&
                         server.logprobs && server.developer_role && !server.short_tool_ids;
  if (takes_all) return false;  // most requests, and each comes by here
  return std::any_of(body.begin(), body.end(), [&server](const json::Member& member) {
    return fateOf(member, server) != Fate::Keep;
  });
}

std::string fitOpenAiRequest(const json::ObjectIndex& body, const OpenAiServer& server,
                             Losses& losses) {
  return Fitting(body, server, losses).fit();
}

}  // namespace penstock::dialect
