// penstock provider: vendors' credentials.
#include "groups.h"

namespace penstock::cli {
namespace {

constexpr const char* kKeyVariable = "PENSTOCK_PROVIDER_API_KEY";

constexpr Column kList[] = {{"ID", "id"},
                            {"NAME", "name"},
                            {"VENDOR", "vendor"},
                            {"BASE URL", "base_url"},
                            {"KEY", "api_key_fingerprint"},
                            {"DEFAULT", "default"},
                            {"PRIVATE", "private"},
                            {"DEFAULT MODEL", "default_model"},
                            {"STATUS", "status"}};
constexpr Column kColumns[] = {{"ID", "id"},
                               {"NAME", "name"},
                               {"VENDOR", "vendor"},
                               {"BASE URL", "base_url"},
                               {"KEY", "api_key_fingerprint"},
                               {"DEFAULT", "default"},
                               {"PRIVATE", "private"},
                               {"DEFAULT MODEL", "default_model"},
                               {"REGION", "region"},
                               {"PROJECT", "project"},
                               {"LOCATION", "location"},
                               {"API VERSION", "api_version"},
                               {"DEPLOYMENTS", "deployments"},
                               {"CREDENTIALS", "credentials"},
                               {"QUOTA GROUP", "quota_group"},
                               {"AT ONCE", "max_concurrency"},
                               {"PROBED EVERY, S", "probe_interval_seconds"},
                               {"STATUS", "status"}};
constexpr Column kHealth[] = {{"state", "state"},
                              {"success rate", "success_rate"},
                              {"median latency, ms", "p50_latency_ms"},
                              {"95th percentile, ms", "p95_latency_ms"},
                              {"samples", "samples"},
                              {"in the last seconds", "window_seconds"},
                              {"last check", "last_check_at"},
                              {"last error", "last_error"}};
// Of each of its models that was asked lately, or that is held back.
constexpr Column kTargets[] = {{"MODEL", "model"},         {"STATE", "state"},
                               {"REASON", "reason"},       {"UNTIL", "until"},
                               {"UNDER WAY", "in_flight"}, {"P50, MS", "p50_ms"},
                               {"P95, MS", "p95_ms"},      {"SUCCESS RATE", "success_rate"},
                               {"SAMPLES", "samples"}};
constexpr Column kVerified[] = {
    {"ok", "ok"}, {"status", "status"}, {"latency, ms", "latency_ms"}, {"message", "message"}};

constexpr Argument kProvider[] = {{"provider", "Id or name", Argument::Lookup::Provider}};

constexpr Option kBaseUrl{"--base-url", "base_url",
                          "Its address, as for an OpenAI SDK, so usually ending in /v1"};
constexpr Option kKey{"--api-key-stdin",
                      "api_key",
                      "Read its key from standard input; else from PENSTOCK_PROVIDER_API_KEY",
                      Kind::SecretLine,
                      Into::Body,
                      false,
                      false,
                      kKeyVariable};
constexpr Option kPrivate{"--private", "private", "It may live on a loopback or private address",
                          Kind::Flag};
constexpr Option kDefault{"--default", "default", "What vendor/model and bare names use",
                          Kind::Flag};
constexpr Option kDefaultModel{"--default-model", "default_model", "What @default asks it for"};
constexpr Option kQuotaGroup{"--quota-group",
                             "quota_group",
                             "Shares its vendor's limits with others of the same group",
                             Kind::Text,
                             Into::Body,
                             false,
                             true};
constexpr Option kMaxConcurrency{"--max-concurrency",
                                 "max_concurrency",
                                 "Attempts under way at once at each of its models",
                                 Kind::Int,
                                 Into::Body,
                                 false,
                                 true};
constexpr Option kProbeInterval{"--probe-interval",
                                "probe_interval_seconds",
                                "Ask it that often, in seconds, whether it is there",
                                Kind::Int,
                                Into::Body,
                                false,
                                true};
constexpr Option kRegion{"--region", "region", "bedrock: its AWS region", Kind::Text, Into::Body,
                         false,      true};
constexpr Option kProject{"--cloud-project",
                          "project",
                          "vertex: its Google Cloud project",
                          Kind::Text,
                          Into::Body,
                          false,
                          true};
constexpr Option kLocation{
    "--location", "location", "vertex: its region, or global", Kind::Text, Into::Body, false, true};
constexpr Option kApiVersion{
    "--api-version",
    "api_version",
    "azure_openai: a date for the classic API, else v1; anthropic: its version",
    Kind::Text,
    Into::Body,
    false,
    true};
constexpr Option kDeployments{"--deployments", "deployments",
                              "azure_openai: JSON, deployments by model", Kind::Json};
constexpr Option kCredentials{
    "--credentials", "credentials",
    "A file with the credentials' JSON, {\"kind\": …}; - is standard input", Kind::JsonFile};
constexpr Option kCredentialKind{
    "--credential-kind", "credentials.kind",
    "Where credentials come from: aws_instance, google_metadata, managed_identity, …"};
constexpr Option kServiceAccount{"--service-account", "credentials.key_file",
                                 "vertex: a service account's key file", Kind::JsonFile};
constexpr Option kVerify{"--verify", "verify", "Call it before the change is made (the default)",
                         Kind::Flag};
constexpr Option kAdd[] = {
    {"--vendor", "vendor", "openai, anthropic, azure_openai, bedrock, groq, ollama, …", Kind::Text,
     Into::Body, true},
    {"--name", "name", "Its name; NAME/model addresses it", Kind::Text, Into::Body, true},
    kBaseUrl,
    kKey,
    kRegion,
    kProject,
    kLocation,
    kApiVersion,
    kDeployments,
    kCredentials,
    kCredentialKind,
    kServiceAccount,
    kPrivate,
    kDefault,
    kDefaultModel,
    kQuotaGroup,
    kMaxConcurrency,
    kProbeInterval,
    kVerify};
// Not from the environment: who only renames a provider does not mean the key that happens to be
// there.
constexpr Option kNewKey{"--api-key-stdin", "api_key", "Read a new key from standard input",
                         Kind::SecretLine};
constexpr Option kUpdate[] = {{"--name", "name", "A new name"},
                              kBaseUrl,
                              kNewKey,
                              kRegion,
                              kProject,
                              kLocation,
                              kApiVersion,
                              kDeployments,
                              kCredentials,
                              kCredentialKind,
                              kServiceAccount,
                              kPrivate,
                              kDefault,
                              kDefaultModel,
                              kQuotaGroup,
                              kMaxConcurrency,
                              kProbeInterval,
                              kVerify};

std::string healthText(json::ValueRef health) {
  const auto targets = health.find("targets");
  std::string summary = fieldsOf(health, kHealth);
  if (!targets || targets->size() == 0) return summary;
  return summary + "\nModels\n" + tableOf(*targets, kTargets);
}

constexpr Row kRows[] = {
    {.verb = "add",
     .help = "Add a provider",
     .method = "POST",
     .path = "/providers",
     .options = kAdd,
     .columns = kColumns},
    {.verb = "update",
     .help = "Change a provider",
     .method = "PATCH",
     .path = "/providers/{provider_id}",
     .arguments = kProvider,
     .options = kUpdate,
     .columns = kColumns},
    {.verb = "list",
     .help = "List providers",
     .method = "GET",
     .path = "/providers",
     .print = Print::Table,
     .columns = kList},
    {.verb = "show",
     .help = "Show a provider",
     .method = "GET",
     .path = "/providers/{provider_id}",
     .arguments = kProvider,
     .columns = kColumns},
    {.verb = "health",
     .help = "Show how a provider has been doing",
     .method = "GET",
     .path = "/providers/{provider_id}/health",
     .arguments = kProvider,
     .render = healthText},
    {.verb = "verify",
     .help = "Call a provider now with its stored key",
     .method = "POST",
     .path = "/providers/{provider_id}/verify",
     .arguments = kProvider,
     .columns = kVerified,
     .check = "ok"},
    {.verb = "remove",
     .help = "Remove a provider",
     .method = "DELETE",
     .path = "/providers/{provider_id}",
     .arguments = kProvider,
     .print = Print::Done,
     .done = "removed"},
};

}  // namespace

Group providerGroup() { return {"provider", "Providers: vendors' credentials", kRows}; }

}  // namespace penstock::cli
