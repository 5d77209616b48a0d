#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

std::string memberId(Api& api, const std::string& email, const std::string& role) {
  const Answer made =
      api.post("/manage/v1/members", R"({"email":")" + email + R"(","role":")" + role + R"("})");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  return dataText(made, "id");
}

Api keyOf(const Gateway& gateway, const std::string& member, const std::string& role) {
  const Answer made =
      manageOf(gateway).post("/manage/v1/management-keys", R"({"name":"k","member_id":")" + member +
                                                               R"(","role":")" + role + R"("})");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  return {gateway.manageUrl(), dataText(made, "key")};
}

}  // namespace

TEST_SUITE("manage/governance") {
  TEST_CASE("a member's key may what the member may, and nothing once the member has left") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    const std::string ann = memberId(owner, "Ann@Example.com", "admin");
    Api key = keyOf(gateway, ann, "admin");
    CHECK(key.get("/manage/v1/members").status == 200);
    REQUIRE(owner.patch("/manage/v1/members/" + ann, R"({"role":"viewer"})").status == 200);
    CHECK(key.get("/manage/v1/members").status == 403);
    CHECK(key.get("/manage/v1/projects").status == 200);
    REQUIRE(owner.del("/manage/v1/members/" + ann).status == 200);
    CHECK(key.get("/manage/v1/projects").status == 401);
    CHECK(owner.get("/manage/v1/members/" + ann).status == 404);
    CHECK(listAll(owner, "/audit-logs?action=management_key.revoked", "id").size() == 1);
  }

  TEST_CASE("what members may not") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    const std::string first = memberId(owner, "o@example.com", "owner");
    const std::string path = "/members/" + first;
    runScenarios(owner,
                 {{"taken",
                   "POST",
                   "/members",
                   R"({"email":"O@example.COM","role":"viewer"})",
                   409,
                   {"member_exists", "/email"}},
                  {"no address",
                   "POST",
                   "/members",
                   R"({"email":"nobody","role":"king"})",
                   422,
                   {"/email", "/role"}},
                  {"confined admin",
                   "POST",
                   "/members",
                   R"({"email":"a@b.c","role":"admin","project_ids":["default"]})",
                   422,
                   {"/project_ids"}},
                  {"unknown project",
                   "POST",
                   "/members",
                   R"({"email":"a@b.c","role":"viewer","project_ids":["default","nope"]})",
                   422,
                   {"/project_ids/1"}},
                  {"last owner lowered", "PATCH", path, R"({"role":"admin"})", 409, {"last_owner"}},
                  {"last owner removed", "DELETE", path, "", 409, {"last_owner"}},
                  {"address fixed", "PATCH", path, R"({"email":"p@example.com"})", 422, {"/email"}},
                  {"key above its member",
                   "POST",
                   "/management-keys",
                   R"({"name":"k","role":"admin","member_id":"mem_nobody"})",
                   422,
                   {"/member_id"}}});
    memberId(owner, "second@example.com", "owner");
    CHECK(owner.del(kBase + path).status == 200);
    // An admin cannot touch owners, nor make one.
    Api admin = withRole(gateway, "admin");
    CHECK(admin.post("/manage/v1/members", R"({"email":"x@y.z","role":"owner"})").status == 403);
  }

  TEST_CASE(
      "an organization's list of addresses confines both APIs, and nobody shuts themselves out") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    const auto patch = [&](const std::string& list) {
      return owner.patch("/manage/v1/orgs/current", R"({"ip_allowlist":)" + list + "}");
    };
    CHECK(patch(R"(["10.0.0.0/8"])").status == 422);
    CHECK(errorParams(patch(R"(["nonsense","127.0.0.1","10.0.0.0/33"])")) ==
          std::vector<std::string>{"/ip_allowlist/0", "/ip_allowlist/2"});
    const Answer set = patch(R"(["127.0.0.1/24","2001:db8::/32"])");
    CHECK(set.status == 200);
    CHECK(dataText(set, "ip_allowlist") == R"(["127.0.0.0/24","2001:db8::/32"])");
    CHECK(proxyOf(gateway).get("/v1/models").status == 200);
    const Answer made = owner.post(kBase + std::string("/api-keys"),
                                   R"({"name":"k","ip_allowlist":["192.0.2.1"]})");
    const Answer refused = Api(gateway.proxyUrl(), dataText(made, "key")).get("/v1/models");
    CHECK(refused.status == 403);
    CHECK(errorCode(refused) == "ip_not_allowed");
    const Answer manager =
        owner.post("/manage/v1/management-keys",
                   R"({"name":"k","role":"viewer","ip_allowlist":["192.0.2.0/24"]})");
    const Answer far = Api(gateway.manageUrl(), dataText(manager, "key")).get("/manage/v1/models");
    CHECK(far.status == 403);
    CHECK(errorCode(far) == "ip_not_allowed");
    const std::string own =
        "/manage/v1/management-keys/" + listAll(owner, "/management-keys", "id").at(0);
    CHECK(contains(owner.patch(own, R"({"ip_allowlist":["192.0.2.1"]})").body, "shut you out"));
    CHECK(owner.patch(own, R"({"ip_allowlist":["127.0.0.1"]})").status == 200);
  }

  TEST_CASE("every change is told of, with who, from where, what was and what is") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    const Answer made = owner.post("/manage/v1/projects", R"({"name":"Alpha"})");
    const std::string id = dataText(made, "id");
    const Answer changed = owner.patch("/manage/v1/projects/" + id, R"({"name":"Beta"})");
    CHECK(owner.patch("/manage/v1/projects/" + id, R"({"name":"Beta"})").status == 200);  // no-op
    CHECK(owner.patch("/manage/v1/projects/" + id, R"({"name":""})").status == 422);
    const Answer list = owner.get("/manage/v1/audit-logs?resource_id=" + id);
    const auto document = parsed(list.body);
    const auto entries = *document.root().find("data");
    REQUIRE(entries.size() == 2);
    const auto last = entries.at(0);
    CHECK(last.stringAt("action") == "project.updated");
    CHECK(last.find("before")->stringAt("name") == "Alpha");
    CHECK(last.find("after")->stringAt("name") == "Beta");
    CHECK(last.stringAt("request_id") == changed.header("Request-Id"));
    CHECK(last.stringAt("ip") == "127.0.0.1");
    CHECK(last.find("actor")->stringAt("type") == "management_key");
    CHECK(last.stringAt("project_id") == id);
    CHECK(entries.at(1).find("before")->isNull());
    // What came with the project is told too.
    const auto actions = listAll(owner, "/audit-logs?project_id=alpha", "action");
    CHECK(std::count(actions.begin(), actions.end(), "routing_config.created") == 1);
    CHECK(listAll(owner, "/audit-logs?project_id=alpha", "action") == actions);
    CHECK(dataText(owner.get("/manage/v1/audit-logs/verify"), "ok") == "true");
  }

  TEST_CASE("no secret is in the audit log") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    std::vector<std::string> secrets = {"sk-canary-aaaaaaaaaaaaaaaaaaaa"};
    REQUIRE(owner
                .post("/manage/v1/providers",
                      R"({"vendor":"openai","verify":false,"name":"p","api_key":")" + secrets[0] +
                          R"("})")
                .status == 201);
    const Answer key = owner.post("/manage/v1/api-keys", R"({"name":"k"})");
    secrets.push_back(dataText(key, "key"));
    secrets.push_back(
        dataText(owner.post("/manage/v1/api-keys/" + dataText(key, "id") + "/rotate", ""), "key"));
    const Answer hook =
        owner.post("/manage/v1/webhooks/endpoints", R"({"url":"https://hooks.invalid/h"})");
    secrets.push_back(dataText(hook, "signing_secret"));
    const std::string log = owner.get("/manage/v1/audit-logs?limit=200").body;
    for (const std::string& secret : secrets) {
      REQUIRE(secret.size() > 20);
      CHECK_FALSE(contains(log, secret));
    }
  }

  TEST_CASE("management keys have a rate limit, and are told when to come back") {
    GatewayOptions options = quietOptions();
    options.manage_rate_limit_rpm = 60;
    Gateway gateway = Gateway::start(options);
    Api owner = manageOf(gateway);
    int served = 0;
    Answer answer = owner.get("/manage/v1/projects");
    for (; answer.status == 200 && served < 200; ++served) {
      answer = owner.get("/manage/v1/projects");
    }
    CHECK(served >= 60);
    CHECK(served < 70);  // the bucket refills while this runs
    CHECK(answer.status == 429);
    CHECK(errorCode(answer) == "rate_limit_exceeded");
    CHECK(std::stoi(answer.header("Retry-After")) >= 1);
  }

  TEST_CASE("a key's own rate limit goes before the default") {
    GatewayOptions options = quietOptions();
    Gateway gateway = Gateway::start(options);
    const Answer made = manageOf(gateway).post(
        "/manage/v1/management-keys", R"({"name":"k","role":"viewer","rate_limit_rpm":2})");
    Api slow(gateway.manageUrl(), dataText(made, "key"));
    CHECK(slow.get("/manage/v1/projects").status == 200);
    CHECK(slow.get("/manage/v1/projects").status == 200);
    CHECK(slow.get("/manage/v1/projects").status == 429);
  }

  TEST_CASE("a Host that a web page could have made up is refused before anything else") {
    GatewayOptions options = quietOptions();
    options.manage_hosts = {"Gateway.Internal"};
    Gateway gateway = Gateway::start(options);
    Api owner = manageOf(gateway);
    for (const char* path : {"/manage/v1/projects", "/openapi.yaml", "/metrics", "/healthz"}) {
      INFO(path);
      const Answer refused = owner.send("GET", path, "", {{"Host", "evil.example"}});
      CHECK(refused.status == 403);
      CHECK(errorCode(refused) == "host_not_allowed");
      CHECK(owner.send("GET", path, "", {{"Host", "gateway.internal:5100"}}).status == 200);
    }
  }

  TEST_CASE("an ETag saves a second look and guards a change") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    const std::string path = "/manage/v1/projects/" +
                             dataText(owner.post("/manage/v1/projects", R"({"name":"A"})"), "id");
    const std::string etag = owner.get(path).header("ETag");
    REQUIRE_FALSE(etag.empty());
    const Answer unchanged = owner.send("GET", path, "", {{"If-None-Match", etag}});
    CHECK(unchanged.status == 304);
    CHECK(unchanged.body.empty());
    const auto patch = [&](const std::string& name, const std::string& match) {
      return owner.send("PATCH", path, R"({"name":")" + name + R"("})", {{"If-Match", match}});
    };
    const Answer first = patch("B", etag);
    CHECK(first.status == 200);
    const Answer lost = patch("C", etag);
    CHECK(lost.status == 409);
    CHECK(errorCode(lost) == "version_conflict");
    CHECK(patch("C", first.header("ETag")).status == 200);
    CHECK(patch("D", "*").status == 200);
    CHECK(patch("E", "\"x\", " + owner.get(path).header("ETag")).status == 200);
    CHECK(patch("F", "unquoted").status == 422);
    CHECK(owner.send("GET", path, "", {{"If-None-Match", etag}}).status == 200);
  }

  TEST_CASE("a rotated key's old secret works for the overlap and no longer") {
    std::atomic<int64_t> now = 1'800'000'000'000;
    GatewayOptions options = quietOptions();
    options.wall_clock = [&now] { return now.load(); };
    Gateway gateway = Gateway::start(options);
    Api owner = manageOf(gateway);
    const Answer made = owner.post("/manage/v1/api-keys", R"({"name":"k"})");
    const std::string path = "/manage/v1/api-keys/" + dataText(made, "id") + "/rotate";
    Api old(gateway.proxyUrl(), dataText(made, "key"));
    const Answer rotated = owner.post(path, R"({"overlap_seconds":60})");
    REQUIRE(rotated.status == 200);
    Api fresh(gateway.proxyUrl(), dataText(rotated, "key"));
    CHECK(old.get("/v1/models").status == 200);
    CHECK(fresh.get("/v1/models").status == 200);
    now += 60'000;
    CHECK(old.get("/v1/models").status == 401);
    CHECK(fresh.get("/v1/models").status == 200);
    REQUIRE(owner.post(path, "").status == 200);
    CHECK(fresh.get("/v1/models").status == 401);
  }
}
