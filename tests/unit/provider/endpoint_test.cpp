#include "provider/endpoint.h"

#include <doctest/doctest.h>

using namespace penstock;

TEST_SUITE("provider/endpoint") {
  TEST_CASE("a provider lives at its base URL, or at its vendor's") {
    model::Provider provider{.id = "prov_1", .vendor = "openai"};
    CHECK(provider::endpointOf(provider)->origin.host == "api.openai.com");
    CHECK(provider::endpointOf(provider)->base_path == "/v1");
    provider.base_url = "http://10.0.0.1:8000/api/v1/";
    provider.allow_private = true;
    const auto endpoint = provider::endpointOf(provider);
    CHECK(endpoint->origin.host_header == "10.0.0.1:8000");
    CHECK(endpoint->origin.allow_private);
    CHECK(endpoint->base_path == "/api/v1");
  }

  TEST_CASE("only the demo vendor reaches the in-process server, whatever its base URL says") {
    model::Provider demo{.id = "prov_1", .vendor = "demo", .base_url = "http://169.254.169.254/"};
    CHECK(provider::endpointOf(demo)->origin.scheme == http::Origin::Scheme::Internal);
    model::Provider sly{.id = "prov_2", .vendor = "openai", .base_url = "internal://demo/v1"};
    CHECK_FALSE(provider::endpointOf(sly).has_value());
  }

  TEST_CASE("the caller's own key replaces the provider's; no key sends no header") {
    model::Provider provider{.id = "prov_1", .vendor = "openai", .api_key = Secret("sk-ours")};
    http::Headers headers;
    provider::authenticate(provider, Secret("sk-theirs"), headers);
    CHECK(headers == http::Headers{{"Authorization", "Bearer sk-theirs"}});
    headers.clear();
    provider.api_key = Secret();
    provider::authenticate(provider, Secret(), headers);
    CHECK(headers.empty());
  }
}
