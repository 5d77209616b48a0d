#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "proxy_files_support.h"

// What the tests of batches that are executed here share.
namespace penstock::test {

inline std::string lineOf(const std::string& id, const std::string& body) {
  return R"({"custom_id":")" + id + R"(","method":"POST","url":"/v1/chat/completions","body":)" +
         body + "}\n";
}
inline std::string chatLine(const std::string& id, const std::string& model, int tokens = 20) {
  return lineOf(id, R"({"model":")" + model + R"(","max_tokens":)" + std::to_string(tokens) +
                        R"(,"messages":[{"role":"user","content":"x"}]})");
}

inline std::string textAt(const json::Document& document, const std::string& name) {
  return std::string(document.root().stringAt(name).value_or(""));
}
// "total completed failed"
inline std::string countsOf(const json::Document& batch) {
  const auto counts = batch.root().find("request_counts");
  std::string text;
  for (const char* name : {"total", "completed", "failed"}) {
    if (!text.empty()) text += ' ';
    text += std::to_string(counts->intAt(name).value_or(-1));
  }
  return text;
}

// An output, by custom_id.
struct Lines {
  std::string text;
  std::map<std::string, std::string> all() const {
    std::map<std::string, std::string> lines;
    split(text, '\n', [&](std::string_view line) {
      if (line.empty()) return;
      const std::string id(parsed(std::string(line)).root().stringAt("custom_id").value_or("?"));
      CHECK_MESSAGE(!lines.contains(id), id);
      lines[id] = line;
    });
    return lines;
  }
  size_t count() const { return all().size(); }
  std::string of(const std::string& id) const { return all()[id]; }
  std::string ids() const {
    std::string ids;
    for (const auto& [id, line] : all()) ids += (ids.empty() ? "" : " ") + id;
    return ids;
  }
};

// Chats are answered by the model's name; nothing else is known.
inline void answerChats(const http::ExchangePtr& exchange) {
  if (exchange->request().path.ends_with("/chat/completions")) return answerByModel(exchange);
  fail(exchange, 404);
}

// A gateway whose only provider beside the demo has no batches of its own.
struct LocalWorld : FilesClient {
  explicit LocalWorld(GatewayOptions options = unlimitedOptions())
      : FilesClient(std::move(options)),
        own_upstream(std::make_unique<FakeUpstream>(answerChats)),
        upstream(*own_upstream) {
    setUp();
  }
  explicit LocalWorld(FakeUpstream& provider, GatewayOptions options = unlimitedOptions())
      : FilesClient(std::move(options)), upstream(provider) {
    setUp();
  }

  Answer upload(const std::string& content, const std::string& purpose = "batch",
                const httplib::Headers& more = {}) {
    return FilesClient::upload(content, purpose, "/v1/files", more);
  }
  Answer createBatch(const std::string& file, const std::string& path = "/v1/chat/completions",
                     const httplib::Headers& more = {}) {
    return send("POST", "/v1/batches",
                R"({"input_file_id":")" + file + R"(","endpoint":")" + path +
                    R"(","completion_window":"24h"})",
                more);
  }
  std::string batch(const std::string& lines) {
    const Answer file = upload(lines);
    REQUIRE_MESSAGE(file.status == 200, file.body);
    const Answer made = createBatch(idOf(file));
    REQUIRE_MESSAGE(made.status == 200, made.body);
    return idOf(made);
  }
  // The batch, once it is over.
  json::Document over(const std::string& id) {
    std::string shown;
    CHECK_MESSAGE(eventually([&] {
                    shown = send("GET", "/v1/batches/" + id).body;
                    const std::string status = textAt(parsed(shown), "status");
                    return status == "completed" || status == "failed" || status == "expired" ||
                           status == "cancelled";
                  }),
                  shown);
    return parsed(shown);
  }
  Lines linesOf(const std::string& file) {
    const Answer content = send("GET", "/v1/files/" + file + "/content");
    CHECK(content.status == 200);
    return {content.body};
  }
  // Guardrails that know one word.
  void guard() {
    const Answer set = routed.manage.patch(
        std::string(kBase) + "/projects/" + own_project,
        R"({"settings":{"guardrails":[{"name":"k","kind":"keywords","keywords":["forbidden"],)"
        R"("action":"block"}]}})");
    REQUIRE_MESSAGE(set.status == 200, set.body);
  }

  std::unique_ptr<FakeUpstream> own_upstream;
  FakeUpstream& upstream;

 private:
  void setUp() {
    routed.provider("oa", upstream.baseUrl(), "", "vllm");
    routed.config("here", "single", R"({"model":"oa/say-routed"})");
  }
};

// The same whose provider answers when the test says so.
struct HeldUpstream {
  ~HeldUpstream() {
    silent.stop();
    held.drop();
  }
  Held held;
  FakeUpstream silent{held.script()};
};
struct HeldWorld : HeldUpstream, LocalWorld {
  explicit HeldWorld(GatewayOptions options = unlimitedOptions())
      : LocalWorld(silent, std::move(options)) {}
};

// What a machine leaves that stops while it writes the line of that request.
inline void tearOutput(const std::string& folder, const std::string& custom_id) {
  const std::string begin = R"({"id":"batch_req_)";
  int torn = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::string first(begin.size(), '\0');
    std::ifstream(entry.path()).read(first.data(), static_cast<std::streamsize>(first.size()));
    if (first != begin) continue;
    std::ofstream(entry.path(), std::ios::app) << begin << R"(x","custom_id":")" << custom_id;
    ++torn;
  }
  CHECK(torn == 1);
}

}  // namespace penstock::test
