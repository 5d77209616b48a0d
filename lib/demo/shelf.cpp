#include "demo/shelf.h"

#include <algorithm>
#include <utility>

#include "base/id.h"
#include "base/text.h"
#include "demo/answer.h"
#include "demo/chat.h"
#include "demo/embeddings.h"
#include "json/document.h"
#include "json/writer.h"

namespace penstock::demo {
namespace {

constexpr size_t kMostBytes = 64 << 20;
constexpr size_t kMostThings = 10'000;
constexpr int kLinesATime = 20;  // between two looks of the loop at other things

ApiError full() {
  return {ErrorKind::PayloadTooLarge, "shelf_full", "the demo provider keeps 64 MiB of files"};
}

http::Response answerTo(std::string_view url, std::string_view body, const Clock& clock) {
  if (url == "/v1/chat/completions") return wholeChat(body, clock);
  return wholeEmbeddings(body);
}

}  // namespace

Result<ShelfFile> Shelf::addFile(std::string filename, std::string purpose,
                                 std::string_view content) {
  auto things = things_.lock();
  if (things->files.size() >= kMostThings || things->bytes + content.size() > kMostBytes)
    return full();
  const UnixMillis now = clock_.now();
  ShelfFile file{newId("file-", now), std::move(filename), std::move(purpose), std::string(content),
                 now / 1000};
  keep(*things, file);
  return file;
}

std::string Shelf::keep(Things& things, ShelfFile file) {
  things.bytes += file.content.size();
  std::string id = file.id;
  things.files.emplace(id, std::move(file));
  return id;
}

std::optional<ShelfFile> Shelf::file(std::string_view id) const {
  auto things = things_.lock();
  const auto found = things->files.find(id);
  if (found == things->files.end()) return std::nullopt;
  return found->second;
}

bool Shelf::removeFile(std::string_view id) {
  auto things = things_.lock();
  const auto found = things->files.find(id);
  if (found == things->files.end()) return false;
  things->bytes -= found->second.content.size();
  things->files.erase(found);
  return true;
}

Result<ShelfBatch> Shelf::addBatch(std::string_view input_file_id, std::string_view endpoint,
                                   std::string_view completion_window) {
  if (endpoint != "/v1/chat/completions" && endpoint != "/v1/embeddings")
    return invalidRequest("invalid_value",
                          "The demo provider's batches are of chats or embeddings.", "/endpoint");
  auto things = things_.lock();
  const auto input = things->files.find(input_file_id);
  if (input == things->files.end() || input->second.purpose != "batch")
    return invalidRequest("invalid_value", "There is no such file of the purpose batch.",
                          "/input_file_id");
  if (things->batches.size() >= kMostThings) return full();
  const UnixMillis now = clock_.now();
  ShelfBatch batch;
  batch.id = newId("batch_", now);
  batch.endpoint = endpoint;
  batch.input_file_id = input_file_id;
  batch.completion_window = completion_window;
  batch.created = now / 1000;
  things->batches.emplace(batch.id, batch);
  return batch;
}

std::optional<ShelfBatch> Shelf::batch(std::string_view id) const {
  auto things = things_.lock();
  const auto found = things->batches.find(id);
  if (found == things->batches.end()) return std::nullopt;
  return found->second;
}

std::optional<ShelfBatch> Shelf::cancelBatch(std::string_view id) {
  auto things = things_.lock();
  const auto found = things->batches.find(id);
  if (found == things->batches.end()) return std::nullopt;
  ShelfBatch& batch = found->second;
  if (batch.status == "in_progress") {
    finish(*things, batch);
    batch.status = "cancelled";
  }
  return batch;
}

bool Shelf::workOn(std::string_view id) {
  auto things = things_.lock();
  const auto found = things->batches.find(id);
  if (found == things->batches.end() || found->second.status != "in_progress") return false;
  ShelfBatch& batch = found->second;
  const auto input = things->files.find(batch.input_file_id);
  const std::string_view text =
      input == things->files.end() ? std::string_view() : input->second.content;
  for (int i = 0; i < kLinesATime && batch.read < text.size(); ++i) {
    const size_t end = std::min(text.find('\n', batch.read), text.size());
    answerLine(trim(text.substr(batch.read, end - batch.read)), batch);
    batch.read = end + 1;
  }
  if (batch.read < text.size()) return true;
  finish(*things, batch);
  return false;
}

void Shelf::answerLine(std::string_view line, ShelfBatch& batch) const {
  if (line.empty()) return;
  ++batch.total;
  const auto request = json::parse(line, {}, "the line");
  http::Response answer;
  std::string custom_id;
  if (!request) {
    answer = errorAnswer(request.error());
  } else {
    custom_id = request->root().stringAt("custom_id").value_or("");
    const auto body = request->root().find("body");
    answer = answerTo(batch.endpoint, body ? body->text() : "null", clock_);
  }
  const bool good = answer.status == 200;
  ++(good ? batch.completed : batch.failed);
  std::string& out = good ? batch.output : batch.errors;
  json::Writer writer(out);
  writer.beginObject().field("id", newId("batch_req_", clock_.now())).field("custom_id", custom_id);
  writer.key("response").beginObject().field("status_code", answer.status);
  writer.field("request_id", newId("req_", clock_.now())).rawField("body", answer.body).endObject();
  writer.key("error").null().endObject();
  out += '\n';
}

void Shelf::finish(Things& things, ShelfBatch& batch) const {
  batch.status = "completed";
  const UnixMillis now = clock_.now();
  const auto take = [&](std::string& text, const char* name) -> std::string {
    if (text.empty()) return {};
    return keep(things,
                {newId("file-", now), name, "batch_output", std::exchange(text, {}), now / 1000});
  };
  batch.output_file_id = take(batch.output, "output.jsonl");
  batch.error_file_id = take(batch.errors, "errors.jsonl");
}

}  // namespace penstock::demo
