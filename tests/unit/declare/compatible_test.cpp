#include "declare/compatible.h"

#include <doctest/doctest.h>

using namespace penstock::declare;

TEST_SUITE("declare/compatible") {
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
    CHECK(findCompatible("together_ai")->vendor->id == "together");
    CHECK(findCompatible("together")->vendor == findCompatible("together_ai")->vendor);
    CHECK(findCompatible("hosted_vllm")->addressless);
    CHECK_FALSE(findCompatible("vllm")->addressless);
    for (const char* other :
         {"anthropic", "gemini", "vertex_ai", "azure", "bedrock", "sagemaker"}) {
      CHECK_FALSE(findCompatible(other));
      CHECK(speaksAnotherDialect(other));
    }
    for (const char* nobody : {"", "acme"}) {
      CHECK_FALSE(findCompatible(nobody));
      CHECK_FALSE(speaksAnotherDialect(nobody));
    }
    CHECK_FALSE(findCompatible("demo"));
    CHECK(assumedUrl(*findCompatible("groq")->vendor).empty());
    CHECK(assumedUrl(*findCompatible("ollama")->vendor) == "http://localhost:11434/v1");
    CHECK(vendorOfBareName("claude-3") == "anthropic");
    CHECK(vendorOfBareName("llama") == "");
  }
}
