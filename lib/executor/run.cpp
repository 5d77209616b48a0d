#include "executor/run.h"

#include <algorithm>
#include <limits>

#include "executor/objects.h"
#include "json/document.h"

namespace penstock::executor {
namespace {

using model::BatchStatus;
using model::ObjectSurface;

// A provider may refuse one request so often; what refuses it here, until the batch's time is over.
constexpr int kMostRefusals = 10;
constexpr int64_t kShortestPause = 1'000;  // milliseconds
constexpr int64_t kLongestPause = 60'000;
constexpr size_t kPiece = 1 << 20;  // of lines that are written together

// The caller, a gateway or a provider that has no time says so with one of these.
bool saysLater(int status) { return status == 429 || status == 503 || status == 529; }

http::Headers readHeaders(const std::string& text) {
  http::Headers headers;
  const auto document = json::parse(text);
  if (!document) return headers;
  for (const json::ValueRef pair : document->root().elements())
    headers.add(pair.at(0).asString().value_or(""), pair.at(1).asString().value_or(""));
  return headers;
}

std::shared_ptr<const LineOrigin> originOf(const model::LocalBatch& batch) {
  LineOrigin origin{batch.id,       batch.project_id,           batch.api_key_id,
                    batch.endpoint, readHeaders(batch.headers), batch.peer};
  origin.headers.add("Content-Type", "application/json");
  origin.headers.add("X-Modelux-Trace-Id", batch.id);
  return std::make_shared<const LineOrigin>(std::move(origin));
}

NotMade reasonOf(BatchStatus outcome, bool key_gone) {
  if (key_gone)
    return {LineEnd::Errored, "api_key_revoked",
            "This request was not made: the API key that made the batch is no longer valid."};
  if (outcome == BatchStatus::Expired)
    return {LineEnd::Expired, "batch_expired",
            "This request could not be executed before the completion window expired."};
  return {LineEnd::Canceled, "batch_cancelled",
          "This request was not executed because its batch was cancelled."};
}

int64_t& countOf(model::LocalBatch& batch, LineEnd end) {
  switch (end) {
    case LineEnd::Succeeded: return batch.succeeded;
    case LineEnd::Errored: return batch.errored;
    case LineEnd::Canceled: return batch.canceled;
    case LineEnd::Expired: break;
  }
  return batch.expired;
}

}  // namespace

Run::Run(const Services& services, model::LocalBatch batch)
    : services_(services), batch_(std::move(batch)), origin_(originOf(batch_)) {}

const std::string& Run::outputOf(LineEnd end) const {
  const bool apart = batch_.surface == ObjectSurface::OpenAi && end != LineEnd::Succeeded;
  return apart ? batch_.error_name : batch_.output_name;
}

std::optional<SteadyTime> Run::pausedUntil() const {
  if (over() || paused_until_ <= now()) return std::nullopt;
  return paused_until_;
}

bool Run::step() {
  if (over()) return false;
  if (batch_.status == BatchStatus::Validating) {
    validate();
    return true;
  }
  if (!cursor_) resume();
  if (batch_.cancelling_at && !ending_) end(BatchStatus::Cancelled);
  if (!ending_ && services_.clock.now() >= batch_.expires_at) end(BatchStatus::Expired);
  if (!writePending()) return false;
  if (!under_way_.empty()) return false;
  if (ending_) {
    if (endRest()) finish();
  } else if (exhausted_ && again_.empty()) {
    finish();
  }
  return false;
}

void Run::validate() {
  if (!validation_)
    validation_ = std::make_unique<Validation>(services_.shelf, inputName(), batch_.endpoint,
                                               services_.options.max_line);
  if (!validation_->step()) return;
  batch_.total = validation_->total();
  if (validation_->failed()) {
    batch_.errors = validation_->errors();
    batch_.total = 0;
    batch_.outcome = BatchStatus::Failed;
    validation_.reset();
    return finish();
  }
  validation_.reset();
  batch_.status = BatchStatus::InProgress;
  batch_.in_progress_at = services_.clock.now();
  save();
}

// Finds out from the outputs what was over before, and begins to read the input.
void Run::resume() {
  batch_.succeeded = batch_.errored = batch_.canceled = batch_.expired = 0;
  countAgain(batch_.output_name);
  if (batch_.surface == ObjectSurface::OpenAi) countAgain(batch_.error_name);
  cursor_ = std::make_unique<LineCursor>(services_.shelf, inputName(), services_.options.max_line);
  // It was being ended: what is left has that outcome too.
  if (batch_.outcome != BatchStatus::Completed) ending_ = true;
  key_gone_ = batch_.outcome == BatchStatus::Failed;
  if (ending_ || batch_.status != BatchStatus::Finalizing) return;
  batch_.status = BatchStatus::InProgress;  // whether all is done shows at its end
  batch_.finalizing_at.reset();
}

// Somebody took the file away: what is left of the batch cannot even be told of.
void Run::loseInput() {
  services_.log.error("batch_input_lost", {{"batch", batch_.id}});
  exhausted_ = true;
  batch_.outcome = BatchStatus::Failed;
  batch_.errors = R"([{"code":"input_lost","line":null,"message":"The batch's input cannot be )"
                  R"(read any more.","param":null}])";
}

