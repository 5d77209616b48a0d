#include <doctest/doctest.h>

#include <map>
#include <string>

#include "integration/manage_support.h"

using namespace penstock;
using namespace penstock::test;

namespace {

const std::string kReport = std::string(kBase) + "/analytics/report";
const std::string kDecisions = std::string(kBase) + "/analytics/decisions";

std::string chat(const std::string& model, const std::string& rest = "") {
  return R"({"model":")" + model + R"(","messages":[{"role":"user","content":"tell me"}])" + rest +
         "}";
}

void send(Api& proxy, const std::string& rest, int times, const std::string& model = "@default") {
  for (int i = 0; i < times; ++i) proxy.post("/v1/chat/completions", chat(model, rest));
}

// {group: requests} of a report.
std::map<std::string, int64_t> groups(Api& api, const std::string& query) {
  const Answer answer = api.get(kReport + query);
  REQUIRE_MESSAGE(answer.status == 200, answer.body);
  const auto document = parsed(answer.body);
  std::map<std::string, int64_t> requests;
  for (const auto group : document.root().find("data")->find("groups")->elements()) {
    requests[std::string(group.stringAt("group").value_or("null"))] = *group.intAt("requests");
  }
  return requests;
}

using Groups = std::map<std::string, int64_t>;

}  // namespace

