// The history of a routing config, and what it would do.
#include "manage/routing_config_versions.h"

#include <limits>

#include "base/text.h"
#include "manage/body.h"
#include "manage/errors.h"
#include "manage/json_diff.h"
#include "manage/kinds.h"
#include "manage/query.h"
#include "manage/routing_config_fields.h"
#include "trace/decision_json.h"

namespace penstock::manage {
namespace {

constexpr std::string_view kList = "routing_config_versions";
constexpr std::string_view kNoMessages = R"([{"role":"user","content":""}])";
constexpr int64_t kMaxVersion = std::numeric_limits<int32_t>::max();

// What a version says, which is what differs from one to the next.
void writeContent(json::Writer& out, const store::RoutingConfigVersion& version) {
  out.field("name", version.name).field("policy", version.policy);
  out.rawField("config", version.config_json);
  writeExtras(out, version.cache_json, version.embedding_dimensions);
}

void writeVersion(json::Writer& out, const store::RoutingConfigVersion& version) {
  out.beginObject().field("routing_config_id", version.routing_config_id);
  out.field("version", version.version);
  writeContent(out, version);
  out.field("author", version.author);
  writeText(out, "note", version.note);
  writeTime(out, "created_at", version.created_at);
  out.endObject();
}

std::string contentOf(const store::RoutingConfigVersion& version) {
  std::string text;
  json::Writer out(text);
  out.beginObject();
  writeContent(out, version);
  out.endObject();
  return text;
}

// The chat request that a dry run is of: what the body names, asked of the config.
Result<std::string> chatRequest(const http::Request& request, const std::string& slug) {
  std::string text;
  json::Writer out(text);
  out.beginObject().field("model", "@" + slug);
  if (request.body.empty()) {
    out.rawField("messages", kNoMessages).endObject();
    return text;
  }
  auto document = readBody(request);
  if (!document) return std::move(document).error();
  json::ObjectReader body(document->root());
  const auto messages = body.value("messages");
  if (messages && !messages->isArray()) body.fail("messages", "must be an array");
  out.rawField("messages", messages && messages->size() > 0 ? messages->text() : kNoMessages);
  if (const auto end_user = body.string("end_user")) out.field("mlx:end_user", *end_user);
  if (const auto tags = body.value("tags")) {
    if (!tags->isObject()) body.fail("tags", "must be an object of strings");
    for (const auto& [key, value] : tags->members()) {
      if (!value.isString()) body.fail("tags", "must be a string", "/" + std::string(key));
    }
    out.rawField("mlx:tags", tags->text());
  }
  // Whatever else rules and policies look at, as a chat request has it.
  for (const char* key : {"tools", "response_format", "max_tokens", "max_completion_tokens",
                          "temperature", "stream", "metadata", "user"}) {
    if (auto value = body.rawJson(key)) out.rawField(key, *value);
  }
  out.endObject();
  if (auto checked = body.finish(); !checked) return std::move(checked).error();
  return text;
}

// Runs f(tables, config) over one state of the store, for the config that the path names.
template <typename F>
Answer withConfig(Services& services, const Call& call, F f) {
  return services.config.store().read([&](store::Tables& tables) -> Answer {
    const auto config = findVisible(kRoutingConfig, tables, call, call.request.param("config_id"));
    if (!config) return config.error();
    return f(tables, *config);
  });
}

}  // namespace

Answer listConfigVersions(Services& services, const Call& call) {
  QueryReader query(call.request);
  const auto page = query.page(kList);
  query.text("project_id");  // of findConfig()
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  const auto before = static_cast<int64_t>(parseUnsigned(page.after).value_or(0));
  return withConfig(services, call, [&](store::Tables& tables, const auto& config) -> Answer {
    auto found = tables.routing_configs.versions(config.id, before, page.limit + 1);
    std::optional<std::string> next;
    if (found.size() > page.limit) {
      found.pop_back();
      next = encodeCursor(kList, std::to_string(found.back().version));
    }
    return listAnswer(
        [&](json::Writer& out) {
          for (const auto& version : found) writeVersion(out, version);
        },
        next);
  });
}

Answer showConfigVersion(Services& services, const Call& call) {
  return withConfig(services, call, [&](store::Tables& tables, const auto& config) -> Answer {
    const std::string named(call.request.param("version"));
    const auto number = static_cast<int64_t>(parseUnsigned(named).value_or(0));
    const auto version = tables.routing_configs.findVersion(config.id, number);
    if (!version) return notFound("routing_config_version", named);
    std::string json;
    json::Writer out(json);
    writeVersion(out, *version);
    return taggedAnswer(kOk, json, etagOf(json));
  });
}

// From one version to another; without them, from the one before the newest to the newest.
Answer diffConfigVersions(Services& services, const Call& call) {
  QueryReader query(call.request);
  auto from = query.integer("from", 1, kMaxVersion);
  auto to = query.integer("to", 1, kMaxVersion);
  query.text("project_id");
  if (auto checked = query.finish(); !checked) return std::move(checked).error();
  return withConfig(services, call, [&](store::Tables& tables, const auto& config) -> Answer {
    if (!to) to = config.version;
    if (!from) from = std::max<int64_t>(*to - 1, 1);
    const auto before = tables.routing_configs.findVersion(config.id, *from);
    if (!before) return fieldError("from", "there is no such version");
    const auto after = tables.routing_configs.findVersion(config.id, *to);
    if (!after) return fieldError("to", "there is no such version");
    return dataAnswer(kOk, [&](json::Writer& out) {
      out.beginObject().field("from", *from).field("to", *to).key("changes");
      writeChanges(out, diffJson(contentOf(*before), contentOf(*after)));
      out.endObject();
    });
  });
}

// What the proxy would decide for a request that asks for this config now, and why; nothing is
// called.
Answer dryRunConfig(Services& services, const Call& call) {
  const auto config = services.config.store().read([&](store::Tables& tables) {
    return findVisible(kRoutingConfig, tables, call, call.request.param("config_id"));
  });
  if (!config) return config.error();
  const auto request = chatRequest(call.request, config->slug);
  if (!request) return request.error();
  const auto snapshot = services.config.current();
  const model::Project* project = snapshot->findProject(config->project_id);
  if (project == nullptr) return notFound("routing_config", config->id);
  auto trace = services.dry_run(snapshot, *project, *request);
  if (!trace) return trace.error();
  trace->request_id = call.request_id;
  return dataAnswer(kOk, [&](json::Writer& out) { out.raw(trace::renderDecision(*trace)); });
}

}  // namespace penstock::manage
