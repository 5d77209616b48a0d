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

  TEST_CASE("regions and locations are part of the vendor's own address") {
    model::Provider bedrock{.id = "prov_1", .vendor = "bedrock"};
    CHECK(provider::endpointOf(bedrock).error().message.find("region") != std::string::npos);
    bedrock.settings.region = "cn-north-1";
    CHECK(provider::endpointOf(bedrock)->origin.host ==
          "bedrock-runtime.cn-north-1.amazonaws.com.cn");
    model::Provider vertex{.id = "prov_2", .vendor = "vertex"};
    CHECK(provider::endpointOf(vertex).error().message.find("location") != std::string::npos);
    vertex.settings.location = "global";
    CHECK(provider::endpointOf(vertex)->origin.host == "aiplatform.googleapis.com");
    vertex.base_url = "https://proxy.example.com/vertex";
    CHECK(provider::endpointOf(vertex)->base_path == "/vertex");
    model::Provider azure{.id = "prov_3", .vendor = "azure_openai"};
    CHECK(provider::endpointOf(azure).error().param == "/base_url");
  }

  TEST_CASE("a vendor goes by its other names too, and an unknown one by none") {
    model::Provider provider{.id = "prov_1", .vendor = "together_ai"};
    CHECK(provider::endpointOf(provider)->origin.host == "api.together.xyz");
    provider.vendor = "acme";
    CHECK(provider::endpointOf(provider).error().kind == ErrorKind::Internal);
  }
}
