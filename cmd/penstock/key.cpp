// penstock key: project keys, and with --management the keys of the management API.
#include <memory>
#include <optional>
#include <string>

#include "commands.h"
#include "session.h"

namespace penstock::cli {
namespace {

struct KeyOptions {
  bool management = false;
  std::string id;
  std::optional<std::string> name, project, description, role;
  std::optional<int64_t> expires_in_days, rate_limit_rpm;

  std::string path() const { return management ? "/management-keys" : "/api-keys"; }
  std::string pathOfId() const { return path() + "/" + percentEncode(id); }
};

constexpr Column kProjectKeys[] = {{"ID", "id"},
                                   {"NAME", "name"},
                                   {"PROJECT", "project_id"},
                                   {"PREFIX", "prefix"},
                                   {"LAST", "last_four"},
                                   {"STATUS", "status"},
                                   {"RPM", "rate_limit_rpm"},
                                   {"EXPIRES", "expires_at"},
                                   {"CREATED", "created_at"}};
constexpr Column kManagementKeys[] = {{"ID", "id"},
                                      {"NAME", "name"},
                                      {"ROLE", "role"},
                                      {"PREFIX", "prefix"},
                                      {"LAST", "last_four"},
                                      {"STATUS", "status"},
                                      {"EXPIRES", "expires_at"},
                                      {"CREATED", "created_at"}};

Outcome<Unit> create(const Session& session, const KeyOptions& options) {
  BodyBuilder body;
  body.add("name", options.name).add("expires_in_days", options.expires_in_days);
  if (options.management) {
    body.add("role", std::optional(options.role.value_or("viewer")));
  } else {
    body.add("project_id", options.project).add("description", options.description);
    body.add("rate_limit_rpm", options.rate_limit_rpm);
  }
  const auto reply = session.call("POST", options.path(), body.text());
  if (!reply) return reply.error();
  session.printSecret(*reply, "created");
  return Unit{};
}

Outcome<Unit> list(const Session& session, const KeyOptions& options) {
  Query query;
  if (!options.management) query.emplace_back("project_id", options.project.value_or(""));
  const auto reply = session.list(options.path(), query);
  if (!reply) return reply.error();
  if (options.management) {
    session.printTable(*reply, kManagementKeys);
  } else {
    session.printTable(*reply, kProjectKeys);
  }
  return Unit{};
}

Outcome<Unit> rotate(const Session& session, const KeyOptions& options) {
  const auto reply = session.call("POST", options.pathOfId() + "/rotate");
  if (!reply) return reply.error();
  session.printSecret(*reply, "rotated");
  return Unit{};
}

Outcome<Unit> revoke(const Session& session, const KeyOptions& options) {
  const auto reply = session.call("DELETE", options.pathOfId());
  if (!reply) return reply.error();
  session.printDone(*reply, "revoked " + options.id);
  return Unit{};
}

using Verb = Outcome<Unit> (*)(const Session&, const KeyOptions&);

CLI::App& addVerb(CLI::App& key, const std::shared_ptr<KeyOptions>& options, const char* name,
                  const char* help, Verb verb, int& exit_code) {
  CLI::App& command = *key.add_subcommand(name, help);
  command.add_flag("--management", options->management, "Keys of the management API instead");
  onRun(command, Session::of(command), exit_code,
        [options, verb](const Session& session) { return verb(session, *options); });
  return command;
}

}  // namespace

void addKey(CLI::App& app, int& exit_code) {
  CLI::App& key = *app.add_subcommand("key", "Keys of projects and of the management API");
  key.require_subcommand(1);
  auto options = std::make_shared<KeyOptions>();
  CLI::App& created =
      addVerb(key, options, "create", "Make a key and print it once", create, exit_code);
  created.add_option("--name", options->name, "What it is for")->required();
  created.add_option("--project", options->project, "Project, by id or slug");
  created.add_option("--description", options->description, "More about it");
  created.add_option("--expires-in-days", options->expires_in_days, "Days until it expires");
  created.add_option("--rpm", options->rate_limit_rpm, "Requests a minute");
  created.add_option("--role", options->role, "Of a management key: owner, admin, member, viewer");
  CLI::App& listed = addVerb(key, options, "list", "List keys", list, exit_code);
  listed.add_option("--project", options->project, "Of this project, by id or slug");
  CLI::App& rotated = addVerb(
      key, options, "rotate",
      "Give a key a new secret and print it once; the old one fails at once", rotate, exit_code);
  rotated.add_option("id", options->id, "The key's id")->required();
  CLI::App& revoked = addVerb(key, options, "revoke", "Revoke a key at once", revoke, exit_code);
  revoked.add_option("id", options->id, "The key's id")->required();
}

}  // namespace penstock::cli
