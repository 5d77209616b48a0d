#pragma once

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/dialect.h"

// The cells of the matrix and where their inputs are. Inputs are what the golden cases of the
// translators have (see tests/unit/dialect/translate_test.cpp); only Azure's are the matrix's own.
namespace penstock::test::matrix {

namespace fs = std::filesystem;
using dialect::Dialect;

inline const fs::path kGolden = fs::path(__FILE__).parent_path() / "../golden";
inline const fs::path kFolder = kGolden / "matrix";

inline std::string readFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A client API.
struct Surface {
  const char* name;
  Dialect dialect;
  const char* asked;  // folder of requests
};

struct Provider {
  const char* name;
  Dialect dialect;
  const char* vendor;
  const char* answered;  // folder of recorded shapes
  const char* model;     // where the case names none
  const char* fields;    // of the provider, beside the usual ones
};

constexpr std::array kSurfaces = {
    Surface{"chat", Dialect::OpenAi, "translate/openai_to_anthropic"},
    Surface{"responses", Dialect::Responses, "translate/responses_to_openai"},
    Surface{"messages", Dialect::Anthropic, "translate/anthropic_to_openai"},
    Surface{"gemini", Dialect::Gemini, "gemini"},
};

// OpenAI's own host alone is asked in the Responses API, and no test can stand in for it: Azure's
// v1 API, which is the same, does so for callers of Responses. Azure itself is the classic API.
constexpr std::array kProviders = {
    Provider{"openai", Dialect::OpenAi, "openai", "translate/anthropic_to_openai", "gpt-5.1", ""},
    Provider{"responses", Dialect::Responses, "azure_openai", "translate/openai_to_responses",
             "gpt-5.1", ""},
    Provider{"anthropic", Dialect::Anthropic, "anthropic", "translate/openai_to_anthropic",
             "claude-opus-4-6", ""},
    Provider{"gemini", Dialect::Gemini, "google", "gemini", "gemini-3-pro-preview", ""},
    Provider{"bedrock", Dialect::Bedrock, "bedrock", "bedrock", "us.anthropic.claude-opus-4-6-v1",
             R"(,"region":"us-east-1")"},
    Provider{"azure", Dialect::OpenAi, "azure_openai", "azure", "gpt-5.1",
             R"(,"api_version":"2024-10-21")"},
};

constexpr std::array kCases = {
    "text",        "system",  "multi_turn", "tools",       "parallel_tools", "tool_results",
    "forced_tool", "image",   "pdf",        "json_schema", "thinking",       "stop",
    "length",      "refusal", "error",      "usage_cache"};

struct Cell {
  const Surface* surface;
  const Provider* provider;
  std::string_view feature;
  bool stream;

  bool fails() const { return feature == "error"; }
  // Azure has the Responses API, and so needs no translation of it.
  Dialect spoken() const {
    const bool responses = surface->dialect == Dialect::Responses &&
                           std::string_view(provider->vendor) == "azure_openai";
    return responses ? Dialect::Responses : provider->dialect;
  }
  bool passesThrough() const { return spoken() == surface->dialect; }
  // Whether the proxy ever asks this provider's API for this client's.
  bool inProxy() const { return provider->dialect != Dialect::Responses || passesThrough(); }

  fs::path answered() const {
    return kGolden /
           (spoken() == Dialect::Responses ? kProviders[1].answered : provider->answered) / feature;
  }
  std::string request() const {
    return readFile(kGolden / surface->asked / feature / "request.json");
  }
  std::string model() const {
    std::string model = readFile(answered() / "target");
    if (!model.empty()) model.pop_back();
    return model.empty() ? provider->model : model;
  }
  std::string name() const {
    return std::string(surface->name) + "_to_" + provider->name + "/" + std::string(feature) +
           (stream ? ".stream" : ".whole");
  }
  fs::path golden() const { return kFolder / (name() + ".txt"); }
};

inline std::vector<Cell> allCells() {
  std::vector<Cell> cells;
  for (const Surface& surface : kSurfaces)
    for (const Provider& provider : kProviders)
      for (const char* feature : kCases)
        for (const bool stream : {false, true})
          cells.push_back({&surface, &provider, feature, stream});
  return cells;
}

}  // namespace penstock::test::matrix
