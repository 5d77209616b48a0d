#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/text.h"
#include "http/multipart.h"
#include "json/document.h"
#include "json/writer.h"
#include "support/fake_upstream.h"

namespace penstock::test {

// A provider's files and batches, OpenAI's and Anthropic's, in memory: the script of a
// FakeUpstream. Its batches do nothing until the test says that they are over.
class FileProvider {
 public:
  FakeUpstream::Script script() {
    return [this](const http::ExchangePtr& exchange) { serve(exchange); };
  }

  // From the test's thread: the batch has come to its end with that output ("": none).
  void complete(const std::string& batch, const std::string& output,
                const std::string& status = "completed") {
    const std::lock_guard lock(mutex_);
    batches_[batch].status = status;
    batches_[batch].output = output;
    if (!output.empty()) files_["file-out-" + batch] = {"batch_output", output};
  }
  void forget(const std::string& file) {
    const std::lock_guard lock(mutex_);
    files_.erase(file);
  }
  std::string contentOf(const std::string& file) {
    const std::lock_guard lock(mutex_);
    return files_[file].content;
  }

 private:
  struct File {
    std::string purpose, content;
  };
  struct Batch {
    std::string status = "in_progress", output, input;
  };

  void serve(const http::ExchangePtr& exchange) {
    const std::lock_guard lock(mutex_);
    const http::Request& request = exchange->request();
    const std::string path(request.path.substr(std::string_view("/v1/").size()));
    const bool anthropic = !request.headers.get("anthropic-version").empty();
    std::vector<std::string> parts;
    split(anthropic && path.starts_with("messages/") ? path.substr(9) : path, '/',
          [&](std::string_view part) { parts.emplace_back(part); });
    const std::string id = parts.size() > 1 ? parts[1] : "";
    const std::string verb = parts.size() > 2 ? parts[2] : std::string(request.method);
    if (parts[0] == "files") return serveFile(exchange, id, verb, anthropic);
    serveBatch(exchange, id, verb, anthropic);
  }

  void serveFile(const http::ExchangePtr& exchange, std::string id, const std::string& verb,
                 bool anthropic) {
    if (verb == "POST") {
      const http::Request& request = exchange->request();
      const auto form = http::parseForm(request.headers.get("content-type"), request.body);
      id = (anthropic ? "file_0" : "file-") + std::to_string(++made_);
      const http::FormPart* purpose = form->find("purpose");
      files_[id] = {purpose == nullptr ? "" : std::string(purpose->value),
                    std::string(form->find("file")->value)};
    }
    if (!files_.contains(id)) return missing(exchange);
    if (verb == "content")
      return exchange->respond({200,
                                "application/octet-stream",
                                files_[id].content,
                                {{"Content-Disposition", "attachment; filename=\"a.jsonl\""}}});
    std::string body;
    json::Writer out(body);
    out.beginObject().field("id", id);
    if (verb == "DELETE") {
      files_.erase(id);
      out.field("object", "file").field("deleted", true).endObject();
      return answer(exchange, body);
    }
    out.field(anthropic ? "type" : "object", "file").field("purpose", files_[id].purpose);
    out.field("bytes", files_[id].content.size()).field("status", "processed").endObject();
    answer(exchange, body);
  }

  void serveBatch(const http::ExchangePtr& exchange, std::string id, const std::string& verb,
                  bool anthropic) {
    if (verb == "POST") {
      id = (anthropic ? "msgbatch_" : "batch_") + std::to_string(++made_);
      batches_[id].input = exchange->request().body;
    }
    if (!batches_.contains(id)) return missing(exchange);
    Batch& batch = batches_[id];
    if (verb == "cancel") batch.status = anthropic ? "canceling" : "cancelling";
    if (verb == "results") return exchange->respond({200, "application/x-jsonl", batch.output, {}});
    std::string body;
    json::Writer out(body);
    out.beginObject().field("id", id);
    if (verb == "DELETE") {
      batches_.erase(id);
      out.field("type", "message_batch_deleted").endObject();
      return answer(exchange, body);
    }
    if (anthropic) {
      out.field("type", "message_batch").field("processing_status", batch.status);
      out.key("results_url");
      if (batch.output.empty())
        out.null();
      else
        out.value("https://api.anthropic.com/v1/messages/batches/" + id + "/results");
    } else {
      out.field("object", "batch").field("status", batch.status).key("output_file_id");
      if (batch.output.empty())
        out.null();
      else
        out.value("file-out-" + id);
    }
    out.endObject();
    answer(exchange, body);
  }

  static void answer(const http::ExchangePtr& exchange, const std::string& body) {
    exchange->respond({200, "application/json", body, {{"x-request-id", "up-1"}}});
  }
  static void missing(const http::ExchangePtr& exchange) {
    exchange->respond(
        {404, "application/json", R"({"error":{"message":"No such object","type":"x"}})", {}});
  }

  std::mutex mutex_;
  std::map<std::string, File> files_;
  std::map<std::string, Batch> batches_;
  int made_ = 0;
};

}  // namespace penstock::test
