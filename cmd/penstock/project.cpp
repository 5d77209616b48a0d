// penstock project: what keys, routing configs and logs belong to.
#include <memory>
#include <optional>
#include <string>

#include "commands.h"
#include "session.h"

namespace penstock::cli {
namespace {

struct ProjectOptions {
  std::optional<std::string> name, slug, description;
};

constexpr Column kColumns[] = {{"ID", "id"},
                               {"SLUG", "slug"},
                               {"NAME", "name"},
                               {"DESCRIPTION", "description"},
                               {"CREATED", "created_at"}};

Outcome<Unit> create(const Session& session, const ProjectOptions& options) {
  BodyBuilder body;
  body.add("name", options.name).add("slug", options.slug).add("description", options.description);
  const auto reply = session.call("POST", "/projects", body.text());
  if (!reply) return reply.error();
  session.printOne(*reply, kColumns);
  return Unit{};
}

Outcome<Unit> list(const Session& session) {
  const auto reply = session.list("/projects", {});
  if (!reply) return reply.error();
  session.printTable(*reply, kColumns);
  return Unit{};
}

}  // namespace

void addProject(CLI::App& app, int& exit_code) {
  CLI::App& project = *app.add_subcommand("project", "Projects");
  project.require_subcommand(1);
  auto options = std::make_shared<ProjectOptions>();
  CLI::App& created = *project.add_subcommand("create", "Create a project");
  created.add_option("--name", options->name, "Its name")->required();
  created.add_option("--slug", options->slug, "Its slug; made of the name when absent");
  created.add_option("--description", options->description, "More about it");
  onRun(created, Session::of(created), exit_code,
        [options](const Session& session) { return create(session, *options); });
  CLI::App& listed = *project.add_subcommand("list", "List projects");
  onRun(listed, Session::of(listed), exit_code, list);
}

}  // namespace penstock::cli
