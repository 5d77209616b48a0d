#pragma once

#include <optional>
#include <string>

#include "json/document.h"
#include "session.h"

namespace penstock::cli {

// What a file holds, YAML or JSON, as JSON text. "-" is standard input. The name's extension says
// which; without one, text that begins with '{' or '[' is JSON.
Outcome<json::Document> readSettings(const std::string& name);

// The same with the environment's values for ${NAME} (declare/environment.h), as JSON text.
Outcome<std::string> readDocument(const std::string& name);

enum class Format : unsigned char { Yaml, Json };

// "yaml" or "json" as given, else by the extension of `file`, else YAML.
Outcome<Format> formatOf(const std::string& given, const std::string& file);

std::string formatted(json::ValueRef document, Format format);

// To the file, for its owner's eyes only, or to standard output when the name is empty or "-".
Outcome<Unit> writeOutput(const std::string& file, const std::string& text);

}  // namespace penstock::cli
