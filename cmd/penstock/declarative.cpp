// penstock plan, apply and export: the whole configuration as one document.
#include "declarative.h"

#include <unistd.h>

#include <iostream>
#include <memory>
#include <string>

#include "commands.h"
#include "declare/environment.h"
#include "document_file.h"
#include "plan_text.h"
#include "session_options.h"

namespace penstock::cli {
namespace {

struct Options {
  std::string file, output, format;
  bool prune = false;
  bool exit_code = false;
  bool key_hashes = false;
};

Outcome<Reply> send(const Session& session, const Options& options, const char* path) {
  const auto document = readDocument(options.file);
  if (!document) return document.error();
  std::string body;
  json::Writer out(body);
  out.beginObject().rawField("document", *document).field("prune", options.prune).endObject();
  return session.call("POST", path, body);
}

size_t changesOf(const Reply& reply) {
  const auto changes = reply.data().find("changes");
  return changes ? changes->size() : 0;
}

Outcome<Unit> plan(const Session& session, const Options& options) {
  const auto reply = send(session, options, "/config/plan");
  if (!reply) return reply.error();
  const size_t changes = changesOf(*reply);
  std::string text = planText(reply->data(), colourOf(STDOUT_FILENO));
  text += changes == 0 ? "nothing to change\n" : std::to_string(changes) + " to change\n";
  session.print(*reply, text);
  if (options.exit_code && changes > 0) return Failure{kDifferent, ""};
  return Unit{};
}

// New secrets, one a line, alone on standard output: project, name, secret, with tabs between.
std::string secretLines(json::ValueRef data) {
  std::string text;
  for (const char* list : {"created_keys", "created_webhook_secrets"}) {
    const auto made = data.find(list);
    if (!made) continue;
    for (const json::ValueRef item : made->elements()) {
      const auto secret =
          item.stringAt("key") ? item.stringAt("key") : item.stringAt("signing_secret");
      const auto name = item.stringAt("name") ? item.stringAt("name") : item.stringAt("url");
      text += std::string(item.stringAt("project").value_or("-")) + "\t" +
              std::string(name.value_or("-")) + "\t" + std::string(secret.value_or("")) + "\n";
    }
  }
  return text;
}

Outcome<Unit> apply(const Session& session, const Options& options) {
  const auto reply = send(session, options, "/config/apply");
  if (!reply) return reply.error();
  const std::string secrets = secretLines(reply->data());
  session.print(*reply, secrets);
  if (session.json()) return Unit{};
  const size_t count = changesOf(*reply);
  std::cerr << planText(reply->data(), colourOf(STDERR_FILENO));
  std::cerr << (count == 0 ? "nothing to change" : "applied " + std::to_string(count) + " changes")
            << (secrets.empty() ? "\n" : "; store the new secrets now, they are not shown again\n");
  return Unit{};
}

Outcome<Unit> exportConfig(const Session& session, const Options& options) {
  const auto format = formatOf(options.format, options.output);
  if (!format) return format.error();
  Query query;
  if (options.key_hashes) query.emplace_back("include_key_hashes", "true");
  const auto reply = session.get("/config/export", query);
  if (!reply) return reply.error();
  if (session.json()) return writeOutput(options.output, reply->text + "\n");
  const auto document = json::parse(declare::escapeReferences(reply->data()));
  if (!document) return Failure{kRefused, document.error().message};
  return writeOutput(options.output, formatted(document->root(), *format));
}

CLI::App& addDocumentCommand(CLI::App& app, const char* name, const char* help, Options& options) {
  CLI::App& command = *app.add_subcommand(name, help);
  command
      .add_option("-f,--file", options.file,
                  "The document, YAML or JSON; - is standard input; ${NAME} is the environment's")
      ->required()
      ->type_name("FILE");
  command.add_flag("--prune", options.prune, "Delete what the document's sections do not name");
  return command;
}

}  // namespace

void addDeclarative(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App& planned =
      addDocumentCommand(app, "plan", "Show what applying a document would change", *options);
  planned.add_flag("--exit-code", options->exit_code, "Exit 4 when there are changes");
  onRun(planned, exit_code, [options](const Session& session) { return plan(session, *options); });
  CLI::App& applied = addDocumentCommand(
      app, "apply", "Make the configuration what a document says, in one step", *options);
  onRun(applied, exit_code, [options](const Session& session) { return apply(session, *options); });
  CLI::App& exported =
      *app.add_subcommand("export", "Print the configuration as a document, without secrets");
  exported.add_option("-o,--output", options->output, "Write it to this file")->type_name("FILE");
  exported.add_option("--format", options->format,
                      "yaml or json; by the file's extension, else yaml, when absent");
  exported.add_flag("--include-key-hashes", options->key_hashes,
                    "With the keys' hashes, so that they work where it is applied");
  onRun(exported, exit_code,
        [options](const Session& session) { return exportConfig(session, *options); });
}

}  // namespace penstock::cli