TEST_SUITE("manage/analytics") {
  TEST_CASE("a report counts what was just answered, wrapped and not") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Api proxy = proxyOf(gateway);
    send(proxy, "", 3);
    send(proxy, "", 1, "@nope");
    const Answer answer = api.get(kReport);
    REQUIRE(answer.status == 200);
    const auto document = parsed(answer.body);
    for (const auto& place : {document.root(), *document.root().find("data")}) {
      CHECK(place.find("totals")->intAt("requests") == 4);
      CHECK(place.find("totals")->find("error_rate")->asDouble() == 0.25);
      CHECK(place.find("series")->size() >= 24);  // hours without gaps
      const auto last = place.find("series")->at(place.find("series")->size() - 1);
      CHECK(last.intAt("requests").value() + place.find("series")
                                                 ->at(place.find("series")->size() - 2)
                                                 .intAt("requests")
                                                 .value() ==
            4);
    }
    send(proxy, "", 1);
    CHECK(contains(api.get(kReport).body, R"("totals":{"requests":5,"errors":1)"));
    CHECK(contains(api.get(kReport + "?granularity=day&include_comparison=true").body,
                   R"("change_pct":{"requests":null)"));
  }

  TEST_CASE("requests are grouped and filtered by what they were tagged with") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Api proxy = proxyOf(gateway);
    send(proxy, R"(,"mlx:end_user":"ann","mlx:tags":{"team":"ml"})", 2);
    send(proxy, R"(,"mlx:end_user":"bob","mlx:tags":{"team":"web","env":"x"})", 1);
    send(proxy, "", 1);
    CHECK(groups(api, "?group_by=end_user") == Groups{{"ann", 2}, {"bob", 1}, {"null", 1}});
    CHECK(groups(api, "?group_by=end_user&limit=1").at("(other)") == 2);
    CHECK(groups(api, "?groupBy=tag:team") == Groups{{"ml", 2}, {"web", 1}});
    CHECK(groups(api, "?group_by=model").size() == 1);
    CHECK(groups(api, "?group_by=model&tags=%7B%22team%22%3A%22ml%22%7D").begin()->second == 2);
    CHECK(groups(api, "?group_by=provider&granularity=day") == Groups{{"demo", 4}});
    CHECK(groups(api, "?group_by=provider&provider=other").empty());
    CHECK(groups(api, "?group_by=project&end_user=ann").begin()->second == 2);
    const std::string key = listAll(api, "/api-keys", "id").at(0);
    CHECK(groups(api, "?group_by=api_key&api_key_id=" + key) == Groups{{key, 4}});
    const std::string config = listAll(api, "/routing-configs", "id").at(0);
    CHECK(groups(api, "?group_by=routing_config") == Groups{{config, 4}});
    CHECK(groups(api, "?group_by=model&project_id=default&routing_config_id=" + config +
                          "&include_deleted=true")
              .begin()
              ->second == 4);
  }

  TEST_CASE("a caller confined to a project sees the sums of that project only") {
    Gateway gateway = quietGateway();
    Api owner = manageOf(gateway);
    Api proxy = proxyOf(gateway);
    send(proxy, R"(,"mlx:end_user":"secret-user")", 2);
    const std::string other = dataText(owner.post("/manage/v1/projects", R"({"name":"O"})"), "id");
    const std::string key = dataText(
        owner.post("/manage/v1/api-keys", R"({"name":"k","project_id":")" + other + R"("})"),
        "key");
    Api other_proxy(gateway.proxyUrl(), key);
    send(other_proxy, "", 1);
    Api api(
        gateway.manageUrl(),
        dataText(owner.post("/manage/v1/management-keys",
                            R"({"name":"c","role":"viewer","project_ids":[")" + other + R"("]})"),
                 "key"));
    CHECK(groups(api, "?group_by=project") == Groups{{other, 1}});
    CHECK(groups(api, "?group_by=end_user") == Groups{{"null", 1}});
    CHECK(groups(owner, "?group_by=project").size() == 2);
    CHECK(api.get(kReport + "?project_id=default").status == 404);
    CHECK(contains(api.get(kDecisions).body, R"("totals":{"requests":1,)"));
    CHECK(owner.del("/manage/v1/projects/" + other).status == 200);
    CHECK(groups(owner, "?group_by=project&project_id=" + other) == Groups{{other, 1}});
  }

  TEST_CASE("CSV says the same, and no name becomes a formula") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Api proxy = proxyOf(gateway);
    send(proxy, R"~(,"mlx:end_user":"=HYPERLINK(\"http://evil\",1)")~", 1);
    send(proxy, R"(,"mlx:end_user":"+1")", 1);
    const Answer answer = api.get(kReport + "?format=csv&group_by=end_user");
    CHECK(answer.status == 200);
    CHECK(answer.header("Content-Type").starts_with("text/csv"));
    CHECK(answer.body.starts_with("bucket,end_user,requests,errors,cost_usd,"));
    CHECK(contains(answer.body, R"~(Z,"'=HYPERLINK(""http://evil"",1)",1,0,0.0)~"));
    CHECK(contains(answer.body, "Z,'+1,1,0,0.0"));
    CHECK(contains(api.get(kDecisions + "?format=csv").body, "\r\noutcomes,2xx,,2,0,2,0,"));
  }

  TEST_CASE("decisions tell who served, by which config, and how it ended") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    Api proxy = proxyOf(gateway);
    send(proxy, "", 3);
    send(proxy, "", 1, "@nope");
    const std::string config = listAll(api, "/routing-configs", "id").at(0);
    runScenarios(api,
                 {{"all",
                   "GET",
                   "/analytics/decisions",
                   "",
                   200,
                   {R"("totals":{"requests":4,"errors":1,"error_rate":0.25,"attempts":3,)",
                    R"("routing_configs":[{"routing_config_id":")" + config +
                        R"(","routing_config_version":1,"requests":3,"share":0.75)",
                    R"({"routing_config_id":null,"routing_config_version":null,"requests":1)",
                    R"("resolved":[{"resolved":"config","requests":3)",
                    R"("providers":[{"provider":"demo","provider_credential_id":"prov_)",
                    R"("outcome":"2xx","requests":3)", R"("outcome":"4xx","requests":1)",
                    R"("error_classes":[{"error_class":"routing_config_not_found","requests":1)"}},
                  {"filtered and cut",
                   "GET",
                   "/analytics/decisions?provider=demo&limit=1",
                   "",
                   200,
                   {R"("totals":{"requests":3,)"},
                   {"4xx"}}});
  }

  TEST_CASE("what cannot be answered names the parameter") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const auto params = [&](const std::string& path) {
      const Answer answer = api.get(path);
      CHECK(answer.status == 422);
      return errorParams(answer);
    };
    using Params = std::vector<std::string>;
    CHECK(params(kReport + "?group_by=colour") == Params{"group_by"});
    CHECK(params(kReport + "?group_by=tag:") == Params{"group_by"});
    CHECK(params(kReport + "?granularity=minute&format=xml") == Params{"format", "granularity"});
    CHECK(params(kReport + "?start=2026-05-02&end=2026-05-01") == Params{"start"});
    CHECK(params(kReport + "?start=2020-01-01&end=2020-01-02&granularity=hour") == Params{"start"});
    CHECK(params(kReport + "?start=2020-01-01&end=2022-01-02") == Params{"start"});
    CHECK(params(kReport + "?group_by=model&granularity=hour&limit=1001") == Params{"limit"});
    CHECK(params(kReport + "?group_by=model&start=2020-01-01&end=2020-12-31&limit=900") ==
          Params{"limit"});
    CHECK(params(kReport + "?group_by=model&end_user=ann") == Params{"group_by"});
    CHECK(params(kReport + "?group_by=end_user&model=m") == Params{"model"});
    CHECK(params(kReport + "?tags=%7B%22a%22%3A%22b%22%2C%22c%22%3A%22d%22%7D") == Params{"tags"});
    CHECK(params(kReport + "?tags=5&start=yesterday") == Params{"tags", "start"});
    CHECK(params(kDecisions + "?end_user=ann") == Params{"end_user"});
    const std::string provider = "provider=" + listAll(api, "/providers", "id").at(0);
    CHECK(params(kReport + "?group_by=tag:team&" + provider) == Params{"provider"});
    CHECK(params(kReport + "?tags=%7B%22a%22%3A%22b%22%7D&" + provider) == Params{"provider"});
    for (const std::string& path : {kReport, kDecisions}) {
      CHECK(params(path + "?end=9999-12-31T23:59:59Z") == Params{"end"});
      CHECK(params(path + "?start=0000-01-01&end=0000-01-05") == Params{"start", "end"});
    }
    CHECK(contains(api.get(kReport + "?end=9999-12-31").body, R"("end":"9999-12-31T00:00:00Z")"));
  }

  TEST_CASE("a project that never was is not found, one that is gone is") {
    Gateway gateway = quietGateway();
    Api api = manageOf(gateway);
    const std::string gone = dataText(api.post("/manage/v1/projects", R"({"name":"O"})"), "id");
    REQUIRE(api.del("/manage/v1/projects/" + gone).status == 200);
    for (const std::string path : {"/analytics/report", "/analytics/decisions", "/logs",
                                   "/logs/tail?seconds=0", "/audit-logs"}) {
      INFO(path);
      const char* const by = contains(path, "?") ? "&project_id=" : "?project_id=";
      const Answer nowhere = api.get(kBase + path + by + "nope");
      CHECK(nowhere.status == 404);
      CHECK(errorCode(nowhere) == "project_not_found");
      CHECK(api.get(kBase + path + by + gone).status == 200);
      CHECK(api.get(kBase + path + by + "default").status == 200);
    }
  }
}
