#include "provider/call.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using model::Dialect;
using provider::Action;
using provider::Operation;
using provider::UpstreamCall;

namespace {

model::Provider providerOf(const char* vendor) {
  model::Provider provider{.id = "prov_1", .vendor = vendor, .name = "p"};
  provider.settings.region = "eu-central-1";
  provider.settings.project = "my-project";
  provider.settings.location = "europe-west4";
  return provider;
}

Result<UpstreamCall> prepared(const model::Provider& provider, Operation operation,
                              std::string_view model) {
  auto endpoint = provider::endpointOf(provider);
  REQUIRE(endpoint);
  return provider::prepare(provider, *endpoint, operation, model);
}

UpstreamCall callOf(const model::Provider& provider, Operation operation, std::string_view model) {
  auto call = prepared(provider, operation, model);
  REQUIRE_MESSAGE(call, call.error().message);
  return *std::move(call);
}

std::string headerOf(const UpstreamCall& call, const std::string& name) {
  return std::string(call.headers.get(name));
}

}  // namespace

TEST_SUITE("provider/call") {
  TEST_CASE("each vendor has its own place for each operation") {
    struct Row {
      const char* vendor;
      Operation operation;
      const char* model;
      const char* host;
      const char* path;
      Dialect dialect;
    };
    const Operation chat{Action::Chat}, stream{Action::Chat, true}, embed{Action::Embeddings},
        one{Action::EmbedContent}, count{Action::CountTokens}, responses{Action::Responses},
        list{Action::ListModels};
    const char* vertex = "europe-west4-aiplatform.googleapis.com";
    const char* bedrock = "bedrock-runtime.eu-central-1.amazonaws.com";
    const Row rows[] = {
        {"openai", chat, "gpt-4o", "api.openai.com", "/v1/chat/completions", Dialect::OpenAi},
        {"openai", stream, "gpt-4o", "api.openai.com", "/v1/chat/completions", Dialect::OpenAi},
        {"openai", embed, "e", "api.openai.com", "/v1/embeddings", Dialect::OpenAi},
        {"openai", responses, "gpt-5", "api.openai.com", "/v1/responses", Dialect::OpenAiResponses},
        {"openai", count, "gpt-5", "api.openai.com", "/v1/responses/input_tokens",
         Dialect::OpenAiResponses},
        {"openai", one, "e", "api.openai.com", "/v1/embeddings", Dialect::OpenAi},
        {"google", one, "e", "generativelanguage.googleapis.com", "/v1beta/models/e:embedContent",
         Dialect::Gemini},
        {"vertex", one, "e", vertex,
         "/v1/projects/my-project/locations/europe-west4/publishers/google/models/e:predict",
         Dialect::Gemini},
        {"openai", list, "", "api.openai.com", "/v1/models", Dialect::OpenAi},
        {"openai",
         {Action::Moderations},
         "m",
         "api.openai.com",
         "/v1/moderations",
         Dialect::OpenAi},
        {"openai",
         {Action::ImageEdits},
         "i",
         "api.openai.com",
         "/v1/images/edits",
         Dialect::OpenAi},
        {"groq",
         {Action::Transcriptions},
         "whisper",
         "api.groq.com",
         "/openai/v1/audio/transcriptions",
         Dialect::OpenAi},
        {"groq", chat, "llama", "api.groq.com", "/openai/v1/chat/completions", Dialect::OpenAi},
        {"perplexity", chat, "sonar", "api.perplexity.ai", "/chat/completions", Dialect::OpenAi},
        {"github", list, "", "models.github.ai", "/catalog/models", Dialect::OpenAi},
        {"voyage", embed, "voyage-3", "api.voyageai.com", "/v1/embeddings", Dialect::OpenAi},
        {"anthropic", chat, "claude-x", "api.anthropic.com", "/v1/messages", Dialect::Anthropic},
        {"anthropic", count, "claude-x", "api.anthropic.com", "/v1/messages/count_tokens",
         Dialect::Anthropic},
        {"anthropic", list, "", "api.anthropic.com", "/v1/models", Dialect::Anthropic},
        {"google", chat, "gemini-x", "generativelanguage.googleapis.com",
         "/v1beta/models/gemini-x:generateContent", Dialect::Gemini},
        {"google", stream, "models/gemini-x", "generativelanguage.googleapis.com",
         "/v1beta/models/gemini-x:streamGenerateContent?alt=sse", Dialect::Gemini},
        {"google", embed, "gemini-embedding-001", "generativelanguage.googleapis.com",
         "/v1beta/models/gemini-embedding-001:batchEmbedContents", Dialect::Gemini},
        {"google", count, "gemini-x", "generativelanguage.googleapis.com",
         "/v1beta/models/gemini-x:countTokens", Dialect::Gemini},
        {"vertex", stream, "gemini-x", vertex,
         "/v1/projects/my-project/locations/europe-west4/publishers/google/models/"
         "gemini-x:streamGenerateContent?alt=sse",
         Dialect::Gemini},
        {"vertex", chat, "claude-x@20250929", vertex,
         "/v1/projects/my-project/locations/europe-west4/publishers/anthropic/models/"
         "claude-x%4020250929:rawPredict",
         Dialect::Anthropic},
        {"vertex", stream, "anthropic/claude-x", vertex,
         "/v1/projects/my-project/locations/europe-west4/publishers/anthropic/models/"
         "claude-x:streamRawPredict",
         Dialect::Anthropic},
        {"vertex", count, "claude-x", vertex,
         "/v1/projects/my-project/locations/europe-west4/publishers/anthropic/models/"
         "count-tokens:rawPredict",
         Dialect::Anthropic},
        {"vertex", chat, "meta/llama-4", vertex,
         "/v1/projects/my-project/locations/europe-west4/endpoints/openapi/chat/completions",
         Dialect::OpenAi},
        {"vertex", list, "", vertex, "/v1beta1/publishers/google/models?pageSize=1",
         Dialect::Gemini},
        {"bedrock", chat, "anthropic.claude-x-v1:0", bedrock,
         "/model/anthropic.claude-x-v1%3A0/converse", Dialect::Bedrock},
        {"bedrock", stream, "arn:aws:bedrock:eu-central-1:1:inference-profile/eu.x-v1:0", bedrock,
         "/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A1%3Ainference-profile%2Feu.x-v1%3A0/"
         "converse-stream",
         Dialect::Bedrock},
        {"bedrock", count, "m", bedrock, "/model/m/count-tokens", Dialect::Bedrock},
        {"bedrock", embed, "m", bedrock, "/model/m/invoke", Dialect::Bedrock},
        {"bedrock", list, "", "bedrock.eu-central-1.amazonaws.com", "/foundation-models",
         Dialect::Bedrock},
    };
    for (const Row& row : rows) {
      INFO(std::string(row.vendor), " ", std::string(row.model));
      const UpstreamCall call = callOf(providerOf(row.vendor), row.operation, row.model);
      CHECK(call.origin.host == row.host);
      CHECK(call.origin.host_header == row.host);
      CHECK(call.path == row.path);
      CHECK(call.dialect == row.dialect);
      CHECK(call.method == (row.operation.action == Action::ListModels ? "GET" : "POST"));
    }
  }

  TEST_CASE("what the path says is not said again in the body") {
    const UpstreamCall openai = callOf(providerOf("groq"), {}, "llama");
    CHECK(openai.body.model == "llama");
    CHECK(openai.body.stream);
    const UpstreamCall gemini = callOf(providerOf("google"), {Action::Chat, true}, "gemini-x");
    CHECK(gemini.body.model.empty());
    CHECK_FALSE(gemini.body.stream);
    const UpstreamCall claude = callOf(providerOf("vertex"), {Action::Chat, true}, "claude-x");
    CHECK(claude.body.model.empty());
    CHECK(claude.body.stream);
    CHECK(claude.body.anthropic_version == "vertex-2023-10-16");
    CHECK(headerOf(claude, "anthropic-version").empty());
    CHECK(callOf(providerOf("vertex"), {Action::CountTokens}, "claude-x").body.model == "claude-x");
  }

  TEST_CASE("azure's classic API has the deployment in its path, v1 in its body") {
    model::Provider azure{.id = "prov_1", .vendor = "azure_openai"};
    azure.base_url = "https://res.openai.azure.com";
    azure.settings.deployments = {{"gpt-4o", "my deployment"}};
    struct Row {
      const char* base_url;
      const char* version;
      Operation operation;
      const char* path;
    };
    const Operation chat{Action::Chat}, responses{Action::Responses}, list{Action::ListModels};
    for (const Row& row :
         {Row{"https://r.openai.azure.com", "2024-10-21", chat,
              "/openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21"},
          Row{"https://r.openai.azure.com/", "2025-04-01-preview", responses,
              "/openai/responses?api-version=2025-04-01-preview"},
          Row{"https://r.openai.azure.com", "2024-10-21", list,
              "/openai/models?api-version=2024-10-21"},
          Row{"https://r.openai.azure.com",
              "2024-10-21",
              {Action::Speech},
              "/openai/deployments/my%20deployment/audio/speech?api-version=2024-10-21"},
          Row{"https://r.openai.azure.com",
              "",
              {Action::ImageGenerations},
              "/openai/v1/images/generations"},
          Row{"https://r.openai.azure.com", "", chat, "/openai/v1/chat/completions"},
          Row{"https://r.openai.azure.com", "v1", list, "/openai/v1/models"},
          Row{"https://r.openai.azure.com/openai/v1", "preview", chat,
              "/openai/v1/chat/completions?api-version=preview"},
          Row{"https://r.openai.azure.com/openai/", "", responses, "/openai/v1/responses"},
          Row{"https://gw.example.com/llm", "", chat, "/llm/openai/v1/chat/completions"}}) {
      INFO(std::string(row.base_url), " ", std::string(row.version));
      azure.base_url = row.base_url;
      azure.settings.api_version = row.version;
      CHECK(callOf(azure, row.operation, "gpt-4o").path == row.path);
    }
    CHECK(callOf(azure, {}, "gpt-4o").body.model == "my deployment");
    CHECK(callOf(azure, {}, "other").body.model == "other");
    CHECK(callOf(azure, {Action::Responses}, "gpt-4o").dialect == Dialect::OpenAiResponses);
  }

  TEST_CASE("anthropic's version is the caller's, the provider's, or ours; betas are filtered") {
    model::Provider anthropic = providerOf("anthropic");
    CHECK(headerOf(callOf(anthropic, {}, "m"), "anthropic-version") == "2023-06-01");
    anthropic.settings.api_version = "2026-10-21";
    CHECK(headerOf(callOf(anthropic, {}, "m"), "anthropic-version") == "2026-10-21");
    const Operation asked{Action::Chat, false, "2023-06-01",
                          "new-thing-2026-01-01, context-1m-2025-08-07,new-thing-2026-01-01,"
                          "bad\r\nHost: x"};
    const UpstreamCall own = callOf(anthropic, asked, "m");
    CHECK(headerOf(own, "anthropic-version") == "2023-06-01");
    CHECK(headerOf(own, "anthropic-beta") == "new-thing-2026-01-01,context-1m-2025-08-07");
    CHECK(own.dropped_betas.empty());
    const UpstreamCall vertex = callOf(providerOf("vertex"), asked, "claude-x");
    CHECK(headerOf(vertex, "anthropic-beta") == "context-1m-2025-08-07");
    CHECK(vertex.dropped_betas == std::vector<std::string>{"new-thing-2026-01-01"});
    const UpstreamCall bedrock = callOf(providerOf("bedrock"), asked, "anthropic.claude-x");
    CHECK(bedrock.body.betas == std::vector<std::string>{"context-1m-2025-08-07"});
    CHECK(headerOf(bedrock, "anthropic-beta").empty());
  }

  TEST_CASE("what a vendor has no endpoint for is refused, as is a model that no path can hold") {
    const auto code = [](const char* vendor, Operation operation, std::string_view model) {
      const auto call = prepared(providerOf(vendor), operation, model);
      return call ? std::string() : call.error().code;
    };
    CHECK(code("anthropic", {Action::Embeddings}, "m") == "unsupported_operation");
    CHECK(code("anthropic", {Action::Responses}, "m") == "unsupported_operation");
    CHECK(code("groq", {Action::CountTokens}, "m") == "unsupported_operation");
    CHECK(code("anthropic", {Action::EmbedContent}, "m") == "unsupported_operation");
    CHECK(code("google", {Action::Responses}, "m") == "unsupported_operation");
    CHECK(code("vertex", {Action::Embeddings}, "claude-x") == "unsupported_operation");
    CHECK(code("bedrock", {Action::Responses}, "m") == "unsupported_operation");
    for (const Action action :
         {Action::Moderations, Action::ImageGenerations, Action::ImageEdits,
          Action::ImageVariations, Action::Speech, Action::Transcriptions, Action::Translations}) {
      for (const char* vendor : {"anthropic", "google", "vertex", "bedrock"}) {
        INFO(vendor);
        CHECK(code(vendor, {action}, "m") == "unsupported_operation");
      }
      CHECK(code("vertex", {action}, "meta/llama-4") == "unsupported_operation");
      CHECK(code("openai", {action}, "m").empty());
    }
    for (const char* model : {"", ".", "..", "a\nb"})
      CHECK(code("google", {}, model) == "invalid_model");
    CHECK(code("google", {}, std::string(513, 'a')) == "invalid_model");
    const UpstreamCall sly = callOf(providerOf("google"), {}, "../../v1/x?key=1#");
    CHECK(sly.path == "/v1beta/models/..%2F..%2Fv1%2Fx%3Fkey%3D1%23:generateContent");
  }

  TEST_CASE("each vendor in the table can be called, or wants an address") {
    for (const model::Vendor& vendor : model::vendors()) {
      INFO(std::string(vendor.id));
      model::Provider provider = providerOf(std::string(vendor.id).c_str());
      provider.allow_private = true;
      if (vendor.base_url.empty()) {
        CHECK(provider::endpointOf(provider).error().code == "invalid_base_url");
        provider.base_url = "https://r.openai.azure.com";
      }
      const UpstreamCall call = callOf(provider, {}, "some-model");
      CHECK(call.dialect == vendor.dialect);
      CHECK(call.path.find("//") == std::string::npos);
    }
  }
}
