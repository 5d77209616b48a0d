#include "telemetry/span_json.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "json/document.h"
#include "rows.h"

using namespace penstock;
using namespace penstock::test;

namespace {

std::string render(const model::RequestLog& row, const telemetry::SpanOptions& options = {}) {
  return telemetry::renderSpans({&row, 1}, options);
}

// The text without our version, which changes, and as written by any JSON writer.
std::string canonical(const std::string& text) {
  const auto document = json::parse(text);
  REQUIRE_MESSAGE(document, document.error().message);
  std::string out = document->root().text();
  const std::string version = PENSTOCK_VERSION;
  for (size_t at = 0; (at = out.find('"' + version + '"', at)) != std::string::npos;) {
    out.replace(at + 1, version.size(), "VERSION");
  }
  return out;
}

// One span or attribute a line, for people.
std::string withLines(std::string json) {
  for (const std::string begin : {R"({"traceId")", R"({"key")"}) {
    for (size_t at = 0; (at = json.find(begin, at)) != std::string::npos; at += begin.size() + 1) {
      json.insert(at, "\n");
    }
  }
  return json;
}

// Compares with tests/golden/telemetry/<name>, which tests/telemetry holds against OTLP's
// definitions. PENSTOCK_ACCEPT=1 writes it instead.
void checkGolden(const std::string& name, const std::string& rendered) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "../../golden/telemetry" / name;
  if (std::getenv("PENSTOCK_ACCEPT") != nullptr) {
    std::ofstream(path) << withLines(canonical(rendered)) << "\n";
    return;
  }
  std::ifstream file(path);
  REQUIRE(file.good());
  CHECK(canonical({std::istreambuf_iterator<char>(file), {}}) == canonical(rendered));
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string attribute(const std::string& key, const std::string& typed_value) {
  return R"({"key":")" + key + R"(","value":{)" + typed_value + "}}";
}

}  // namespace

TEST_SUITE("telemetry/span_json") {
  TEST_CASE("requests and their attempts are rendered as the golden file shows") {
    const std::vector rows = {fallenBackChat(), refusedChat(), failedEmbedding()};
    CHECK(telemetry::spanCount(rows[0]) == 3);
    checkGolden("spans.json", telemetry::renderSpans(rows, {}));
  }

  TEST_CASE("nothing of prompts, answers, errors, tags and keys is rendered") {
    CHECK_FALSE(holds(render(fallenBackChat()), "canary"));
  }

  TEST_CASE("the end user is told only when asked for") {
    const std::string with = render(fallenBackChat(), {.end_user = telemetry::EndUser::Include});
    CHECK(holds(with, attribute("enduser.id", R"("stringValue":"canary-end-user")")));
    CHECK_FALSE(holds(render(fallenBackChat()), "enduser.id"));
  }

  TEST_CASE("the service has the name it was given") {
    const std::string text = render(refusedChat(), {.service_name = "edge \"1\""});
    CHECK(holds(text, attribute("service.name", R"("stringValue":"edge \"1\"")")));
  }

  TEST_CASE("only failures that are not the caller's make a request's status an error") {
    const std::string error = R"("status":{"code":2})";
    auto row = refusedChat();
    for (const int status : {200, 402, 429, 499}) {
      row.status = status;
      CHECK_FALSE(holds(render(row), error));
    }
    for (const int status : {500, 502, 504}) {
      row.status = status;
      CHECK(holds(render(row), error));
    }
  }

  TEST_CASE("an attempt that was cancelled is told from one that failed") {
    auto row = failedEmbedding();
    row.status = 200;
    row.attempt_log[0].status = "cancelled";
    CHECK(holds(render(row), attribute("error.type", R"("stringValue":"cancelled")")));
    CHECK_FALSE(holds(render(row), R"("status")"));
    row.attempt_log[0].status = "transport_error";
    CHECK(holds(render(row), R"("status":{"code":2})"));
  }

  TEST_CASE("providers and operations have the names of the conventions") {
    const auto named = [](const std::string& vendor) {
      auto row = refusedChat();
      row.provider = vendor;
      return render(row);
    };
    for (const auto& [ours, theirs] :
         std::vector<std::pair<std::string, std::string>>{{"openai", "openai"},
                                                          {"azure", "azure.ai.openai"},
                                                          {"bedrock", "aws.bedrock"},
                                                          {"mistral", "mistral_ai"},
                                                          {"xai", "x_ai"},
                                                          {"fireworks", "fireworks"}}) {
      CHECK(holds(named(ours),
                  attribute("gen_ai.provider.name", R"("stringValue":")" + theirs + '"')));
    }
    auto row = refusedChat();
    row.endpoint = "images.generations";
    row.requested_model = "";
    CHECK(holds(render(row), R"("name":"images.generations")"));
  }

  TEST_CASE("text that is not UTF-8 does not make the batch unreadable") {
    auto row = refusedChat();
    row.requested_model = "gpt-\xff";
    CHECK(json::parse(render(row)));
  }

  TEST_CASE("a trace that is not sampled says so, and no rows make no spans") {
    auto row = refusedChat();
    row.traceparent.back() = '0';
    CHECK(holds(render(row), R"("flags":256,)"));
    CHECK(holds(telemetry::renderSpans({}, {}), R"("spans":[])"));
  }
}
