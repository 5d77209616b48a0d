#include "provider/token.h"

#include <doctest/doctest.h>

#include <map>
#include <string>

#include "base/base64.h"
#include "json/document.h"
#include "support/rsa_key.h"

using namespace penstock;
using model::CredentialKind;
using provider::Credential;
using provider::TokenContext;
using provider::TokenRequest;

namespace {

constexpr UnixMillis kNow = 1'800'000'000'000;

struct Machine {
  std::map<std::string, std::string> variables, files;

  std::unique_ptr<provider::TokenFlow> flow(const model::Provider& provider) const {
    TokenContext context;
    context.variable = [this](const std::string& name) {
      const auto found = variables.find(name);
      return found == variables.end() ? std::string() : found->second;
    };
    context.file = [this](const std::string& path) {
      const auto found = files.find(path);
      return found == files.end() ? std::nullopt : std::optional(found->second);
    };
    auto flow = provider::tokenFlow(provider, context);
    REQUIRE(flow);
    return flow;
  }
};

model::Provider providerOf(CredentialKind kind) {
  model::Provider provider{.id = "prov_1", .vendor = "vertex"};
  provider.credentials.kind = kind;
  return provider;
}

TokenRequest asked(provider::TokenFlow& flow) {
  auto request = flow.next(kNow);
  REQUIRE_MESSAGE(request, request.error().message);
  return *std::move(request);
}

std::string failure(const Result<std::optional<provider::Token>>& taken) {
  return taken ? "" : taken.error().message;
}

std::string headerOf(const TokenRequest& request, const char* name) {
  return std::string(request.headers.get(name));
}

}  // namespace