void Run::countAgain(const std::string& name) {
  if (!services_.shelf.size(name)) return;
  LineCursor lines(services_.shelf, name, std::numeric_limits<size_t>::max() / 2);
  while (lines.next() == LineCursor::Got::Line) {
    // Half a line, when the machine stopped in the midst of it.
    if (!lines.complete()) return services_.shelf.truncate(name, lines.offset());
    const auto head = readResult(batch_.surface, lines.text());
    if (!head || !done_.add(head->custom_id)) continue;
    const bool apart = batch_.surface == ObjectSurface::OpenAi && name == batch_.error_name;
    ++countOf(batch_, apart ? LineEnd::Errored : head->end);
  }
}

std::optional<Run::Place> Run::nextPlace() {
  if (!again_.empty()) {
    Place place = std::move(again_.front());
    again_.pop_front();
    return place;
  }
  while (!exhausted_) {
    switch (cursor_->next()) {
      case LineCursor::Got::Line: break;
      case LineCursor::Got::TooLong: continue;  // was refused with the whole batch
      case LineCursor::Got::Failed: loseInput(); continue;
      case LineCursor::Got::End: exhausted_ = true; continue;
    }
    const auto line = readLine(batch_.surface, batch_.endpoint, cursor_->text());
    if (!line || (!done_.empty() && done_.contains(line->custom_id))) continue;
    return Place{cursor_->number(), cursor_->offset(), 0, line->custom_id};
  }
  return std::nullopt;
}

std::optional<Run::Job> Run::next() {
  const bool ready = cursor_ && !over() && !ending_ && pending_.empty() && paused_until_ <= now() &&
                     batch_.status == BatchStatus::InProgress &&
                     under_way_.size() < services_.options.lines_at_once;
  if (!ready) return std::nullopt;
  auto place = nextPlace();
  if (!place) return std::nullopt;
  return jobAt(*std::move(place));
}

std::optional<Run::Job> Run::jobAt(Place place) {
  LineCursor at(services_.shelf, inputName(), services_.options.max_line, place.offset);
  const bool read = at.next() == LineCursor::Got::Line;
  const auto line = read ? readLine(batch_.surface, batch_.endpoint, at.text())
                         : Result<Line>(internalError("the input cannot be read"));
  if (!line) {
    loseInput();
    return std::nullopt;
  }
  Job job{place.number, std::string(line->body)};
  under_way_.emplace(place.number, std::move(place));
  return job;
}

void Run::take(int64_t number, const LineAnswer& answer) {
  auto node = under_way_.extract(number);
  if (node.empty()) return;
  Place& place = node.mapped();
  if (answer.kind == LineAnswer::Kind::Unanswered) return again_.push_front(std::move(place));
  if (answer.kind == LineAnswer::Kind::KeyGone) {
    again_.push_front(std::move(place));
    key_gone_ = true;
    batch_.errors =
        R"([{"code":"api_key_revoked","line":null,"message":"The API key that made the batch is )"
        R"(no longer valid.","param":null}])";
    return end(BatchStatus::Failed);
  }
  if (saysLater(answer.status) && !ending_) {
    if (answer.asked_provider) ++place.refusals;
    if (place.refusals < kMostRefusals) {
      again_.push_back(std::move(place));
      return pause(answer.retry_after_ms);
    }
  }
  pause_ms_ = 0;
  const Answered made{batch_.id,         number,     place.custom_id, answer.status,
                      answer.request_id, answer.body};
  const LineEnd end = endOf(answer.status);
  ++countOf(batch_, end);
  changed_ = true;
  write(end, renderAnswered(batch_.surface, made));
}

// Others wait too: what refused one has no time for them either.
void Run::pause(std::optional<int64_t> told_ms) {
  pause_ms_ = std::clamp(pause_ms_ * 2, kShortestPause, kLongestPause);
  const int64_t wait = std::clamp(told_ms.value_or(pause_ms_), int64_t{1}, kLongestPause);
  paused_until_ = std::max(paused_until_, now() + std::chrono::milliseconds(wait));
}

