#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "declare/document.h"
#include "declare/yaml.h"
#include "json/document.h"

// Compares what an importer made with tests/golden/import/<folder>/{document,report}*.yaml (YAML,
// since it is read by people). PENSTOCK_ACCEPT=1 writes them instead.
namespace penstock::test {

inline std::filesystem::path importFolder(const char* folder) {
  return std::filesystem::path(__FILE__).parent_path() / "../../golden/import" / folder;
}

inline std::string readFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file.good(), path);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline json::Document parsed(std::string_view json) {
  auto document = json::parse(json);
  REQUIRE_MESSAGE(document, document.error().message);
  return *std::move(document);
}

inline json::Document readYaml(const std::filesystem::path& path) {
  const auto json = declare::yamlToJson(readFile(path), path.filename().string());
  REQUIRE_MESSAGE(json, json.error().message);
  return parsed(*json);
}

inline void checkGolden(const std::filesystem::path& path, const std::string& json) {
  const std::string yaml = declare::yamlOf(parsed(json).root());
  if (std::getenv("PENSTOCK_ACCEPT") != nullptr) {
    std::ofstream(path) << yaml;
    return;
  }
  CHECK(readFile(path) == yaml);
}

inline void checkImport(const declare::Imported& imported, const std::filesystem::path& folder,
                        const std::string& suffix = {}) {
  checkGolden(folder / ("document" + suffix + ".yaml"), imported.document.json());
  checkGolden(folder / ("report" + suffix + ".yaml"), declare::reportJson(imported.report));
}

}  // namespace penstock::test