TEST_SUITE("provider/token") {
  TEST_CASE("what is stored needs no fetching") {
    const TokenContext context;
    CHECK(provider::tokenFlow(providerOf(CredentialKind::ApiKey), context) == nullptr);
    CHECK(provider::tokenFlow(providerOf(CredentialKind::AwsKeys), context) == nullptr);
  }

  TEST_CASE("a service account asks Google with an assertion that it signed") {
    const test::RsaKey key;
    model::Provider account = providerOf(CredentialKind::ServiceAccount);
    account.credentials.id = "robot@p.iam.gserviceaccount.com";
    account.credentials.key_id = "kid-1";
    account.credentials.secret = Secret(key.pem());
    const auto flow = Machine().flow(account);
    const TokenRequest request = asked(*flow);
    CHECK(request.origin.host == "oauth2.googleapis.com");
    CHECK_FALSE(request.origin.allow_private);
    CHECK(request.method + request.path == "POST/token");
    const std::string body(request.body.reveal());
    const std::string start =
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    REQUIRE(body.starts_with(start));
    const std::string jwt = body.substr(start.size());
    const size_t dot = jwt.find('.'), last = jwt.rfind('.');
    CHECK(key.accepts(jwt.substr(0, last), *fromBase64Url(jwt.substr(last + 1))));
    CHECK(fromBase64Url(jwt.substr(0, dot)) == R"({"alg":"RS256","typ":"JWT","kid":"kid-1"})");
    const auto claims = json::parse(*fromBase64Url(jwt.substr(dot + 1, last - dot - 1)));
    REQUIRE(claims);
    CHECK(claims->root().stringAt("iss") == "robot@p.iam.gserviceaccount.com");
    CHECK(claims->root().stringAt("aud") == "https://oauth2.googleapis.com/token");
    CHECK(claims->root().intAt("iat") == kNow / 1000);
    CHECK(claims->root().intAt("exp") == kNow / 1000 + 3600);

    const auto token = flow->take(
        200, R"({"access_token":"ya29.x","expires_in":3599,"token_type":"Bearer"})", kNow);
    REQUIRE(token);
    CHECK((*token)->credential.form == Credential::Form::Bearer);
    CHECK((*token)->credential.secret.reveal() == "ya29.x");
    CHECK((*token)->expires_at == kNow + 3'599'000);
  }

  TEST_CASE("a refusal is told with its status and OAuth's word for it, never with more") {
    const auto flow = Machine().flow(providerOf(CredentialKind::GoogleMetadata));
    CHECK(
        failure(flow->take(400, R"({"error":"invalid_grant","error_description":"canary"})", 0)) ==
        "the credential could not be obtained: Google's metadata server answered 400 "
        "invalid_grant");
    CHECK(failure(flow->take(500, "<html>canary", 0)).find("canary") == std::string::npos);
    CHECK(failure(flow->take(400, R"({"error":"has spaces canary"})", 0)).ends_with("400"));
    for (const char* body :
         {"", "{}", R"({"access_token":"x"})", R"({"access_token":"","expires_in":5})",
          R"({"access_token":"a b","expires_in":5})", R"({"access_token":"x","expires_in":0})",
          R"({"access_token":"x","expires_in":"soon"})", "[1]"}) {
      INFO(std::string(body));
      CHECK_FALSE(flow->take(200, body, 0));
    }
  }

  TEST_CASE("machines on Google ask the metadata server, which wants its flavour") {
    const auto flow = Machine().flow(providerOf(CredentialKind::GoogleMetadata));
    const TokenRequest request = asked(*flow);
    CHECK(request.origin.host == "169.254.169.254");
    CHECK(request.origin.host_header == "metadata.google.internal");
    CHECK(request.origin.allow_private);
    CHECK(request.path == "/computeMetadata/v1/instance/service-accounts/default/token");
    CHECK(headerOf(request, "Metadata-Flavor") == "Google");
  }

  TEST_CASE("an Entra application asks its tenant with its secret or a federated token") {
    model::Provider client = providerOf(CredentialKind::EntraClient);
    client.credentials.tenant = "tenant/../1";
    client.credentials.id = "app";
    client.credentials.secret = Secret("s&cret");
    const TokenRequest by_secret = asked(*Machine().flow(client));
    CHECK(by_secret.origin.host == "login.microsoftonline.com");
    CHECK(by_secret.path == "/tenant%2F..%2F1/oauth2/v2.0/token");
    CHECK(by_secret.body.reveal() ==
          "grant_type=client_credentials&client_id=app&client_secret=s%26cret&scope="
          "https%3A%2F%2Fcognitiveservices.azure.com%2F.default");

    const Machine machine{{{"AZURE_TENANT_ID", "t"},
                           {"AZURE_CLIENT_ID", "c"},
                           {"AZURE_FEDERATED_TOKEN_FILE", "/var/token"}},
                          {{"/var/token", "federated"}}};
    const model::Provider workload = providerOf(CredentialKind::EntraWorkload);
    const TokenRequest federated = asked(*machine.flow(workload));
    CHECK(federated.path == "/t/oauth2/v2.0/token");
    CHECK(federated.body.reveal().find("client_assertion=federated&") != std::string::npos);
    CHECK(Machine().flow(workload)->next(kNow).error().message.find("AZURE_TENANT_ID") !=
          std::string::npos);
    const Machine fileless{{{"AZURE_TENANT_ID", "t"}, {"AZURE_CLIENT_ID", "c"}}, {}};
    CHECK(fileless.flow(workload)->next(kNow).error().message.find("TOKEN_FILE") !=
          std::string::npos);
  }

  TEST_CASE("machines on Azure ask its metadata service, whose numbers are texts") {
    model::Provider identity = providerOf(CredentialKind::ManagedIdentity);
    const auto flow = Machine().flow(identity);
    CHECK(asked(*flow).path ==
          "/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
          "https%3A%2F%2Fcognitiveservices.azure.com");
    CHECK(headerOf(asked(*flow), "Metadata") == "true");
    CHECK((*flow->take(200, R"({"access_token":"x","expires_in":"60"})", 5))->expires_at == 60'005);
    identity.credentials.id = "user-assigned";
    CHECK(asked(*Machine().flow(identity)).path.ends_with("&client_id=user-assigned"));
  }

  TEST_CASE("a web identity is exchanged for a role at the region's STS") {
    const Machine machine{
        {{"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"}, {"AWS_WEB_IDENTITY_TOKEN_FILE", "/var/token"}},
        {{"/var/token", "oidc"}}};
    model::Provider role = providerOf(CredentialKind::AwsWebIdentity);
    role.settings.region = "eu-west-1";
    const auto flow = machine.flow(role);
    const TokenRequest request = asked(*flow);
    CHECK(request.origin.host == "sts.eu-west-1.amazonaws.com");
    CHECK(request.body.reveal() ==
          "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3A"
          "role%2Fr&RoleSessionName=penstock&WebIdentityToken=oidc");
    const auto token = flow->take(
        200,
        "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
        "<SessionToken>session</SessionToken><SecretAccessKey>secret</SecretAccessKey>"
        "<Expiration>2027-01-15T08:10:00Z</Expiration><AccessKeyId>ASIA1</AccessKeyId>"
        "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>",
        kNow);
    REQUIRE(token);
    CHECK((*token)->credential.form == Credential::Form::Aws);
    CHECK((*token)->credential.access_key_id == "ASIA1");
    CHECK((*token)->credential.secret.reveal() == "secret");
    CHECK((*token)->credential.session_token.reveal() == "session");
    CHECK((*token)->expires_at == kNow + 600'000);
    CHECK(failure(flow->take(403, "<Error><Code>AccessDenied</Code></Error>", kNow))
              .ends_with("AWS STS answered 403 AccessDenied"));
    CHECK_FALSE(flow->take(200, "<Credentials><AccessKeyId>A</AccessKeyId>", kNow));
    role.credentials.role = "arn:own";
    CHECK(asked(*machine.flow(role)).body.reveal().find("RoleArn=arn%3Aown&") != std::string::npos);
  }

  TEST_CASE(
      "a container asks where it was told to, but no host of anybody else's over plain HTTP") {
    const model::Provider container = providerOf(CredentialKind::AwsContainer);
    const Machine ecs{{{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1"}}, {}};
    CHECK(asked(*ecs.flow(container)).origin.host == "169.254.170.2");
    CHECK(asked(*ecs.flow(container)).path == "/v2/credentials/1");
    const Machine eks{
        {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials"},
         {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/var/token"}},
        {{"/var/token", "pod"}}};
    CHECK(asked(*eks.flow(container)).origin.allow_private);
    CHECK(asked(*eks.flow(container)).path == "/v1/credentials");
    CHECK(headerOf(asked(*eks.flow(container)), "Authorization") == "pod");
    for (const char* url :
         {"http://evil.example/x", "http://10.0.0.1/", "", "file:///etc/passwd"}) {
      const Machine machine{{{"AWS_CONTAINER_CREDENTIALS_FULL_URI", url}}, {}};
      CHECK_FALSE(machine.flow(container)->next(kNow));
    }
    const Machine far{{{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "https://creds.example/x"}}, {}};
    CHECK_FALSE(asked(*far.flow(container)).origin.allow_private);
    const auto token = ecs.flow(container)->take(
        200,
        R"({"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2027-01-15T08:10:00Z"})",
        kNow);
    REQUIRE(token);
    CHECK((*token)->expires_at == kNow + 600'000);
  }

  TEST_CASE("an instance's role takes three exchanges: session, name, credentials") {
    const auto flow = Machine().flow(providerOf(CredentialKind::AwsInstance));
    const TokenRequest session = asked(*flow);
    CHECK(session.method + session.path == "PUT/latest/api/token");
    CHECK(headerOf(session, "X-aws-ec2-metadata-token-ttl-seconds") == "300");
    CHECK_FALSE(flow->take(200, "session-1", kNow)->has_value());
    const TokenRequest name = asked(*flow);
    CHECK(name.path == "/latest/meta-data/iam/security-credentials/");
    CHECK(headerOf(name, "X-aws-ec2-metadata-token") == "session-1");
    CHECK_FALSE(flow->take(200, "my-role\n", kNow)->has_value());
    CHECK(asked(*flow).path == "/latest/meta-data/iam/security-credentials/my-role");
    const auto token = flow->take(
        200,
        R"({"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2027-01-15T08:10:00Z"})",
        kNow);
    REQUIRE(token);
    CHECK((*token)->credential.access_key_id == "A");
    const auto roleless = Machine().flow(providerOf(CredentialKind::AwsInstance));
    CHECK_FALSE(roleless->take(200, "session-1", kNow)->has_value());
    CHECK_FALSE(roleless->take(404, "", kNow));
  }
}
