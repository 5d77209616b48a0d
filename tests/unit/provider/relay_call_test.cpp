#include "provider/relay_call.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using namespace penstock::provider;

namespace {

model::Provider providerOf(const std::string& vendor, const std::string& base_url,
                           const std::string& api_version = "") {
  model::Provider provider;
  provider.vendor = vendor;
  if (!base_url.empty()) provider.base_url = base_url;
  provider.settings.api_version = api_version;
  return provider;
}

std::string pathAt(const model::Provider& provider) {
  const auto endpoint = endpointOf(provider);
  REQUIRE(endpoint);
  const auto call = prepareRelay(provider, *endpoint, {.method = "GET", .path = "files/file-1"});
  return call ? call->path : call.error().code;
}

std::string headerOf(const UpstreamCall& call, const std::string& name) {
  return std::string(call.headers.get(name));
}

}  // namespace

TEST_SUITE("provider/relay_call") {
  TEST_CASE("few who speak OpenAI's dialect have its batches") {
    using model::Dialect;
    const auto has = [](const char* vendor, Dialect dialect) {
      return hasBatches(*model::findVendor(vendor), dialect);
    };
    CHECK(has("openai", Dialect::OpenAi));
    CHECK(has("azure_openai", Dialect::OpenAi));
    CHECK_FALSE(has("vllm", Dialect::OpenAi));
    CHECK_FALSE(has("anthropic", Dialect::OpenAi));
    CHECK(has("anthropic", Dialect::Anthropic));
    CHECK_FALSE(has("openai", Dialect::Anthropic));
  }

  TEST_CASE("files are below the vendor's API, where it has them") {
    CHECK(pathAt(providerOf("openai", "")) == "/v1/files/file-1");
    CHECK(pathAt(providerOf("groq", "")) == "/openai/v1/files/file-1");
    CHECK(pathAt(providerOf("anthropic", "")) == "/v1/files/file-1");
    const std::string azure = "https://x.openai.azure.com";
    CHECK(pathAt(providerOf("azure_openai", azure)) == "/openai/v1/files/file-1");
    CHECK(pathAt(providerOf("azure_openai", azure + "/openai/v1")) == "/openai/v1/files/file-1");
    CHECK(pathAt(providerOf("azure_openai", azure, "2024-10-21")) ==
          "/openai/files/file-1?api-version=2024-10-21");
    CHECK(pathAt(providerOf("google", "")) == "unsupported_operation");
  }

  TEST_CASE("Anthropic's callers' headers are passed on as they are") {
    const model::Provider provider = providerOf("anthropic", "");
    const auto endpoint = endpointOf(provider);
    RelayOperation operation{.method = "POST", .path = "messages/batches"};
    CHECK(headerOf(*prepareRelay(provider, *endpoint, operation), "anthropic-version") ==
          "2023-06-01");
    operation.anthropic_version = "2026-10-21";
    operation.anthropic_beta = "a,b, c";
    const auto call = prepareRelay(provider, *endpoint, operation);
    CHECK(call->method == "POST");
    CHECK(headerOf(*call, "anthropic-version") == "2026-10-21");
    CHECK(headerOf(*call, "anthropic-beta") == "a,b, c");
  }

  TEST_CASE("a vendor has them in its own dialect only") {
    CHECK(hasRelay(*model::findVendor("openai"), model::Dialect::OpenAi));
    CHECK(hasRelay(*model::findVendor("azure_openai"), model::Dialect::OpenAi));
    CHECK(hasRelay(*model::findVendor("anthropic"), model::Dialect::Anthropic));
    CHECK_FALSE(hasRelay(*model::findVendor("openai"), model::Dialect::Anthropic));
    CHECK_FALSE(hasRelay(*model::findVendor("anthropic"), model::Dialect::OpenAi));
    CHECK_FALSE(hasRelay(*model::findVendor("bedrock"), model::Dialect::OpenAi));
  }
}
