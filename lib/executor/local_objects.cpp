#include "executor/local_objects.h"

#include <utility>

#include "base/id.h"
#include "executor/line.h"
#include "executor/media_type.h"
#include "executor/objects.h"
#include "json/document.h"
#include "json/writer.h"

namespace penstock::executor {
namespace {

using model::BatchStatus;
using model::ObjectKind;
using model::ObjectSurface;

constexpr UnixMillis kDay = 86'400'000;

std::string headersJson(const http::Headers& headers) {
  std::string text;
  json::Writer out(text);
  out.beginArray();
  for (const auto& [name, value] : headers) out.beginArray().value(name).value(value).endArray();
  out.endArray();
  return text;
}

ApiError gone(std::string message) {
  return {ErrorKind::NotFound, "not_found", std::move(message), "id"};
}

ApiError conflict(std::string code, std::string message) {
  return {ErrorKind::Conflict, std::move(code), std::move(message)};
}

void removeContents(const Services& services, const model::RelayedObject& object,
                    const std::optional<model::LocalBatch>& batch) {
  if (object.kind == ObjectKind::File) return services.shelf.remove(object.id);
  services.shelf.remove(object.id + ".in");
  // Of OpenAI's, outputs are files of their own.
  if (batch && batch->surface == ObjectSurface::Anthropic)
    services.shelf.remove(batch->output_name);
}

}  // namespace

Result<model::RelayedObject> LocalObjects::keepFile(const Owner& owner, const NewFile& sent) {
  model::RelayedObject file;
  file.created_at = services_.clock.now();
  file.surface = sent.surface;
  file.id = newId(file.surface == ObjectSurface::OpenAi ? "file-" : "file_", file.created_at);
  file.project_id = owner.project_id;
  file.api_key_id = owner.api_key_id;
  file.purpose = sent.purpose;
  file.status = "processed";
  file.object = renderFile({.id = file.id,
                            .name = sent.name,
                            .purpose = file.purpose,
                            .media_type = mediaTypeOf(sent.content, sent.media_type),
                            .bytes = sent.content.size(),
                            .created_at = file.created_at,
                            .expires_at = file.created_at + services_.options.keep_days * kDay,
                            .surface = file.surface});
  // The content first: whoever finds the file finds that too.
  if (Status kept = services_.shelf.put(file.id, sent.content); !kept)
    return std::move(kept).error();
  services_.store.write([&](store::Tables& tables) { tables.relayed_objects.insert(file); });
  return file;
}

Result<model::RelayedObject> LocalObjects::makeBatch(const Owner& owner, const Origin& origin,
                                                     const model::RelayedObject& file,
                                                     const Order& order) {
  model::LocalBatch batch;
  batch.created_at = services_.clock.now();
  batch.id = newId("batch_", batch.created_at);
  batch.endpoint = order.endpoint;
  batch.input_file_id = file.id;
  batch.window = order.window;
  batch.metadata = order.metadata;
  batch.output_name = newId("file-", batch.created_at);
  batch.error_name = newId("file-", batch.created_at);
  // A name of its own: the file may be deleted while the batch goes on.
  if (!services_.shelf.link(file.id, batch.id + ".in"))
    return gone("the input file is not there any more");
  return add(owner, origin, std::move(batch));
}

Result<model::RelayedObject> LocalObjects::makeMessageBatch(const Owner& owner,
                                                            const Origin& origin,
                                                            std::string_view body) {
  model::LocalBatch batch;
  batch.created_at = services_.clock.now();
  batch.id = newId("msgbatch_", batch.created_at);
  batch.surface = ObjectSurface::Anthropic;
  batch.endpoint = "/v1/messages";
  batch.window = "24h";
  batch.output_name = batch.id + ".results";
  batch.error_name = batch.id + ".errors";  // there are none apart
  batch.status = BatchStatus::InProgress;
  batch.in_progress_at = batch.created_at;
  const std::string input = batch.id + ".in";
  Status kept = services_.shelf.put(input, {});
  if (!kept) return std::move(kept).error();
  const auto total = messageLines(body, services_.options.max_line, [&](std::string_view piece) {
    return services_.shelf.append(input, piece);
  });
  if (!total) {
    services_.shelf.remove(input);
    return total.error();
  }
  services_.shelf.sync(input);
  batch.total = *total;
  return add(owner, origin, std::move(batch));
}

Result<model::RelayedObject> LocalObjects::add(const Owner& owner, const Origin& origin,
                                               model::LocalBatch batch) {
  batch.project_id = owner.project_id;
  batch.api_key_id = owner.api_key_id;
  batch.headers = headersJson(origin.headers);
  batch.peer = origin.peer;
  batch.expires_at = batch.created_at + kWindow;
  model::RelayedObject object;
  object.id = batch.id;
  object.kind = ObjectKind::Batch;
  object.surface = batch.surface;
  object.project_id = batch.project_id;
  object.api_key_id = batch.api_key_id;
  object.status = shownStatus(batch);
  object.object = renderBatch(batch, {});
  object.created_at = batch.created_at;
  object.settled_at = batch.created_at;
  services_.store.write([&](store::Tables& tables) {
    tables.relayed_objects.insert(object);
    tables.local_batches.insert(batch);
  });
  wake_(batch.id);
  return object;
}

Result<std::string> LocalObjects::cancel(const model::RelayedObject& object) {
  auto shown = services_.store.write([&](store::Tables& tables) -> Result<std::string> {
    auto batch = tables.local_batches.find(object.id);
    if (!batch) return gone("this project has no such batch");
    if (batch->over() || (batch->status == BatchStatus::Finalizing && !batch->cancelling_at))
      return conflict("batch_not_cancellable",
                      "the batch is " + std::string(shownStatus(*batch)) + " already");
    if (!batch->cancelling_at) batch->cancelling_at = services_.clock.now();
    batch->status = BatchStatus::Cancelling;
    batch->outcome = BatchStatus::Cancelled;
    tables.local_batches.update(*batch);
    std::string now = renderBatch(*batch, {});
    tables.relayed_objects.update({}, batch->id, shownStatus(*batch), now);
    return now;
  });
  if (shown) wake_(object.id);
  return shown;
}

Status LocalObjects::remove(const model::RelayedObject& object) {
  std::optional<model::LocalBatch> batch;
  Status removed = services_.store.write([&](store::Tables& tables) -> Status {
    if (object.kind == ObjectKind::Batch) batch = tables.local_batches.find(object.id);
    if (batch && !batch->over())
      return conflict("batch_not_ended", "a batch can be deleted when it has ended");
    tables.relayed_objects.remove({}, object.id);
    if (batch) tables.local_batches.remove(object.id);
    return Unit{};
  });
  if (removed) removeContents(services_, object, batch);
  return removed;
}

Result<std::string> LocalObjects::contentOf(const model::RelayedObject& object) {
  std::string name = object.id;
  if (object.kind == ObjectKind::Batch) {
    const auto batch = services_.store.read(
        [&](store::Tables& tables) { return tables.local_batches.find(object.id); });
    if (!batch || !batch->over()) return gone("the batch has no results before it has ended");
    name = batch->output_name;
  }
  if (!services_.shelf.size(name)) return gone("its content is not there any more");
  return name;
}

Result<LocalObjects::WholeFile> LocalObjects::readFile(const model::RelayedObject& file) {
  const auto size = services_.shelf.size(file.id);
  if (!size) return invalidRequest("file_not_found", "the file's content is not there any more");
  auto content = services_.shelf.read(file.id, 0, *size);
  if (!content) return std::move(content).error();
  WholeFile whole{.content = *std::move(content)};
  const auto shown = json::parse(file.object);
  if (!shown) return shown.error();
  whole.name = shown->root().stringAt("filename").value_or("");
  whole.media_type = shown->root().stringAt("mime_type").value_or("");
  if (whole.media_type.empty()) whole.media_type = mediaTypeOf(whole.content, {});
  return whole;
}

void removeOld(const Services& services) {
  constexpr size_t kRows = 100;
  const UnixMillis before = services.clock.now() - services.options.keep_days * kDay;
  int64_t seq = 0;
  for (;;) {
    const auto rows = services.store.read([&](store::Tables& tables) {
      return tables.relayed_objects.hereBefore(before, seq, kRows);
    });
    if (rows.empty()) return;
    seq = rows.back().seq;
    LocalObjects objects(services, [](std::string_view) {});
    for (const model::RelayedObject& row : rows) {
      // One that has not ended stays until it has.
      if (const Status removed = objects.remove(row); !removed) continue;
      services.log.info("file_expired", {{"id", row.id}});
    }
  }
}

void removeOrphans(const Services& services) {
  for (const std::string& name : services.shelf.names()) {
    const std::string id = name.substr(0, name.find('.'));
    const bool known = services.store.read([&](store::Tables& tables) {
      return tables.relayed_objects.findAt({}, id).has_value() ||
             tables.local_batches.hasOutput(name);
    });
    if (!known) services.shelf.remove(name);
  }
}

}  // namespace penstock::executor