void Run::write(LineEnd end, const std::string& line) {
  pending_.emplace_back(end, line);
  writePending();
}

// False while the disk does not take it: what was paid for is kept until it does.
bool Run::writePending() {
  while (!pending_.empty()) {
    const auto& [end, line] = pending_.front();
    if (const Status ok = services_.shelf.append(outputOf(end), line); !ok) {
      services_.log.error("batch_output_not_written",
                          {{"batch", batch_.id}, {"reason", ok.error().detail}});
      paused_until_ = now() + std::chrono::milliseconds(kShortestPause);
      return false;
    }
    pending_.pop_front();
  }
  return true;
}

void Run::end(BatchStatus outcome) {
  ending_ = true;
  paused_until_ = {};
  batch_.outcome = outcome;
  if (outcome == BatchStatus::Cancelled) {
    batch_.status = BatchStatus::Cancelling;
  } else {
    batch_.status = BatchStatus::Finalizing;
    batch_.finalizing_at = services_.clock.now();
  }
  save();
}

// Tells of all that were not made why. False when the disk does not take it, and then the rest is
// told later.
bool Run::endRest() {
  const NotMade why = reasonOf(batch_.outcome, key_gone_);
  std::string piece;
  const auto flush = [&] {
    write(why.end, piece);
    piece.clear();
    return pending_.empty();
  };
  while (auto place = nextPlace()) {
    ++countOf(batch_, why.end);
    piece += renderNotMade(batch_.surface, {batch_.id, place->number, place->custom_id}, why);
    if (piece.size() >= kPiece && !flush()) return false;
  }
  return piece.empty() || flush();
}

void Run::finish() {
  const auto outcome = batch_.outcome;
  if (batch_.status != BatchStatus::Cancelling && outcome != BatchStatus::Failed &&
      !batch_.finalizing_at) {
    batch_.status = BatchStatus::Finalizing;
    batch_.finalizing_at = services_.clock.now();
    save();
  }
  services_.shelf.sync(batch_.output_name);
  services_.shelf.sync(batch_.error_name);
  const model::LocalBatch unfinished = batch_;
  batch_.status = outcome;
  batch_.ended_at = services_.clock.now();
  try {
    save();
  } catch (...) {
    batch_ = unfinished;  // tried again
    throw;
  }
  services_.shelf.remove(inputName());
  services_.log.info("batch_over", {{"batch", batch_.id},
                                    {"status", std::string(model::batchStatusName(batch_.status))},
                                    {"succeeded", std::to_string(batch_.succeeded)},
                                    {"of", std::to_string(batch_.total)}});
}

void Run::look() {
  const auto kept = services_.store.read(
      [&](store::Tables& tables) { return tables.local_batches.find(batch_.id); });
  if (kept && kept->cancelling_at) batch_.cancelling_at = kept->cancelling_at;
}

void Run::note() {
  if (changed_ && !over()) save();
}

// One who cancels writes too: what it says is kept. Files that came out of it are there when it is
// over, not before.
void Run::save() {
  changed_ = false;
  const auto& shelf = services_.shelf;
  const Outputs outputs{shelf.size(batch_.output_name).value_or(0) > 0,
                        shelf.size(batch_.error_name).value_or(0) > 0};
  services_.store.write([&](store::Tables& tables) {
    const auto kept = tables.local_batches.find(batch_.id);
    removed_ = !kept.has_value();
    if (removed_) return;
    if (!batch_.cancelling_at) batch_.cancelling_at = kept->cancelling_at;
    tables.local_batches.update(batch_);
    tables.relayed_objects.update({}, batch_.id, shownStatus(batch_), renderBatch(batch_, outputs));
    if (!batch_.over() || batch_.surface != ObjectSurface::OpenAi) return;
    for (const auto& [there, name] : {std::pair{outputs.output, &batch_.output_name},
                                      std::pair{outputs.errors, &batch_.error_name}}) {
      if (!there) continue;
      model::RelayedObject file;
      file.id = *name;
      file.project_id = batch_.project_id;
      file.api_key_id = batch_.api_key_id;
      file.batch_id = batch_.id;
      file.purpose = "batch_output";
      file.status = "processed";
      file.created_at = *batch_.ended_at;
      const std::string title =
          batch_.id + (name == &batch_.output_name ? "_output.jsonl" : "_error.jsonl");
      file.object =
          renderFile({.id = file.id,
                      .name = title,
                      .purpose = file.purpose,
                      .media_type = {},
                      .bytes = shelf.size(*name).value_or(0),
                      .created_at = file.created_at,
                      .expires_at = file.created_at + services_.options.keep_days * 86'400'000});
      tables.relayed_objects.insert(file);
    }
  });
}

}  // namespace penstock::executor
