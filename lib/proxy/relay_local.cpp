// Files and batches that are kept here: what a relay does instead of calling a provider.
#include <utility>

#include "proxy/relay.h"

namespace penstock::proxy {
namespace {

using model::ObjectKind;

constexpr size_t kBlock = 256 << 10;  // of a content, read at once

}  // namespace

// On a thread of the desk.
Status Relay::keepFileHere(const Upload& upload) {
  auto file = loop_.shared.executor->objects().keepFile({caller_.project->id, caller_.key->id},
                                                        {.surface = operation_.surface,
                                                         .name = upload.name,
                                                         .purpose = upload.purpose,
                                                         .media_type = upload.media_type,
                                                         .content = upload.content});
  if (!file) return std::move(file).error();
  response_ = std::move(file->object);
  return Unit{};
}

void Relay::makeBatchHere() {
  if (found_->purpose != "batch") {
    return answerError(invalidRequest(
        "invalid_input_file", "the file was not uploaded with the purpose batch", "input_file_id"));
  }
  const auto order = readBatchOrder(exchange_->request().body);
  if (!order) return answerError(order.error());
  if (Status fits = checkLocalOrder(*order); !fits) return answerError(fits.error());
  work(
      [this, order = *order]() -> Status {
        const http::Request& request = exchange_->request();
        auto batch = loop_.shared.executor->objects().makeBatch(
            {caller_.project->id, caller_.key->id},
            {headersForLines(request.headers), request.peer}, *found_,
            {order.endpoint, order.window.empty() ? "24h" : order.window, order.metadata});
        if (!batch) return std::move(batch).error();
        response_ = std::move(batch->object);
        return Unit{};
      },
      &Relay::answerObjectHere);
}

void Relay::makeMessageBatchHere() {
  work(
      [this]() -> Status {
        const http::Request& request = exchange_->request();
        auto batch = loop_.shared.executor->objects().makeMessageBatch(
            {caller_.project->id, caller_.key->id},
            {headersForLines(request.headers), request.peer}, request.body);
        if (!batch) return std::move(batch).error();
        response_ = std::move(batch->object);
        return Unit{};
      },
      &Relay::answerObjectHere);
}

void Relay::onFoundHere() {
  switch (operation_.verb) {
    case RelayVerb::Cancel: return cancelHere();
    case RelayVerb::Delete: return deleteHere();
    case RelayVerb::Content: return openContent();
    case RelayVerb::Create:
    case RelayVerb::List:
    case RelayVerb::Show: break;
  }
  response_ = std::move(found_->object);
  answerObjectHere();
}

void Relay::cancelHere() {
  work(
      [this]() -> Status {
        auto shown = loop_.shared.executor->objects().cancel(*found_);
        if (!shown) return std::move(shown).error();
        response_ = *std::move(shown);
        return Unit{};
      },
      &Relay::answerObjectHere);
}

void Relay::deleteHere() {
  work(
      [this]() -> Status {
        response_ = renderDeleted(operation_, found_->id);
        return loop_.shared.executor->objects().remove(*found_);
      },
      &Relay::answerObjectHere);
}

void Relay::openContent() {
  work(
      [this]() -> Status {
        auto name = loop_.shared.executor->objects().contentOf(*found_);
        if (!name) return std::move(name).error();
        content_name_ = *std::move(name);
        return Unit{};
      },
      &Relay::startContent);
}

void Relay::startContent() {
  row_.ttft_us = microsSinceArrival();
  row_.provider = "local";
  http::Response head;
  head.content_type =
      operation_.kind == ObjectKind::File ? "application/octet-stream" : "application/x-jsonl";
  addHeaders(head.headers);
  exchange_->start(head);
  exchange_->onDrained([this] {
    if (std::exchange(block_due_, false)) readBlock();
  });
  readBlock();
}

void Relay::readBlock() {
  work(
      [this]() -> Status {
        const executor::Shelf& shelf = loop_.shared.executor->objects().shelf();
        auto block = shelf.read(content_name_, content_at_, kBlock);
        if (!block) return std::move(block).error();  // the connection is cut
        block_ = *std::move(block);
        return Unit{};
      },
      &Relay::onBlock);
}

// Block by block, as the reader takes them: no more of it is in memory.
void Relay::onBlock() {
  if (block_.empty()) {
    finish(200, {});
    return exchange_->finish();
  }
  content_at_ += block_.size();
  exchange_->write(block_);
  if (exchange_->pendingBytes() <= loop_.shared.options.stream_buffer_bytes) return readBlock();
  block_due_ = true;
}

void Relay::answerObjectHere() {
  row_.provider = "local";
  upstream_status_ = 200;
  answerObject();
}

}  // namespace penstock::proxy
