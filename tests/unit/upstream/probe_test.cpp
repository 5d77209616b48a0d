#include "upstream/probe.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/fake_upstream.h"
#include "support/http_client.h"
#include "support/manual_clock.h"

using namespace penstock;
using namespace penstock::test;
using std::chrono::milliseconds;
using upstream::Prober;
using upstream::ProbeResult;

namespace {

// A client with what a prober needs beside it.
struct Asker {
  HttpClient client;
  ManualClock clock;
  Logger log{{.level = LogLevel::Error}, clock};
  upstream::Credentials credentials{{client.loop(), client.client(), clock, log}};
  Prober prober(Prober::Options options = {}) {
    return Prober({client.loop(), client.client(), credentials, clock}, options);
  }
};

model::Provider providerAt(const std::string& base_url) {
  model::Provider provider;
  provider.id = "prov_1";
  provider.vendor = "openai";
  provider.name = "main";
  provider.base_url = base_url;
  provider.api_key = Secret("sk-canary");
  provider.allow_private = true;
  return provider;
}

}  // namespace

TEST_SUITE("upstream/probe") {
  TEST_CASE("the provider is asked once for its models, with its own credential") {
    FakeUpstream server(answering(R"({"object":"list","data":[]})"));
    Asker asker;
    const Prober prober = asker.prober();
    const ProbeResult result = prober.probe(providerAt(server.baseUrl()));
    CHECK(result.ok());
    CHECK(result.status == 200);
    const auto seen = server.seen();
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].method == "GET");
    CHECK(seen[0].target == "/v1/models");
    CHECK(seen[0].header("authorization") == "Bearer sk-canary");
  }

  TEST_CASE("a status says whether the provider is there and takes the credential") {
    struct Case {
      int status;
      bool reached, accepted;
    };
    for (const Case& c : std::vector<Case>{{200, true, true},
                                           {204, true, true},
                                           {301, false, false},
                                           {400, true, true},
                                           {401, true, false},
                                           {403, true, false},
                                           {404, true, true},
                                           {405, true, true},
                                           {429, true, true},
                                           {500, false, false},
                                           {503, false, false}}) {
      INFO(c.status);
      FakeUpstream server(answering("the answer echoes sk-canary", c.status));
      Asker asker;
      const Prober prober = asker.prober();
      const ProbeResult result = prober.probe(providerAt(server.baseUrl()));
      CHECK(result.reached == c.reached);
      CHECK(result.accepted == c.accepted);
      CHECK(result.status == c.status);
      CHECK_FALSE(result.message.empty());
      CHECK(result.message.find("canary") == std::string::npos);
    }
  }

  TEST_CASE("each vendor is asked for its own list, in its own way") {
    FakeUpstream server(answering("{}"));
    Asker asker;
    const Prober prober = asker.prober();
    std::string root = server.baseUrl();
    root.resize(root.size() - 3);  // "/v1"
    model::Provider anthropic = providerAt(root);
    anthropic.vendor = "anthropic";
    CHECK(prober.probe(anthropic).ok());
    CHECK(server.seen().back().target == "/v1/models");
    CHECK(server.seen().back().header("x-api-key") == "sk-canary");
    CHECK(server.seen().back().header("anthropic-version") == "2023-06-01");
    model::Provider google = providerAt(root);
    google.vendor = "google";
    CHECK(prober.probe(google).ok());
    CHECK(server.seen().back().target == "/v1beta/models");
    CHECK(server.seen().back().header("x-goog-api-key") == "sk-canary");
    model::Provider bedrock = providerAt(root);
    bedrock.vendor = "bedrock";
    bedrock.api_key = Secret("AKID::canary::eu-west-1");
    CHECK(prober.probe(bedrock).ok());
    CHECK(server.seen().back().target == "/foundation-models");
    CHECK(server.seen().back().header("authorization").starts_with("AWS4-HMAC-SHA256 "));
  }

  TEST_CASE("AWS's refusal to list is no refusal of the credential") {
    const char* said = "AccessDeniedException:http://internal.amazon.com/";
    FakeUpstream server([&](const http::ExchangePtr& exchange) {
      exchange->respond({403, "application/json", "{}", {{"x-amzn-ErrorType", said}}});
    });
    Asker asker;
    model::Provider bedrock = providerAt(server.baseUrl());
    bedrock.vendor = "bedrock";
    bedrock.settings.region = "eu-west-1";
    CHECK(asker.prober().probe(bedrock).ok());
    said = "UnrecognizedClientException";
    CHECK_FALSE(asker.prober().probe(bedrock).accepted);
  }

  TEST_CASE("a credential that cannot be had is told as such") {
    FakeUpstream server(answering("{}"));
    Asker asker;
    model::Provider vertex = providerAt(server.baseUrl());
    vertex.vendor = "vertex";
    vertex.credentials.kind = model::CredentialKind::ServiceAccount;
    vertex.credentials.secret = Secret("canary: no key");
    const ProbeResult result = asker.prober().probe(vertex);
    CHECK(result.reached);
    CHECK_FALSE(result.accepted);
    CHECK(result.message.find("private key") != std::string::npos);
    CHECK(result.message.find("canary") == std::string::npos);
    CHECK(server.seen().empty());
  }

  TEST_CASE("a provider that is not there, or may not be called, was not reached") {
    Asker asker;
    const Prober prober = asker.prober({milliseconds(300), milliseconds(300)});
    uint16_t nobody = 0;
    {
      RawListener listener;
      nobody = listener.port();
    }
    const std::string local = "http://127.0.0.1:";
    const ProbeResult refused = prober.probe(providerAt(local + std::to_string(nobody)));
    CHECK_FALSE(refused.reached);
    CHECK(refused.message.find("connect") != std::string::npos);

    RawListener silent;
    const ProbeResult late = prober.probe(providerAt(local + std::to_string(silent.port())));
    CHECK_FALSE(late.reached);
    CHECK(late.message.find("timeout") != std::string::npos);
    CHECK(late.latency >= milliseconds(250));

    model::Provider guarded = providerAt(local + std::to_string(silent.port()));
    guarded.allow_private = false;
    CHECK(prober.probe(guarded).message.find("private") != std::string::npos);
    CHECK_FALSE(prober.probe(providerAt("no url")).reached);
  }
}
