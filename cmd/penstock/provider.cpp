// penstock provider: vendors' credentials.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "commands.h"
#include "session.h"

namespace penstock::cli {
namespace {

constexpr const char* kKeyVariable = "PENSTOCK_PROVIDER_API_KEY";

struct ProviderOptions {
  std::string named;  // id or name
  std::optional<std::string> vendor, name, base_url, default_model;
  bool key_from_stdin = false;
  bool is_private = false;
  bool is_default = false;
};

constexpr Column kColumns[] = {{"ID", "id"},
                               {"NAME", "name"},
                               {"VENDOR", "vendor"},
                               {"BASE URL", "base_url"},
                               {"KEY", "api_key_fingerprint"},
                               {"DEFAULT", "default"},
                               {"PRIVATE", "private"},
                               {"DEFAULT MODEL", "default_model"},
                               {"STATUS", "status"}};

// Never a flag: flags stay in the shell's history and in the process list.
std::optional<std::string> readKey(const ProviderOptions& options) {
  if (options.key_from_stdin) {
    std::string key;
    std::getline(std::cin, key);
    if (key.ends_with('\r')) key.pop_back();
    return key;
  }
  const char* key = std::getenv(kKeyVariable);
  return key == nullptr ? std::nullopt : std::optional<std::string>(key);
}

std::string bodyOf(const ProviderOptions& options) {
  BodyBuilder body;
  body.add("vendor", options.vendor).add("name", options.name);
  body.add("api_key", readKey(options)).add("base_url", options.base_url);
  body.add("default_model", options.default_model);
  if (options.is_private) body.add("private", std::optional(true));
  if (options.is_default) body.add("default", std::optional(true));
  return body.text();
}

Outcome<Unit> add(const Session& session, const ProviderOptions& options) {
  const auto reply = session.call("POST", "/providers", bodyOf(options));
  if (!reply) return reply.error();
  session.printOne(*reply, kColumns);
  return Unit{};
}

Outcome<Unit> update(const Session& session, const ProviderOptions& options) {
  const auto id = session.providerId(options.named);
  if (!id) return id.error();
  const auto reply = session.call("PATCH", "/providers/" + percentEncode(*id), bodyOf(options));
  if (!reply) return reply.error();
  session.printOne(*reply, kColumns);
  return Unit{};
}

Outcome<Unit> list(const Session& session, const ProviderOptions&) {
  const auto reply = session.list("/providers", {});
  if (!reply) return reply.error();
  session.printTable(*reply, kColumns);
  return Unit{};
}

Outcome<Unit> remove(const Session& session, const ProviderOptions& options) {
  const auto id = session.providerId(options.named);
  if (!id) return id.error();
  const auto reply = session.call("DELETE", "/providers/" + percentEncode(*id));
  if (!reply) return reply.error();
  session.printDone(*reply, "removed " + *id);
  return Unit{};
}

using Verb = Outcome<Unit> (*)(const Session&, const ProviderOptions&);

CLI::App& addVerb(CLI::App& provider, const std::shared_ptr<ProviderOptions>& options,
                  const char* name, const char* help, Verb verb, int& exit_code) {
  CLI::App& command = *provider.add_subcommand(name, help);
  onRun(command, Session::of(command), exit_code,
        [options, verb](const Session& session) { return verb(session, *options); });
  return command;
}

void addFields(CLI::App& command, ProviderOptions& options) {
  command.add_option("--base-url", options.base_url,
                     "Its address, as for an OpenAI SDK, so usually ending in /v1");
  command.add_flag("--api-key-stdin", options.key_from_stdin,
                   std::string("Read its key from standard input; else from ") + kKeyVariable);
  command.add_flag("--private", options.is_private, "It may live on a loopback or private address");
  command.add_flag("--default", options.is_default, "What vendor/model and bare names use");
  command.add_option("--default-model", options.default_model, "What @default asks it for");
}

}  // namespace

void addProvider(CLI::App& app, int& exit_code) {
  CLI::App& provider = *app.add_subcommand("provider", "Providers: vendors' credentials");
  provider.require_subcommand(1);
  auto options = std::make_shared<ProviderOptions>();
  CLI::App& added = addVerb(provider, options, "add", "Add a provider", add, exit_code);
  added.add_option("--vendor", options->vendor, "openai or demo")->required();
  added.add_option("--name", options->name, "Its name; NAME/model addresses it")->required();
  addFields(added, *options);
  CLI::App& updated = addVerb(provider, options, "update", "Change a provider", update, exit_code);
  updated.add_option("provider", options->named, "Id or name")->required();
  updated.add_option("--name", options->name, "A new name");
  addFields(updated, *options);
  addVerb(provider, options, "list", "List providers", list, exit_code);
  CLI::App& removed = addVerb(provider, options, "remove", "Remove a provider", remove, exit_code);
  removed.add_option("provider", options->named, "Id or name")->required();
}

}  // namespace penstock::cli
