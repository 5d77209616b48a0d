#include "declare/source_vendor.h"

#include <doctest/doctest.h>

using namespace penstock::declare;

TEST_SUITE("declare/source_vendor") {
  TEST_CASE("addresses that the gateway calls only when told to are recognised") {
    for (const char* url : {"http://localhost:11434/v1", "http://ollama:11434", "http://127.0.0.1",
                            "http://10.1.2.3/v1", "http://172.20.0.1", "http://192.168.1.5:8000",
                            "http://[::1]:80/", "http://[fd00::1]/v1", "http://llm.internal/v1",
                            "http://host.docker.internal:8000", "http://100.64.0.1"}) {
      CHECK_MESSAGE(isPrivateUrl(url), url);
    }
    for (const char* url : {"https://api.openai.com/v1", "http://172.32.0.1", "http://8.8.8.8",
                            "${BASE}", "http://${HOST}/v1", "", "http://[2001:db8::1]/"}) {
      CHECK_MESSAGE(!isPrivateUrl(url), url);
    }
  }

  TEST_CASE("a vendor is known by either gateway's name for it") {
    CHECK(findSourceVendor("together_ai")->vendor->id == "together");
    CHECK(findSourceVendor("together")->vendor == findSourceVendor("together_ai")->vendor);
    CHECK(findSourceVendor("hosted_vllm")->addressless);
    CHECK_FALSE(findSourceVendor("vllm")->addressless);
    CHECK(findSourceVendor("anthropic")->vendor->id == "anthropic");
    CHECK(findSourceVendor("gemini")->vendor->id == "google");
    CHECK(findSourceVendor("azure")->addressless);
    for (const char* other : {"vertex_ai", "bedrock", "sagemaker"}) {
      CHECK_FALSE(findSourceVendor(other));
      CHECK(isVendorName(other));
      CHECK(whyNotCarriedOver(other).starts_with("is not carried over"));
    }
    for (const char* nobody : {"", "acme"}) {
      CHECK_FALSE(findSourceVendor(nobody));
      CHECK_FALSE(isVendorName(nobody));
      CHECK(whyNotCarriedOver(nobody) == "is not known here");
    }
    CHECK_FALSE(findSourceVendor("demo"));
    CHECK(assumedUrl(*findSourceVendor("groq")->vendor).empty());
    CHECK(assumedUrl(*findSourceVendor("ollama")->vendor) == "http://localhost:11434/v1");
    CHECK(vendorOfBareName("claude-3") == "anthropic");
    CHECK(vendorOfBareName("llama") == "");
  }

  TEST_CASE("addresses lose what our base URLs do not have") {
    const auto of = [](const char* vendor, const char* url) {
      return baseUrlOf(*findSourceVendor(vendor)->vendor, url);
    };
    for (const char* url : {"https://a.example/", "https://a.example/v1",
                            "https://a.example/v1/messages", "https://a.example"}) {
      CHECK_MESSAGE(of("anthropic", url) == "https://a.example", url);
    }
    CHECK(of("gemini", "https://g.example/v1beta/") == "https://g.example");
    CHECK(of("azure", "https://r.openai.azure.com/") == "https://r.openai.azure.com");
    CHECK(of("openai", "https://o.example/v1/") == "https://o.example/v1");
    CHECK(of("anthropic", "${BASE}") == "${BASE}");
  }
}
