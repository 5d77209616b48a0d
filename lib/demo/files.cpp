#include "demo/files.h"

#include "demo/answer.h"
#include "http/loop.h"
#include "http/multipart.h"
#include "json/document.h"
#include "json/writer.h"

namespace penstock::demo {
namespace {

using ShelfPtr = std::shared_ptr<Shelf>;

std::optional<std::string> unlessEmpty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

http::Response showFile(const ShelfFile& file) {
  std::string body;
  json::Writer out(body);
  out.beginObject().field("id", file.id).field("object", "file");
  out.field("bytes", file.content.size()).field("created_at", file.created);
  out.field("filename", file.filename).field("purpose", file.purpose);
  out.field("status", "processed").endObject();
  return jsonAnswer(std::move(body));
}

http::Response showBatch(const ShelfBatch& batch) {
  std::string body;
  json::Writer out(body);
  out.beginObject().field("id", batch.id).field("object", "batch");
  out.field("endpoint", batch.endpoint).key("errors").null();
  out.field("input_file_id", batch.input_file_id);
  out.field("completion_window", batch.completion_window).field("status", batch.status);
  out.field("output_file_id", unlessEmpty(batch.output_file_id));
  out.field("error_file_id", unlessEmpty(batch.error_file_id));
  out.field("created_at", batch.created).key("request_counts").beginObject();
  out.field("total", batch.total).field("completed", batch.completed);
  out.field("failed", batch.failed).endObject().endObject();
  return jsonAnswer(std::move(body));
}

http::Response missing(const char* what) {
  return errorAnswer({ErrorKind::NotFound, "not_found", std::string("There is no such ") + what});
}

http::Response takeFile(Shelf& shelf, const http::Request& request) {
  const auto form = http::parseForm(request.headers.get("content-type"), request.body);
  if (!form) return errorAnswer(form.error());
  const http::FormPart* file = form->find("file");
  const http::FormPart* purpose = form->find("purpose");
  if (file == nullptr || purpose == nullptr)
    return errorAnswer(
        invalidRequest("missing_field", "The form needs file and purpose.", "/file"));
  const auto made =
      shelf.addFile(file->filename.value_or("file"), std::string(purpose->value), file->value);
  return made ? showFile(*made) : errorAnswer(made.error());
}

http::Response giveContent(const Shelf& shelf, const http::Request& request) {
  const auto file = shelf.file(request.param("id"));
  if (!file) return missing("file");
  return {200, "application/octet-stream", file->content, {}};
}

http::Response dropFile(Shelf& shelf, const http::Request& request) {
  if (!shelf.removeFile(request.param("id"))) return missing("file");
  std::string body;
  json::Writer out(body);
  out.beginObject().field("id", request.param("id")).field("object", "file");
  out.field("deleted", true).endObject();
  return jsonAnswer(std::move(body));
}

// Some lines now, the rest when the loop has done what else there is.
void workOn(const ShelfPtr& shelf, const std::string& id, http::Loop& loop) {
  loop.post([shelf, id, &loop] {
    if (shelf->workOn(id)) workOn(shelf, id, loop);
  });
}

void makeBatch(const ShelfPtr& shelf, const http::ExchangePtr& exchange) {
  const auto body = json::parse(exchange->request().body, {}, "the request body");
  if (!body) return exchange->respond(errorAnswer(body.error()));
  const auto text = [&](const char* key) { return body->root().stringAt(key).value_or(""); };
  const auto made =
      shelf->addBatch(text("input_file_id"), text("endpoint"), text("completion_window"));
  if (!made) return exchange->respond(errorAnswer(made.error()));
  workOn(shelf, made->id, exchange->loop());
  exchange->respond(showBatch(*made));
}

}  // namespace

std::vector<http::Route> fileRoutes(const ShelfPtr& shelf) {
  const auto answering = [shelf](auto answer) -> http::Handler {
    return [shelf, answer](const http::ExchangePtr& exchange) {
      exchange->respond(answer(*shelf, exchange->request()));
    };
  };
  const auto show = [](const Shelf& on, const http::Request& request) {
    const auto file = on.file(request.param("id"));
    return file ? showFile(*file) : missing("file");
  };
  const auto show_batch = [](const Shelf& on, const http::Request& request) {
    const auto batch = on.batch(request.param("id"));
    return batch ? showBatch(*batch) : missing("batch");
  };
  const auto cancel = [](Shelf& on, const http::Request& request) {
    const auto batch = on.cancelBatch(request.param("id"));
    return batch ? showBatch(*batch) : missing("batch");
  };
  return {
      {"POST", "/v1/files", answering(takeFile)},
      {"GET", "/v1/files/{id}", answering(show)},
      {"GET", "/v1/files/{id}/content", answering(giveContent)},
      {"DELETE", "/v1/files/{id}", answering(dropFile)},
      {"POST", "/v1/batches",
       [shelf](const http::ExchangePtr& exchange) { makeBatch(shelf, exchange); }},
      {"GET", "/v1/batches/{id}", answering(show_batch)},
      {"POST", "/v1/batches/{id}/cancel", answering(cancel)},
  };
}

}  // namespace penstock::demo
