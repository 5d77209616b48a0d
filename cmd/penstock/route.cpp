// penstock route: routing configs, what @slug means.
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>

#include "commands.h"
#include "session.h"

namespace penstock::cli {
namespace {

struct RouteOptions {
  std::string named;  // id or @slug
  std::optional<std::string> project, name, slug, model, provider, policy, config_file, note;
  std::optional<int64_t> expected_version;
  bool versions = false;

  std::string path(const std::string& below = {}) const {
    std::string text = "/routing-configs/" + percentEncode(named) + below;
    if (project) text += "?project_id=" + percentEncode(*project);
    return text;
  }
};

constexpr Column kColumns[] = {
    {"ID", "id"},         {"SLUG", "slug"},     {"NAME", "name"},       {"PROJECT", "project_id"},
    {"POLICY", "policy"}, {"CONFIG", "config"}, {"VERSION", "version"}, {"UPDATED", "updated_at"}};
constexpr Column kVersions[] = {
    {"VERSION", "version"}, {"NAME", "name"}, {"POLICY", "policy"},     {"CONFIG", "config"},
    {"AUTHOR", "author"},   {"NOTE", "note"}, {"CREATED", "created_at"}};

// FILE, or standard input for "-".
Outcome<std::string> readFile(const std::string& name) {
  std::ifstream file;
  if (name != "-") file.open(name);
  std::istream& in = name == "-" ? std::cin : file;
  if (!in) return Failure{kUsage, "cannot read " + name};
  std::string text((std::istreambuf_iterator<char>(in)), {});
  if (auto valid = json::parse(text, {}, name); !valid) {
    return Failure{kUsage, valid.error().message};
  }
  return text;
}

// The policy's JSON: a file's, or {"model", "provider_credential_id"} of the flags. In an update
// the one that is not given stays as it is.
Outcome<std::optional<std::string>> configOf(const Session& session, const RouteOptions& options) {
  if (options.config_file) {
    auto text = readFile(*options.config_file);
    if (!text) return std::move(text).error();
    return std::optional(*std::move(text));
  }
  if (!options.model && !options.provider) return std::optional<std::string>();
  std::string model = options.model.value_or("");
  std::string provider;
  if (options.provider) {
    auto id = session.providerId(*options.provider);
    if (!id) return std::move(id).error();
    provider = *std::move(id);
  }
  if ((model.empty() || provider.empty()) && !options.named.empty()) {
    const auto head = session.call("GET", options.path());
    if (!head) return head.error();
    const auto config = head->data().find("config");
    if (model.empty()) model = config->stringAt("model").value_or("");
    if (provider.empty()) provider = config->stringAt("provider_credential_id").value_or("");
  }
  BodyBuilder body;
  body.add("model", std::optional(model)).add("provider_credential_id", std::optional(provider));
  return std::optional(body.text());
}

Outcome<Unit> create(const Session& session, const RouteOptions& options) {
  if (!options.config_file && (!options.model || !options.provider)) {
    return Failure{kUsage, "give --model and --provider, or --config-file"};
  }
  const auto config = configOf(session, options);
  if (!config) return config.error();
  BodyBuilder body;
  body.add("project_id", options.project).add("name", options.name).add("slug", options.slug);
  body.add("policy", std::optional(options.policy.value_or("single"))).raw("config", *config);
  body.add("note", options.note);
  const auto reply = session.call("POST", "/routing-configs", body.text());
  if (!reply) return reply.error();
  session.printOne(*reply, kColumns);
  return Unit{};
}

Outcome<Unit> list(const Session& session, const RouteOptions& options) {
  const auto reply =
      session.list("/routing-configs", {{"project_id", options.project.value_or("")}});
  if (!reply) return reply.error();
  session.printTable(*reply, kColumns);
  return Unit{};
}

Outcome<Unit> show(const Session& session, const RouteOptions& options) {
  if (options.versions) {
    const auto reply =
        session.list("/routing-configs/" + percentEncode(options.named) + "/versions",
                     {{"project_id", options.project.value_or("")}});
    if (!reply) return reply.error();
    session.printTable(*reply, kVersions);
    return Unit{};
  }
  const auto reply = session.call("GET", options.path());
  if (!reply) return reply.error();
  session.printOne(*reply, kColumns);
  return Unit{};
}

Outcome<Unit> update(const Session& session, const RouteOptions& options) {
  const auto config = configOf(session, options);
  if (!config) return config.error();
  BodyBuilder body;
  body.add("name", options.name).add("policy", options.policy).raw("config", *config);
  body.add("note", options.note).add("expected_version", options.expected_version);
  const auto reply = session.call("PATCH", options.path(), body.text());
  if (!reply) return reply.error();
  session.printOne(*reply, kColumns);
  return Unit{};
}

Outcome<Unit> remove(const Session& session, const RouteOptions& options) {
  const auto reply = session.call("DELETE", options.path());
  if (!reply) return reply.error();
  session.printDone(*reply, "deleted " + options.named);
  return Unit{};
}

using Verb = Outcome<Unit> (*)(const Session&, const RouteOptions&);

CLI::App& addVerb(CLI::App& route, const std::shared_ptr<RouteOptions>& options, const char* name,
                  const char* help, Verb verb, int& exit_code) {
  CLI::App& command = *route.add_subcommand(name, help);
  command.add_option("--project", options->project, "Project, by id or slug");
  onRun(command, Session::of(command), exit_code,
        [options, verb](const Session& session) { return verb(session, *options); });
  return command;
}

void addFields(CLI::App& command, RouteOptions& options) {
  command.add_option("--model", options.model, "Policy single: the model");
  command.add_option("--provider", options.provider, "Policy single: the provider, by id or name");
  command.add_option("--policy", options.policy, "The policy; single when absent");
  command.add_option("--config-file", options.config_file,
                     "The policy's JSON; - is standard input");
  command.add_option("--note", options.note, "Why, for the history");
}

}  // namespace

void addRoute(CLI::App& app, int& exit_code) {
  CLI::App& route = *app.add_subcommand("route", "Routing configs: what @slug means");
  route.require_subcommand(1);
  auto options = std::make_shared<RouteOptions>();
  CLI::App& created =
      addVerb(route, options, "create", "Create a routing config", create, exit_code);
  created.add_option("--name", options->name, "Its name")->required();
  created.add_option("--slug", options->slug, "Its slug; made of the name when absent");
  addFields(created, *options);
  addVerb(route, options, "list", "List routing configs", list, exit_code);
  CLI::App& shown = addVerb(route, options, "show", "Show one, or its versions", show, exit_code);
  shown.add_option("route", options->named, "Id or @slug")->required();
  shown.add_flag("--versions", options->versions, "Its versions, newest first");
  CLI::App& updated = addVerb(route, options, "update", "Save a new version", update, exit_code);
  updated.add_option("route", options->named, "Id or @slug")->required();
  updated.add_option("--name", options->name, "A new name");
  updated.add_option("--expected-version", options->expected_version,
                     "Refuse when the newest version is another");
  addFields(updated, *options);
  CLI::App& removed =
      addVerb(route, options, "delete", "Delete a routing config", remove, exit_code);
  removed.add_option("route", options->named, "Id or @slug")->required();
}

}  // namespace penstock::cli
