// penstock route: routing configs, what @slug means.
#include "groups.h"
#include "trace_text.h"

namespace penstock::cli {
namespace {

constexpr Column kColumns[] = {
    {"ID", "id"},         {"SLUG", "slug"},     {"NAME", "name"},       {"PROJECT", "project_id"},
    {"POLICY", "policy"}, {"CONFIG", "config"}, {"VERSION", "version"}, {"UPDATED", "updated_at"}};
constexpr Column kVersions[] = {
    {"VERSION", "version"}, {"NAME", "name"}, {"POLICY", "policy"},     {"CONFIG", "config"},
    {"AUTHOR", "author"},   {"NOTE", "note"}, {"CREATED", "created_at"}};

constexpr Argument kRoute[] = {{"route", "Id or @slug"}};
constexpr Argument kVersion[] = {{"route", "Id or @slug"}, {"version", "Number of the version"}};

constexpr Option kProject{"--project", "project_id", "Project, by id or slug"};
constexpr Option kInProject{"--project", "project_id", "Project, by id or slug", Kind::Text,
                            Into::Parameter};
constexpr Option kModel{"--model", "", "Policy single: the model", Kind::Text, Into::Prepare};
constexpr Option kProvider{"--provider", "", "Policy single: the provider, by id or name",
                           Kind::Text, Into::Prepare};
constexpr Option kConfigFile{"--config-file", "config", "The policy's JSON; - is standard input",
                             Kind::JsonFile};
constexpr Option kNote{"--note", "note", "Why, for the history"};
constexpr Option kExpected{"--expected-version", "expected_version",
                           "Refuse when the newest version is another", Kind::Int};
constexpr Option kPolicy{"--policy", "policy", "The policy; single when absent"};

constexpr Option kCreate[] = {{"--name", "name", "Its name", Kind::Text, Into::Body, true},
                              {"--slug", "slug", "Its slug; made of the name when absent"},
                              kProject,
                              kPolicy,
                              kModel,
                              kProvider,
                              kConfigFile,
                              kNote};
constexpr Option kUpdate[] = {{"--name", "name", "A new name"},
                              kInProject,
                              kPolicy,
                              kModel,
                              kProvider,
                              kConfigFile,
                              kNote,
                              kExpected};
constexpr Option kRead[] = {kInProject};
constexpr Option kDiff[] = {
    kInProject,
    {"--from", "from", "A version; the one before the newest when absent", Kind::Int,
     Into::Parameter},
    {"--to", "to", "A version; the newest when absent", Kind::Int, Into::Parameter}};
constexpr Option kRollback[] = {
    kInProject,
    {"--to", "version", "The version to go back to", Kind::Int, Into::Body, true},
    kExpected,
    kNote};
constexpr Option kTest[] = {
    kInProject,
    {"--message", "", "What the user would say", Kind::Text, Into::Prepare},
    {"--messages", "messages", "The whole conversation, as an array", Kind::Json},
    {"--tag", "", "A tag of the request, KEY=VALUE; repeatable", Kind::List, Into::Prepare},
    {"--tags", "tags", "All tags, as in a request: an object", Kind::Json},
    {"--end-user", "end_user", "As in a request"},
    {"--tools", "tools", "As in a request, an array", Kind::Json},
    {"--max-tokens", "max_tokens", "As in a request", Kind::Int},
    {"--temperature", "temperature", "As in a request", Kind::Json},
    {"--stream", "stream", "Whether a stream is asked for", Kind::Flag}};

// {"model", "provider_credential_id"} of the flags; the one that is not given as it is.
Outcome<Unit> singleConfig(const Session& session, Values& values, std::string model,
                           std::string provider) {
  if (values.find("--model") != nullptr) model = values.text("--model");
  if (values.find("--provider") != nullptr) {
    auto id = session.providerId(values.text("--provider"));
    if (!id) return std::move(id).error();
    provider = *std::move(id);
  }
  std::string json;
  json::Writer out(json);
  out.beginObject().field("model", model).field("provider_credential_id", provider).endObject();
  values.fields.emplace_back("config", std::move(json));
  return Unit{};
}

Outcome<Unit> newConfig(const Session& session, Values& values) {
  if (values.find("--policy") == nullptr) values.fields.emplace_back("policy", "\"single\"");
  if (values.find("--config-file") != nullptr) return Unit{};
  if (values.find("--model") == nullptr || values.find("--provider") == nullptr) {
    return Failure{kUsage, "give --model and --provider, or --config-file"};
  }
  return singleConfig(session, values, {}, {});
}

Outcome<Unit> changedConfig(const Session& session, Values& values) {
  const bool flags = values.find("--model") != nullptr || values.find("--provider") != nullptr;
  if (values.find("--config-file") != nullptr || !flags) return Unit{};
  const auto head = session.get("/routing-configs/" + percentEncode(values.arguments[0]),
                                {{"project_id", values.text("--project")}});
  if (!head) return head.error();
  const auto config = head->data().find("config");
  return singleConfig(session, values, std::string(config->stringAt("model").value_or("")),
                      std::string(config->stringAt("provider_credential_id").value_or("")));
}

Outcome<Unit> addMessage(Values& values) {
  if (values.find("--message") == nullptr) return Unit{};
  if (values.find("--messages") != nullptr) {
    return Failure{kUsage, "give --message or --messages, not both"};
  }
  values.fields.emplace_back("messages", "[{\"role\":\"user\",\"content\":" +
                                             json::quoted(values.text("--message")) + "}]");
  return Unit{};
}

Outcome<Unit> addTags(Values& values) {
  if (values.find("--tag") == nullptr) return Unit{};
  if (values.find("--tags") != nullptr) {
    return Failure{kUsage, "give --tag or --tags, not both"};
  }
  std::string tags;
  json::Writer out(tags);
  out.beginObject();
  for (const std::string& tag : values.options["--tag"]) {
    const size_t equals = tag.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return Failure{kUsage, "--tag takes KEY=VALUE"};
    }
    out.field(tag.substr(0, equals), tag.substr(equals + 1));
  }
  out.endObject();
  values.fields.emplace_back("tags", std::move(tags));
  return Unit{};
}

Outcome<Unit> requestFields(const Session&, Values& values) {
  if (auto added = addMessage(values); !added) return added;
  return addTags(values);
}

constexpr Row kVersionsRow{.verb = "versions",
                           .help = "List a routing config's versions, newest first",
                           .method = "GET",
                           .path = "/routing-configs/{config_id}/versions",
                           .arguments = kRoute,
                           .options = kRead,
                           .print = Print::Table,
                           .columns = kVersions};

constexpr Row kRows[] = {
    {.verb = "create",
     .help = "Create a routing config",
     .method = "POST",
     .path = "/routing-configs",
     .options = kCreate,
     .columns = kColumns,
     .prepare = newConfig},
    {.verb = "list",
     .help = "List routing configs",
     .method = "GET",
     .path = "/routing-configs",
     .options = kRead,
     .print = Print::Table,
     .columns = kColumns},
    {.verb = "show",
     .help = "Show one, or its versions",
     .method = "GET",
     .path = "/routing-configs/{config_id}",
     .arguments = kRoute,
     .options = kRead,
     .columns = kColumns,
     .instead = {"--versions", "Its versions, newest first", &kVersionsRow}},
    {.verb = "update",
     .help = "Save a new version",
     .method = "PATCH",
     .path = "/routing-configs/{config_id}",
     .arguments = kRoute,
     .options = kUpdate,
     .columns = kColumns,
     .prepare = changedConfig},
    {.verb = "delete",
     .help = "Delete a routing config",
     .method = "DELETE",
     .path = "/routing-configs/{config_id}",
     .arguments = kRoute,
     .options = kRead,
     .print = Print::Done,
     .done = "deleted",
     .alias = "remove"},
    kVersionsRow,
    {.verb = "version",
     .help = "Show one version of a routing config",
     .method = "GET",
     .path = "/routing-configs/{config_id}/versions/{version}",
     .arguments = kVersion,
     .options = kRead,
     .columns = kVersions},
    {.verb = "diff",
     .help = "Show what changed between two versions",
     .method = "GET",
     .path = "/routing-configs/{config_id}/diff",
     .arguments = kRoute,
     .options = kDiff,
     .print = Print::Changes},
    {.verb = "rollback",
     .help = "Save an earlier version as the newest",
     .method = "POST",
     .path = "/routing-configs/{config_id}/rollback",
     .arguments = kRoute,
     .options = kRollback,
     .columns = kColumns},
    {.verb = "test",
     .help = "Show which rule matches, what it would decide and why, without calling anyone",
     .method = "POST",
     .path = "/routing-configs/{config_id}/dry-run",
     .arguments = kRoute,
     .options = kTest,
     .alias = "dry-run",
     .prepare = requestFields,
     .render = traceText},
};

}  // namespace

Group routeGroup() { return {"route", "Routing configs: what @slug means", kRows}; }

}  // namespace penstock::cli
