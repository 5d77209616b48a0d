#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "proxy_support.h"
#include "support/file_provider.h"
#include "support/temp_dir.h"

// What the tests of files and batches over real sockets share.
namespace penstock::test {

// {"custom_id":…} of one chat of at most `tokens`.
inline std::string batchLine(const std::string& id, const std::string& model = "gpt-4o-mini",
                             int tokens = 100) {
  return R"({"custom_id":")" + id + R"(","method":"POST","url":"/v1/chat/completions","body":)" +
         R"({"model":")" + model + R"(","max_tokens":)" + std::to_string(tokens) +
         R"(,"messages":[{"role":"user","content":"x"}]}})" + "\n";
}
// What comes out of it: 1,000 tokens in and 100 out.
inline std::string outputLine(const std::string& id, const std::string& model = "gpt-4o-mini") {
  return R"({"id":"r","custom_id":")" + id +
         R"(","response":{"status_code":200,"request_id":"q","body":{"id":"c","object":)"
         R"("chat.completion","model":")" +
         model +
         R"(","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":100,)"
         R"("total_tokens":1100}}},"error":null})" +
         "\n";
}
inline std::string idOf(const Answer& answer) {
  return std::string(parsed(answer.body).root().stringAt("id").value_or(""));
}
// The ids of a list, with spaces between them.
inline std::string idsOf(const Answer& answer) {
  std::string ids;
  const auto document = parsed(answer.body);
  for (const auto item : document.root().find("data")->elements()) {
    if (!ids.empty()) ids += ' ';
    ids += item.stringAt("id").value_or("?");
  }
  return ids;
}

// A gateway with two projects, and what is asked of it.
struct FilesClient {
  explicit FilesClient(GatewayOptions options) : routed(std::move(options)) {
    const Answer project =
        routed.manage.post(std::string(kBase) + "/projects", R"({"name":"Other","slug":"other"})");
    REQUIRE_MESSAGE(project.status == 201, project.body);
    own_project = listAll(routed.manage, "/projects", "id").front();
    if (own_project == dataText(project, "id"))
      own_project = listAll(routed.manage, "/projects", "id").back();
    other = withKey("", dataText(project, "id"));
  }

  // `fields`: R"("rate_limit_rpm":1)"; of the first project unless told otherwise.
  std::string withKey(const std::string& fields, const std::string& project = "") {
    const Answer made = routed.manage.post(std::string(kBase) + "/api-keys",
                                           R"({"name":"k","project_id":")" +
                                               (project.empty() ? own_project : project) + "\"" +
                                               (fields.empty() ? "" : "," + fields) + "}");
    REQUIRE_MESSAGE(made.status == 201, made.body);
    return dataText(made, "key");
  }

  Answer upload(const std::string& content, const std::string& purpose = "batch",
                const std::string& path = "/v1/files", const httplib::Headers& more = {}) {
    return send("POST", path, form(content, purpose), more, kForm);
  }
  static std::string form(const std::string& content, const std::string& purpose) {
    return "--BOUND\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n" + purpose +
           "\r\n--BOUND\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n"
           "Content-Type: application/octet-stream\r\n\r\n" +
           content + "\r\n--BOUND--\r\n";
  }
  Answer send(const std::string& method, const std::string& path, const std::string& body = "",
              httplib::Headers headers = {}, const std::string& type = "application/json") {
    httplib::Client client(routed.gateway.proxyUrl());
    client.set_read_timeout(20);
    httplib::Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    if (!headers.contains("Authorization"))
      headers.emplace("Authorization", "Bearer " + routed.gateway.projectKey());
    request.headers = std::move(headers);
    if (method == "POST") request.headers.emplace("Content-Type", type);
    const auto result = client.send(request);
    if (!result) return {};
    return {result->status, result->body, result->headers};
  }
  // As the second project.
  Answer sendOther(const std::string& method, const std::string& path,
                   const std::string& body = "") {
    return send(method, path, body, {{"Authorization", "Bearer " + other}});
  }
  Answer createBatch(const std::string& file, const httplib::Headers& more = {}) {
    return send("POST", "/v1/batches",
                R"({"input_file_id":")" + file +
                    R"(","endpoint":"/v1/chat/completions","completion_window":"24h"})",
                more);
  }
  // A batch of these lines.
  std::string batch(const std::string& lines) {
    const Answer file = upload(lines);
    REQUIRE_MESSAGE(file.status == 200, file.body);
    const Answer made = createBatch(idOf(file));
    REQUIRE_MESSAGE(made.status == 200, made.body);
    return idOf(made);
  }

  static constexpr const char* kForm = "multipart/form-data; boundary=BOUND";
  Routed routed;
  std::string own_project, other;  // the first project, and a key of the second
};

// The same with one provider of each API.
struct FileUpstream {
  FileProvider provider;
  FakeUpstream upstream{provider.script()};
};
struct FilesWorld : FileUpstream, FilesClient {
  explicit FilesWorld(GatewayOptions options = unlimitedOptions())
      : FilesClient(std::move(options)) {
    routed.provider("oa", upstream.baseUrl());
    const std::string root = upstream.baseUrl().substr(0, upstream.baseUrl().size() - 3);
    routed.provider("an", root, "", "anthropic");
  }
};

}  // namespace penstock::test
