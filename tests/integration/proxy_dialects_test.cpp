// Providers of other dialects behind each client API: recorded answers of theirs over sockets.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "integration/manage_support.h"
#include "support/fake_upstream.h"
#include "unit/dialect/aws_frames.h"

using namespace penstock;
using namespace penstock::test;

namespace {

std::string golden(const std::string& path) {
  std::ifstream file(std::filesystem::path(__FILE__).parent_path() / "../golden" / path);
  REQUIRE_MESSAGE(file.good(), path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A provider as it answers whole and streamed, and how it is asked.
struct Vendor {
  const char* name;
  const char* fields;   // of the provider, beside the usual ones
  const char* answers;  // folder
  const char* path;     // that a whole answer is asked at
  const char* key;      // header that holds the key
  const char* stream_type = "text/event-stream";
};

constexpr Vendor kVendors[] = {
    {"anthropic", "", "translate/openai_to_anthropic/text", "/v1/messages", "x-api-key"},
    {"google", "", "gemini/text", "/v1beta/models/m:generateContent", "x-goog-api-key"},
    {"bedrock", R"(,"region":"us-east-1")", "bedrock/text", "/model/m/converse", "authorization",
     "application/vnd.amazon.eventstream"},
};

bool asksForStream(const http::Request& request) {
  const std::string target(request.target);
  return contains(target, "stream") || contains(std::string(request.body), R"("stream":true)");
}

FakeUpstream::Script scriptOf(const Vendor& vendor) {
  const std::string folder = vendor.answers;
  const std::string whole = golden(folder + "/provider_answer.json");
  const bool frames = std::string(vendor.name) == "bedrock";
  const std::string stream = frames ? framesOf(golden(folder + "/provider_stream.frames"))
                                    : golden(folder + "/provider_stream.sse");
  return
      [whole, stream, type = std::string(vendor.stream_type)](const http::ExchangePtr& exchange) {
        const bool streams = asksForStream(exchange->request());
        exchange->respond({200, streams ? type : "application/json", streams ? stream : whole, {}});
      };
}

// What each client API is asked, and the end that only a whole stream of it has.
struct Client {
  const char* path;
  const char* body;
  const char* end;
};
constexpr Client kClients[] = {
    {"/v1/chat/completions", R"({"model":"up/m","messages":[{"role":"user","content":"Hi"}])",
     "data: [DONE]"},
    {"/v1/responses", R"({"model":"up/m","input":"Hi")", "event: response.completed"},
    {"/anthropic/v1/messages",
     R"({"model":"up/m","max_tokens":99,"messages":[{"role":"user","content":"Hi"}])",
     "event: message_stop"},
};

void addProvider(Gateway& gateway, const Vendor& vendor, const FakeUpstream& upstream) {
  std::string address = upstream.baseUrl();
  address.resize(address.size() - 3);  // "/v1"
  const Answer added = manageOf(gateway).post(
      "/manage/v1/providers",
      R"({"verify":false,"name":"up","private":true,"api_key":"sk-1234567890","vendor":")" +
          std::string(vendor.name) + R"(","base_url":")" + address + "\"" + vendor.fields + "}");
  REQUIRE_MESSAGE(added.status == 201, added.body);
}

}  // namespace

TEST_SUITE("proxy/dialects") {
  TEST_CASE("every client API is served by providers of every dialect, whole and streamed") {
    for (const Vendor& vendor : kVendors) {
      FakeUpstream upstream(scriptOf(vendor));
      Gateway gateway = quietGateway();
      addProvider(gateway, vendor, upstream);
      for (const Client& client : kClients) {
        INFO(vendor.name, " behind ", client.path);
        const Answer whole = proxyOf(gateway).post(client.path, std::string(client.body) + "}");
        REQUIRE_MESSAGE(whole.status == 200, whole.body);
        CHECK(whole.header("X-Modelux-Provider-Used") == vendor.name);
        const Answer stream =
            proxyOf(gateway).post(client.path, std::string(client.body) + R"(,"stream":true})");
        REQUIRE_MESSAGE(stream.status == 200, stream.body);
        CHECK_MESSAGE(contains(stream.body, client.end), stream.body);
        CHECK_FALSE(contains(stream.body, "event: error"));
      }
      const Seen first = upstream.seen().front();
      CHECK(first.target.starts_with(vendor.path));
      CHECK(contains(first.header(vendor.key), "sk-1234567890"));
      // What it cost was taken from the provider's own counts.
      const auto log = parsed(manageOf(gateway).get("/manage/v1/logs?limit=10").body);
      for (const auto row : log.root().find("data")->elements()) {
        CHECK(row.intAt("output_tokens").value_or(0) > 0);
      }
    }
  }

  TEST_CASE("Google's client API is served by a provider of Anthropic's dialect") {
    FakeUpstream upstream(scriptOf(kVendors[0]));
    Gateway gateway = quietGateway();
    addProvider(gateway, kVendors[0], upstream);
    const std::string body = R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}]})";
    const Answer whole = proxyOf(gateway).post("/v1beta/models/up/m:generateContent", body);
    CHECK_MESSAGE(contains(whole.body, R"("finishReason":"STOP")"), whole.body);
    const Answer events =
        proxyOf(gateway).post("/v1beta/models/up/m:streamGenerateContent?alt=sse", body);
    CHECK(events.header("Content-Type") == "text/event-stream");
    CHECK(contains(events.body, R"("finishReason":"STOP")"));
    const Answer array = proxyOf(gateway).post("/v1beta/models/up/m:streamGenerateContent", body);
    CHECK(array.header("Content-Type") == "application/json");
    CHECK(parsed(array.body).root().isArray());
  }
}
