#include "manage/provider_fields.h"

#include <doctest/doctest.h>

#include <string>

#include "json/document.h"
#include "json/writer.h"
#include "manage/openapi.h"
#include "manage/provider_credentials.h"
#include "support/rsa_key.h"

using namespace penstock;
using manage::Edit;

namespace {

// The first wrong field, or nothing.
std::string firstError(const std::string& json, model::Provider& provider,
                       Edit edit = Edit::Create) {
  const auto document = json::parse(json);
  REQUIRE(document);
  json::ObjectReader body(document->root());
  manage::readProvider(body, provider, edit);
  const Status checked = body.finish();
  return checked ? "" : checked.error().param;
}

std::string firstErrorOfNew(const std::string& json) {
  model::Provider provider;
  provider.vendor = "openai";
  return firstError(json, provider);
}

}  // namespace

TEST_SUITE("manage/provider_fields") {
  TEST_CASE("addresses that are not public need \"private\"") {
    for (const char* host :
         {"127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0",
          "100.64.0.1", "[::1]", "[fd00::1]", "[fe80::1]", "[::ffff:127.0.0.1]", "localhost",
          "LOCALHOST", "api.localhost"}) {
      INFO(std::string(host));
      const std::string fields =
          std::string(R"({"name":"x","base_url":"http://)") + host + R"(:8000/v1")";
      CHECK(firstErrorOfNew(fields + "}") == "/base_url");
      CHECK(firstErrorOfNew(fields + R"(,"private":true})") == "");
    }
    CHECK(firstErrorOfNew(R"({"name":"x","base_url":"https://llm.example.com/v1"})") == "");
    CHECK(firstErrorOfNew(R"({"name":"x","base_url":"https://8.8.8.8/v1"})") == "");
  }

  TEST_CASE("base URLs that two parsers could read differently are refused") {
    for (const char* url : {"ftp://x/v1", "x", "https://", "https://u:p@host/", "https://host/?a",
                            "https://host/#a", "https://127.1/", "https://localhost./",
                            "https://0x7f.0.0.1/", "https://host:0/", "https://host/a/../b"}) {
      INFO(std::string(url));
      CHECK(firstErrorOfNew(std::string(R"({"name":"x","base_url":")") + url +
                            R"(","private":true})") == "/base_url");
    }
  }

  TEST_CASE("the vendor's own address needs a key") {
    CHECK(firstErrorOfNew(R"({"name":"x"})") == "/api_key");
    CHECK(firstErrorOfNew(R"({"name":"x","base_url":"https://api.openai.com/v1"})") == "/api_key");
    CHECK(firstErrorOfNew(R"({"name":"x","api_key":"sk-1"})") == "");
  }

  TEST_CASE("a key must fit into a header, and a name into a model") {
    CHECK(firstErrorOfNew(R"({"name":"x","api_key":"sk-1\nHost: evil"})") == "/api_key");
    CHECK(firstErrorOfNew(R"({"name":"x","api_key":"sk 1"})") == "/api_key");
    CHECK(firstErrorOfNew(R"({"name":"My OpenAI","api_key":"sk-1"})") == "/name");
  }

  TEST_CASE("the default model is the vendor's at the vendor's own address") {
    struct Case {
      const char* json;
      const char* model;
    };
    for (const Case& c :
         {Case{R"({"name":"x","api_key":"k"})", "gpt-4o-mini"},
          Case{R"({"name":"x","api_key":"k","base_url":"https://api.openai.com/v1"})",
               "gpt-4o-mini"},
          Case{R"({"name":"x","base_url":"https://vllm.example.com/v1"})", ""},
          Case{R"({"name":"x","base_url":"https://v.example.com/v1","default_model":"m"})", "m"},
          Case{R"({"name":"x","api_key":"k","default_model":""})", ""}}) {
      INFO(std::string(c.json));
      model::Provider provider;
      provider.vendor = "openai";
      CHECK(firstError(c.json, provider) == "");
      CHECK(provider.default_model == c.model);
    }
  }

  TEST_CASE("a secret does not follow its provider to another host") {
    model::Provider stored;
    stored.vendor = "openai";
    stored.name = "x";
    stored.api_key = Secret("sk-1");
    const auto edited = [&](const char* json) {
      model::Provider provider = stored;
      return firstError(json, provider, Edit::Update);
    };
    CHECK(edited(R"({"base_url":"https://evil.example.com/v1"})") == "/api_key");
    CHECK(edited(R"({"base_url":"http://api.openai.com/v1"})") == "/api_key");
    CHECK(edited(R"({"base_url":"https://evil.example.com/v1","api_key":"sk-2"})") == "");
    CHECK(edited(R"({"base_url":"https://evil.example.com/v1","api_key":null})") == "");
    CHECK(edited(R"({"base_url":"https://api.openai.com/v2"})") == "");
    CHECK(edited(R"({"name":"y"})") == "");
  }

  TEST_CASE("a default is replaced, not dropped") {
    model::Provider provider;
    provider.vendor = "openai";
    provider.api_key = Secret("sk-1");
    provider.is_default = true;
    CHECK(firstError(R"({"default":false})", provider, Edit::Update) == "/default");
  }

  TEST_CASE("limits and probes have bounds, and null takes them away") {
    model::Provider provider;
    provider.vendor = "demo";
    CHECK(firstError(R"({"name":"d","quota_group":"org-1","max_concurrency":8,)"
                     R"("probe_interval_seconds":60})",
                     provider) == "");
    CHECK(provider.quota_group == "org-1");
    CHECK(provider.max_concurrency == 8);
    CHECK(provider.probe_interval_seconds == 60);
    CHECK(firstError(R"({"name":"e"})", provider, Edit::Update) == "");
    CHECK(provider.quota_group == "org-1");
    CHECK(firstError(R"({"quotaGroup":null,"max_concurrency":null,"probe_interval_seconds":null})",
                     provider, Edit::Update) == "");
    CHECK(provider.quota_group.empty());
    CHECK_FALSE(provider.max_concurrency);
    CHECK_FALSE(provider.probe_interval_seconds);
    for (const char* wrong :
         {R"({"quota_group":""})", R"({"quota_group":"My org"})", R"({"max_concurrency":0})",
          R"({"max_concurrency":100001})", R"({"probe_interval_seconds":4})",
          R"({"probe_interval_seconds":86401})", R"({"probe_interval_seconds":"60"})"}) {
      INFO(std::string(wrong));
      const std::string field = wrong;
      CHECK(firstError(wrong, provider, Edit::Update) ==
            "/" + field.substr(2, field.find('"', 2) - 2));
    }
  }

  TEST_CASE("the built-in provider has no address") {
    model::Provider provider;
    provider.vendor = "demo";
    CHECK(firstError(R"({"name":"d","base_url":"https://x.example.com"})", provider) ==
          "/base_url");
    model::Provider plain;
    plain.vendor = "demo";
    CHECK(firstError(R"({"name":"d"})", plain) == "");
    CHECK(plain.default_model == "demo-chat");
  }

  TEST_CASE("vendors go by several names, and an unknown one is told the known") {
    const auto read = [](const char* json, std::string& message) {
      const auto document = json::parse(json);
      REQUIRE(document);
      json::ObjectReader body(document->root());
      const model::Vendor* vendor = manage::readVendor(body);
      const Status checked = body.finish();
      message = checked ? "" : checked.error().fields.at(0).message;
      return vendor == nullptr ? std::string() : std::string(vendor->id);
    };
    std::string message;
    CHECK(read(R"({"vendor":"groq"})", message) == "groq");
    CHECK(read(R"({"vendor":"azure"})", message) == "azure_openai");
    CHECK(message == "");
    CHECK(read(R"({"vendor":"acme"})", message) == "");
    for (const char* known : {"openai, anthropic, google", "azure_openai", "demo"}) {
      CHECK(message.find(known) != std::string::npos);
    }
    CHECK(read("{}", message) == "");
    CHECK(message.find("required") != std::string::npos);
  }

  TEST_CASE("each vendor takes what it knows of, and needs what it cannot be called without") {
    struct Case {
      const char* vendor;
      const char* json;  // beside the name
      const char* wrong;
    };
    const char* keys =
        R"("credentials":{"kind":"aws_keys","access_key_id":"A","secret_access_key":"s"})";
    const std::string with_region = std::string(R"("region":"eu-west-1",)") + keys;
    for (const Case& c :
         {Case{"groq", R"("api_key":"k")", ""},
          Case{"groq", R"("x":1)", "/api_key"},
          Case{"groq", R"("api_key":"k","region":"eu")", "/region"},
          Case{"groq", R"("api_key":"k","deployments":{"a":"b"})", "/deployments"},
          Case{"ollama", R"("default_model":"llama")", ""},
          Case{"ollama", R"("private":false)", "/private"},
          Case{"vllm", R"("base_url":"http://gpu.example.com/v1")", ""},
          Case{"azure_openai", R"("api_key":"k")", "/base_url"},
          Case{"azure_openai", R"("api_key":"k","base_url":"https://r.openai.azure.com")", ""},
          Case{
              "azure_openai",
              R"("api_key":"k","base_url":"https://r.openai.azure.com","api_version":"2024-10-21",)"
              R"("deployments":{"gpt-4o":"mine"})",
              ""},
          Case{
              "azure_openai",
              R"("api_key":"k","base_url":"https://r.openai.azure.com","api_version":"latest&x=1")",
              "/api_version"},
          Case{"azure_openai",
               R"("api_key":"k","base_url":"https://r.openai.azure.com","deployments":{"a/b":1})",
               "/deployments/a~1b"},
          Case{"anthropic", R"("api_key":"k","api_version":"2026-10-21")", ""},
          Case{"bedrock", keys, "/region"},
          Case{"bedrock", with_region.c_str(), ""},
          Case{"bedrock", R"("region":"eu-west-1")", "/api_key"},
          Case{"bedrock", R"("region":"eu-west-1/../x","api_key":"k")", "/region"},
          Case{"bedrock", R"("api_key":"AKID::secret::eu-west-1")", ""},
          Case{"bedrock", R"("region":"eu-west-1","credentials":{"kind":"aws_instance"})", ""},
          Case{"bedrock", R"("region":"eu-west-1","credentials":{"kind":"managed_identity"})",
               "/credentials/kind"},
          Case{"bedrock",
               R"("region":"eu-west-1","credentials":{"kind":"aws_keys","access_key_id":"A"})",
               "/credentials/secret_access_key"},
          Case{"vertex", R"("location":"global","credentials":{"kind":"google_metadata"})",
               "/project"},
          Case{"vertex", R"("project":"p","credentials":{"kind":"google_metadata"})", "/location"},
          Case{"vertex",
               R"("project":"p","location":"global","credentials":{"kind":"google_metadata"})", ""},
          Case{"vertex",
               R"("project":"p","location":"global","credentials":{"kind":"service_account",)"
               R"("client_email":"a@b","private_key":"no key"})",
               "/credentials/private_key"},
          Case{"openai", R"("api_key":"k","credentials":{"kind":"aws_instance"})",
               "/credentials/kind"},
          Case{"openai", R"("api_key":"k","credentials":{"kind":"api_key","tenant_id":"x"})",
               "/credentials/tenant_id"}}) {
      INFO(std::string(c.vendor), " ", std::string(c.json));
      model::Provider provider;
      provider.vendor = c.vendor;
      std::string json = std::string(R"({"name":"n",)") + c.json + "}";
      if (std::string(c.json) == R"("x":1)") json = R"({"name":"n"})";
      CHECK(firstError(json, provider) == c.wrong);
    }
  }

  TEST_CASE("a model server without an address is taken to be here, and called so") {
    model::Provider provider;
    provider.vendor = "ollama";
    CHECK(firstError(R"({"name":"o"})", provider) == "");
    CHECK(provider.allow_private);
    CHECK(provider.default_model == "");
  }

  TEST_CASE("a service account is its key file, as an object or as a text") {
    const test::RsaKey key;
    std::string file;
    json::Writer(file)
        .beginObject()
        .field("type", "service_account")
        .field("client_email", "r@p")
        .field("private_key_id", "kid")
        .field("private_key", key.pem())
        .field("token_uri", "https://evil.example/token")
        .endObject();
    for (const std::string& given : {file, json::quoted(file)}) {
      model::Provider provider;
      provider.vendor = "vertex";
      CHECK(
          firstError(R"({"name":"v","project":"p","location":"global","credentials":{"key_file":)" +
                         given + "}}",
                     provider) == "");
      CHECK(provider.credentials.kind == model::CredentialKind::ServiceAccount);
      CHECK(provider.credentials.id == "r@p");
      CHECK(provider.credentials.secret.reveal() == key.pem());
      std::string shown;
      json::Writer out(shown);
      manage::writeCredentials(out, provider.credentials);
      CHECK(shown == R"({"kind":"service_account","client_email":"r@p","private_key_id":"kid"})");
    }
    model::Provider provider;
    provider.vendor = "vertex";
    for (const char* wrong : {"{}", "\"x\"", "1", R"({"type":"authorized_user"})"}) {
      CHECK(firstError(std::string(R"({"name":"v","project":"p","location":"global",)") +
                           R"("credentials":{"key_file":)" + wrong + "}}",
                       provider) == "/credentials/key_file");
    }
  }

  TEST_CASE("credentials of one kind are laid over those before; another kind starts afresh") {
    model::Provider provider;
    provider.vendor = "azure_openai";
    CHECK(firstError(R"({"name":"a","base_url":"https://r.openai.azure.com","credentials":)"
                     R"({"kind":"entra_client","tenant_id":"t","client_id":"c",)"
                     R"("client_secret":"canary-0123456789abcd"}})",
                     provider) == "");
    CHECK(firstError(R"({"credentials":{"tenant_id":"t2"}})", provider, Edit::Update) == "");
    CHECK(provider.credentials.tenant == "t2");
    CHECK(provider.credentials.secret.reveal() == "canary-0123456789abcd");
    std::string shown;
    json::Writer out(shown);
    manage::writeCredentials(out, provider.credentials);
    CHECK(shown == R"({"kind":"entra_client","tenant_id":"t2","client_id":"c",)"
                   R"("secret_fingerprint":"cana...abcd"})");
    CHECK(firstError(R"({"base_url":"https://evil.example.com"})", provider, Edit::Update) ==
          "/credentials");
    provider.base_url = "https://r.openai.azure.com";
    CHECK(firstError(R"({"base_url":"https://evil.example.com","credentials":{"tenant_id":"x"}})",
                     provider, Edit::Update) == "/credentials");
    provider.base_url = "https://r.openai.azure.com";
    CHECK(firstError(R"({"credentials":{"kind":"managed_identity"}})", provider, Edit::Update) ==
          "");
    CHECK(provider.credentials.secret.empty());
    CHECK(provider.credentials.tenant.empty());
    CHECK(firstError(R"({"credentials":null,"api_key":"k"})", provider, Edit::Update) == "");
    CHECK(provider.credentials == model::Credentials{});
  }

  TEST_CASE("the machine's own credentials go to the vendor's hosts only, whoever edits") {
    struct Case {
      const char* vendor;
      const char* kind;
      const char* base_url;
      bool allowed;
    };
    for (const Case& c :
         {Case{"azure_openai", "managed_identity", "https://r.openai.azure.com", true},
          Case{"azure_openai", "managed_identity", "http://r.openai.azure.com", false},
          Case{"azure_openai", "entra_workload", "https://x.azure-api.net", false},
          Case{"azure_openai", "managed_identity", "https://evil.example.com", false},
          Case{"vertex", "google_metadata", "https://us-central1-aiplatform.googleapis.com", true},
          Case{"vertex", "google_metadata", "https://storage.googleapis.com", false},
          Case{"bedrock", "aws_instance", "https://bedrock-runtime.us-east-1.amazonaws.com", true},
          Case{"bedrock", "aws_web_identity", "https://x.execute-api.us-east-1.amazonaws.com",
               false}}) {
      INFO(std::string(c.base_url));
      model::Provider provider;
      provider.vendor = c.vendor;
      provider.settings = {"eu-west-1", "p", "global", "", {}};
      const std::string json = std::string(R"({"name":"n","base_url":")") + c.base_url +
                               R"(","credentials":{"kind":")" + c.kind + R"("}})";
      CHECK(firstError(json, provider) == (c.allowed ? "" : "/base_url"));
    }
  }

  TEST_CASE("the document names the vendors of the table") {
    const std::string_view document = manage::manageDocument();
    const size_t begin = document.find("\n    Vendor:\n");
    std::string listed(document.substr(begin, document.find(']', begin) - begin));
    for (char& c : listed) c = c == '[' || c == ',' || c == '\n' ? ' ' : c;
    listed += ' ';
    for (const model::Vendor& vendor : model::vendors()) {
      INFO(std::string(vendor.id));
      CHECK(listed.find(" " + std::string(vendor.id) + " ") != std::string::npos);
    }
  }
}
