#include "document_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "declare/environment.h"
#include "declare/yaml.h"

namespace penstock::cli {
namespace {

constexpr mode_t kOwnerOnly = 0600;

bool looksLikeJson(const std::string& name, const std::string& text) {
  const std::string extension = std::filesystem::path(name).extension();
  if (extension == ".json") return true;
  if (extension == ".yaml" || extension == ".yml") return false;
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && (text[first] == '{' || text[first] == '[');
}

std::string called(const std::string& name) { return name == "-" ? "standard input" : name; }

// Every fault on a line of its own.
Failure usage(const ApiError& error) {
  if (error.fields.size() < 2) return {kUsage, error.message};
  std::string text = "the document cannot be read";
  for (const FieldError& field : error.fields) text += "\n  " + field.param + ": " + field.message;
  return {kUsage, text};
}

std::optional<std::string> fromEnvironment(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

Outcome<json::Document> readSettings(const std::string& name) {
  auto text = readSource(name);
  if (!text) return std::move(text).error();
  if (!looksLikeJson(name, *text)) {
    auto json = declare::yamlToJson(*text, called(name));
    if (!json) return usage(json.error());
    text = *std::move(json);
  }
  auto document = json::parse(*text, {}, called(name));
  if (!document) return usage(document.error());
  return *std::move(document);
}

Outcome<std::string> readDocument(const std::string& name) {
  const auto document = readSettings(name);
  if (!document) return document.error();
  auto text = declare::substitute(document->root(), fromEnvironment);
  if (!text) return usage(text.error());
  return *std::move(text);
}

Outcome<Format> formatOf(const std::string& given, const std::string& file) {
  if (given == "json") return Format::Json;
  if (given == "yaml") return Format::Yaml;
  if (!given.empty()) return Failure{kUsage, "--format is yaml or json"};
  return std::filesystem::path(file).extension() == ".json" ? Format::Json : Format::Yaml;
}

std::string formatted(json::ValueRef document, Format format) {
  return format == Format::Json ? document.text() + "\n" : declare::yamlOf(document);
}

Outcome<Unit> writeOutput(const std::string& file, const std::string& text) {
  if (file.empty() || file == "-") {
    std::cout << text << std::flush;
    return Unit{};
  }
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwnerOnly);
  bool good = descriptor >= 0;
  for (size_t done = 0; good && done < text.size();) {
    const ssize_t written = ::write(descriptor, text.data() + done, text.size() - done);
    good = written > 0;
    if (good) done += static_cast<size_t>(written);
  }
  if (descriptor >= 0 && ::close(descriptor) != 0) good = false;
  if (!good) return Failure{kRefused, "cannot write " + file};
  return Unit{};
}

}  // namespace penstock::cli
