// penstock import: another gateway's configuration as a document for penstock apply.
#include <iostream>
#include <memory>
#include <string>

#include "base/clock.h"
#include "commands.h"
#include "declare/bifrost.h"
#include "declare/litellm.h"
#include "document_file.h"
#include "session_options.h"

namespace penstock::cli {
namespace {

struct Options {
  std::string file, keys, output, format;
  bool json = false;
};

void printReport(const declare::Imported& imported) {
  for (const declare::Note& note : imported.report) {
    std::cerr << note.source << "#" << (note.where.empty() ? "/" : note.where) << "  " << note.what
              << ": " << note.why << "\n";
  }
  const declare::Document& document = imported.document;
  std::cerr << document.providers.size() << " providers, " << document.routing_configs.size()
            << " routing configs, " << document.api_keys.size() << " keys; "
            << imported.report.size() << " notes\n";
}

Outcome<Unit> printImport(const Result<declare::Imported>& imported, const Options& options) {
  if (!imported) return Failure{kRefused, imported.error().message};
  const auto format = formatOf(options.format, options.output);
  if (!format) return format.error();
  const std::string text = imported->document.json();
  if (options.json) {
    return writeOutput(options.output, "{\"document\":" + text + ",\"report\":" +
                                           declare::reportJson(imported->report) + "}\n");
  }
  const auto document = json::parse(text);
  if (!document) return Failure{kRefused, document.error().message};
  auto written = writeOutput(options.output, formatted(document->root(), *format));
  if (written) printReport(*imported);
  return written;
}

Outcome<Unit> importLiteLlm(const Options& options) {
  const auto config = readSettings(options.file);
  if (!config) return config.error();
  const UnixMillis now = SystemClock().now();
  if (options.keys.empty()) {
    return printImport(declare::importLiteLlm(config->root(), {}, now), options);
  }
  const auto keys = readSettings(options.keys);
  if (!keys) return keys.error();
  return printImport(declare::importLiteLlm(config->root(), keys->root(), now), options);
}

Outcome<Unit> importBifrost(const Options& options) {
  const auto config = readSettings(options.file);
  if (!config) return config.error();
  return printImport(declare::importBifrost(config->root()), options);
}

CLI::App& addSource(CLI::App& import, const std::shared_ptr<Options>& options, const char* name,
                    const char* help, int& exit_code, Outcome<Unit> (*run)(const Options&)) {
  CLI::App& command = *import.add_subcommand(name, help);
  command.add_option("file", options->file, "The file; - is standard input")->required();
  command.add_option("-o,--output", options->output, "Write the document to this file")
      ->type_name("FILE");
  command.add_option("--format", options->format,
                     "yaml or json; by the file's extension, else yaml, when absent");
  command.add_flag("--json", options->json, "The document and the report as one JSON object");
  command.callback([options, run, &exit_code] {
    const auto outcome = run(*options);
    if (!outcome) exit_code = report(outcome.error());
  });
  return command;
}

}  // namespace

void addImport(CLI::App& app, int& exit_code) {
  CLI::App& import = *app.add_subcommand(
      "import", "Make a document of another gateway's configuration; asks no gateway");
  import.require_subcommand(1);
  const auto options = std::make_shared<Options>();
  addSource(import, options, "litellm", "Of LiteLLM's config.yaml", exit_code, importLiteLlm)
      .add_option("--keys", options->keys,
                  "What /key/list?return_full_object=true answered, for the keys")
      ->type_name("FILE");
  addSource(import, options, "bifrost", "Of Bifrost's config.json", exit_code, importBifrost);
}

}  // namespace penstock::cli
