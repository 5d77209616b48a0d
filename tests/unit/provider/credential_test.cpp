#include "provider/credential.h"

#include <doctest/doctest.h>

using namespace penstock;
using provider::Credential;

namespace {

constexpr UnixMillis kThen = 1'440'938'160'000;  // 2015-08-30T12:36:00Z

model::Provider providerOf(const char* vendor, const char* api_key = "") {
  model::Provider provider{.id = "prov_1", .vendor = vendor};
  provider.api_key = Secret(api_key);
  provider.settings.region = "us-east-1";
  provider.settings.location = "global";
  provider.base_url = "https://host.example.com/v1";
  return provider;
}

http::Headers authorized(const model::Provider& provider, const Credential& credential) {
  const auto endpoint = provider::endpointOf(provider);
  REQUIRE(endpoint);
  http::ClientRequest request;
  request.origin = endpoint->origin;
  request.path = "/x";
  REQUIRE(provider::authorize(provider, *endpoint, credential, kThen, request));
  return request.headers;
}

http::Headers withKey(const char* vendor, const char* key) {
  const model::Provider provider = providerOf(vendor, key);
  return authorized(provider, *provider::standingCredential(provider));
}

}  // namespace

TEST_SUITE("provider/credential") {
  TEST_CASE("a key goes where its vendor looks for it") {
    using H = http::Headers;
    CHECK(withKey("openai", "sk-1") == H{{"Authorization", "Bearer sk-1"}});
    CHECK(withKey("groq", "gsk_1") == H{{"Authorization", "Bearer gsk_1"}});
    CHECK(withKey("anthropic", "sk-ant-api03-1") == H{{"x-api-key", "sk-ant-api03-1"}});
    CHECK(withKey("anthropic", "sk-ant-oat01-1") == H{{"Authorization", "Bearer sk-ant-oat01-1"}});
    CHECK(withKey("google", "AIza1") == H{{"x-goog-api-key", "AIza1"}});
    CHECK(withKey("azure_openai", "k") == H{{"api-key", "k"}});
    CHECK(withKey("bedrock", "ABSK-1") == H{{"Authorization", "Bearer ABSK-1"}});
    CHECK(withKey("vllm", "secret") == H{{"Authorization", "Bearer secret"}});
    CHECK(withKey("ollama", "").empty());
    CHECK(withKey("openai", "").empty());
  }

  TEST_CASE("the caller's own key takes the place of the provider's, in the same form") {
    const model::Provider anthropic = providerOf("anthropic", "sk-ant-ours");
    CHECK(authorized(anthropic, provider::callerCredential(anthropic, Secret("sk-ant-theirs"))) ==
          http::Headers{{"x-api-key", "sk-ant-theirs"}});
    const model::Provider vertex = providerOf("vertex");
    CHECK(authorized(vertex, provider::callerCredential(vertex, Secret("ya29.token"))) ==
          http::Headers{{"Authorization", "Bearer ya29.token"}});
    const model::Provider bedrock = providerOf("bedrock");
    const auto signs = provider::callerCredential(bedrock, Secret("AKID::secret::us-east-1"));
    CHECK(authorized(bedrock, signs)
              .get("Authorization")
              .starts_with(
                  "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/bedrock/aws4_request, "));
  }

  TEST_CASE("tokens are bearers everywhere") {
    Credential token{.form = Credential::Form::Bearer, .secret = Secret("t")};
    for (const char* vendor : {"azure_openai", "vertex", "google"}) {
      CHECK(authorized(providerOf(vendor), token) == http::Headers{{"Authorization", "Bearer t"}});
    }
  }

  TEST_CASE("AWS keys sign; a temporary key's token goes along") {
    model::Provider provider = providerOf("bedrock");
    provider.credentials = {.kind = model::CredentialKind::AwsKeys, .id = "AKID"};
    provider.credentials.secret = Secret("canary-secret");
    provider.credentials.session_token = Secret("session");
    const auto headers = authorized(provider, *provider::standingCredential(provider));
    std::string names;
    for (const auto& header : headers) names.append(header.name).append(" ");
    CHECK(names == "X-Amz-Date X-Amz-Security-Token Authorization ");
    CHECK(headers.get("X-Amz-Date") == "20150830T123600Z");
    CHECK(headers.get("X-Amz-Security-Token") == "session");
    CHECK(headers.get("Authorization").find("SignedHeaders=host;x-amz-date;x-amz-security-token") !=
          std::string::npos);
    CHECK(headers.lines().find("canary") == std::string::npos);
  }

  TEST_CASE("keys that need fetching are not at hand") {
    model::Provider provider = providerOf("vertex", "unused");
    provider.credentials.kind = model::CredentialKind::GoogleMetadata;
    CHECK_FALSE(provider::standingCredential(provider));
  }

  TEST_CASE("bedrock's packed keys have three parts or four") {
    const auto keys = provider::unpackAwsKeys("AKID::s/e+c::eu-west-1::to::ken");
    CHECK_FALSE(keys);
    const auto four = provider::unpackAwsKeys("AKID::s/e+c::eu-west-1::token");
    REQUIRE(four);
    CHECK(four->credential.access_key_id == "AKID");
    CHECK(four->credential.secret.reveal() == "s/e+c");
    CHECK(four->region == "eu-west-1");
    CHECK(four->credential.session_token.reveal() == "token");
    CHECK(provider::unpackAwsKeys("A::b::c")->credential.session_token.empty());
    for (const char* text : {"", "A", "A::b", "A::b::", "::b::c", "A::b::c::", "A:b:c"}) {
      INFO(std::string(text));
      CHECK_FALSE(provider::unpackAwsKeys(text));
    }
    model::Provider packed{.id = "p", .vendor = "bedrock"};
    packed.api_key = Secret("AKID::secret::eu-west-1");
    CHECK(provider::regionOf(packed) == "eu-west-1");
    CHECK(provider::endpointOf(packed)->origin.host == "bedrock-runtime.eu-west-1.amazonaws.com");
  }
}
