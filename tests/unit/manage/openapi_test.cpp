#include "manage/openapi.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "base/text.h"
#include "manage/routes.h"

using namespace penstock;

namespace {

// "GET /path" of every operation: paths stand at two spaces, methods at four.
std::set<std::string> operationsOf(std::string_view document) {
  const std::set<std::string_view> methods = {"get", "post", "put", "patch", "delete"};
  std::set<std::string> operations;
  std::string path;
  bool in_paths = false;
  split(document, '\n', [&](std::string_view line) {
    if (!line.starts_with(' ')) in_paths = line == "paths:";
    if (!in_paths) return;
    if (line.starts_with("  /") && line.ends_with(':')) path = line.substr(2, line.size() - 3);
    if (!line.starts_with("    ") || !line.ends_with(':')) return;
    const std::string_view method = line.substr(4, line.size() - 5);
    if (!methods.contains(method)) return;
    std::string upper;
    for (const char c : method) upper.push_back(static_cast<char>(c - 'a' + 'A'));
    operations.insert(upper + " " + path);
  });
  return operations;
}

// What the document says of each operation's least role, in its order.
std::set<std::string> rolesOf(std::string_view document) {
  std::set<std::string> roles;
  std::string path, method;
  split(document, '\n', [&](std::string_view line) {
    if (line.starts_with("  /")) path = line.substr(2, line.size() - 3);
    if (line.starts_with("    ") && !line.starts_with("     "))
      method = line.substr(4, line.size() - 5);
    constexpr std::string_view kRole = "      x-role: ";
    if (line.starts_with(kRole))
      roles.insert(method + " " + path + " " + std::string(line.substr(kRole.size())));
  });
  return roles;
}

}  // namespace

TEST_SUITE("manage/openapi") {
  TEST_CASE("the management document has every route and no other") {
    std::set<std::string> served;
    for (const auto& route : manage::resourceTable()) {
      served.insert(std::string(route.method) + " " + std::string(route.path));
    }
    for (const auto& route : manage::openapiRoutes())
      served.insert(route.method + " " + route.pattern);
    const auto documented = operationsOf(manage::manageDocument());
    for (const auto& operation : served)
      CHECK_MESSAGE(documented.contains(operation), operation, " is not documented");
    for (const auto& operation : documented)
      CHECK_MESSAGE(served.contains(operation), operation, " is not served");
  }

  TEST_CASE("the roles in the document are those of the table") {
    const auto documented = rolesOf(manage::manageDocument());
    for (const auto& route : manage::resourceTable()) {
      const std::string row = asciiLower(route.method) + " " + std::string(route.path) + " " +
                              std::string(model::roleName(route.role));
      CHECK_MESSAGE(documented.contains(row), row);
    }
    CHECK(documented.size() == manage::resourceTable().size());
  }

  TEST_CASE("the proxy document has both base paths of every endpoint") {
    const auto documented = operationsOf(manage::proxyDocument());
    for (const auto& operation : documented) {
      const size_t slash = operation.find(" /");
      if (operation.compare(slash, 5, " /v1/") != 0) continue;
      const std::string path = operation.substr(slash + 1);
      const bool anthropic = path.starts_with("/v1/messages");
      const bool gemini = operation.starts_with("POST") && path.starts_with("/v1/models/");
      const std::string base = anthropic ? " /anthropic" : gemini ? " /gemini" : " /openai";
      CHECK_MESSAGE(documented.contains(operation.substr(0, slash) + base + path), operation);
    }
  }
}
